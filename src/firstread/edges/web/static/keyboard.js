/** What every key does: one list, from which the help is written too. */

import { EVER, keep, recall } from "./kept.js";

const FIELDS = "input, select, textarea, [contenteditable]";
// What stands before the page has the keys: nobody reads a film behind it.
const IN_FRONT = "dialog[open], .menu[open]";
const NO_TYPING = ["checkbox", "radio", "button", "submit", "range"];
const SLIDES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"];

/**
 * @typedef {{keys: string[], words: string, group: string, does: function(), repeats?: boolean,
 *   works?: function(): boolean}} Command
 * Keys are named as browsers name them; a letter is small, "Shift+f" is a capital. Held down, a key does what it does
 * once: only what "repeats" is done again and again. What says that it does not work now is not listed in the help.
 */

export class Keyboard {
  #commands;
  /** @type {Map<string, Command>} */
  #byKey;

  /** @param {Command[]} commands */
  constructor(commands) {
    this.#commands = commands;
    this.#byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command])));
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  get commands() {
    return this.#commands;
  }

  /** Whether single letters do something; who speaks to the computer may want them off (WCAG 2.1, 2.1.4). */
  get isOn() {
    return recall("keys", EVER) !== "off";
  }

  set isOn(isOn) {
    keep("keys", isOn ? null : "off", EVER);
  }

  #pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const name = nameOf(event);
    const command = this.#byKey.get(name);
    if (!command || isUsedBy(event.target, name) || document.querySelector(IN_FRONT)) return;
    if (!this.isOn && isCharacter(name)) return;
    event.preventDefault();
    // A key that is held down must not answer for films that nobody has looked at.
    if (event.repeat && !command.repeats) return;
    command.does();
  }
}

/** Return whether what has the focus has its own use for a key; Escape leaves a field (a search is emptied by it). */
function isUsedBy(target, name) {
  if (SLIDES.includes(name) && (target.type === "range" || target.closest("[data-scrolls]"))) return true;
  return isTyping(target) && (name !== "Escape" || target.type === "search");
}

/** Return whether a key is one that somebody might speak: "j" or "?", but not "Home". */
const isCharacter = (name) => name.replace("Shift+", "").length === 1;

/** Return the name of a key, the same whatever alphabet it writes. */
function nameOf({ key, code, shiftKey }) {
  const letter = /^[a-z]$/i.test(key) ? key : /^\P{ASCII}$/u.test(key) && /^Key[A-Z]$/.test(code) ? code[3] : null;
  if (letter) return shiftKey ? `Shift+${letter.toLowerCase()}` : letter.toLowerCase();
  return shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key;
}

function isTyping(target) {
  return target.matches(FIELDS) && !NO_TYPING.includes(target.type);
}
