/** What is said to those who listen to the page: politely, and only the last of many things. */

import { by } from "./elements.js";

const SETTLED_MS = 250;
let timer = 0;

/** Say something when a moment has passed without anything newer. */
export function announce(words) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    by("announcer").textContent = words;
  }, SETTLED_MS);
}
