/** Who reads here. */

import { by, write } from "./elements.js";
import { printable } from "./words.js";

// Whoever came in by these doors has nothing to log out of here.
const WITHOUT_LOGOUT = ["launch", "proxy", "token"];

export function showSession({ name, door }) {
  write(by("who"), printable(name));
  by("log-out").hidden = WITHOUT_LOGOUT.includes(door);
}
