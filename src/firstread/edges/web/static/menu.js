/** A menu that opens below its button, and closes when it is left. */

/** @param {HTMLDetailsElement} menu Its summary is the button; what it offers first gets the focus. */
export function closeWhenLeft(menu) {
  menu.addEventListener("toggle", () => menu.open && menu.querySelector(".menu-items :is(a, button)").focus());
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    closeMenu(menu);
  });
}

/** Close a menu that is open; its button gets the focus. */
export function closeMenu(menu) {
  if (!menu.open) return;
  menu.querySelector("summary").focus();
  menu.open = false;
}
