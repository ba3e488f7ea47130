/** What the browser keeps between visits; it may refuse to keep anything, and the page works without. */

const LABEL = (name) => `firstread-${name}`;

// Reading the property itself may throw where storage is forbidden, hence functions.
export const EVER = () => localStorage;
export const THIS_VISIT = () => sessionStorage;

/** Return what was kept under a name, or null. */
export function recall(name, where = EVER) {
  try {
    return JSON.parse(where().getItem(LABEL(name)));
  } catch {
    return null;
  }
}

/** Keep a value under a name; null forgets it. Return whether the browser does so. */
export function keep(name, value, where = EVER) {
  try {
    if (value === null) where().removeItem(LABEL(name));
    else where().setItem(LABEL(name), JSON.stringify(value));
    return true;
  } catch {
    // A private window, or a full disk.
    return false;
  }
}
