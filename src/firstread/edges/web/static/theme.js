/** Dark, as a reading room is, or light; the choice is remembered. */

import { keep, recall } from "./kept.js";

/** Show the theme that was chosen before. */
export function recallTheme() {
  show(recall("theme") === "light" ? "light" : "dark");
}

/** Show the other theme. */
export function otherTheme() {
  const theme = document.documentElement.dataset.theme === "light" ? "dark" : "light";
  show(theme);
  keep("theme", theme);
}

function show(theme) {
  document.documentElement.dataset.theme = theme;
}
