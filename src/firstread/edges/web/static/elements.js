/** Elements of the page: what a file or a server says becomes text, never markup. */

/** Return the element with this id. */
export const by = (id) => document.getElementById(id);

/**
 * Return a new element.
 *
 * @param {string} tag
 * @param {Object} attributes A function listens to the event of its name; null, undefined and false are left out.
 * @param {...(Node|string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Write words into an element, if they are others than before: a live region would say them again. */
export function write(target, words) {
  const text = String(words);
  if (target.textContent !== text) target.textContent = text;
}

/** Set whether a toggle button is pressed. */
export const press = (button, isPressed) => button.setAttribute("aria-pressed", String(Boolean(isPressed)));

/** Return terms and what is said of them, as a description list; absent values are left out. */
export function facts(pairs) {
  const told = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element("dl", { class: "facts" }, ...told.flatMap(([term, value]) => [
    element("dt", {}, term),
    element("dd", {}, value),
  ]));
}
