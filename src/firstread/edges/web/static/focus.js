/** Where the focus goes when what had it is gone; else it falls to the beginning of the page. */

import { by } from "./elements.js";

/** Put the focus to the worklist; where that is not in view, to what films are added with. */
export function focusList() {
  by("list").focus();
  if (document.activeElement !== by("list")) by("add").focus();
}

/** Draw a part of the page anew; if that hides what has the focus, the list gets it. */
export function keepFocus(part, draw) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  draw();
  if (focused && !focused.checkVisibility()) focusList();
}
