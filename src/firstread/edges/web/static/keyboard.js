/** What every key does: one list, from which the help is written too. */

import { EVER, keep, recall } from "./kept.js";

const FIELDS = "input, select, textarea, [contenteditable]";
const NO_TYPING = ["checkbox", "radio", "button", "submit"];

/**
 * @typedef {{keys: string[], words: string, group: string, does: function()}} Command
 * Keys are named as browsers name them; a letter is small, "Shift+f" is a capital.
 */

export class Keyboard {
  #commands;
  #does;

  /** @param {Command[]} commands */
  constructor(commands) {
    this.#commands = commands;
    this.#does = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command.does])));
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
    if (!this.#does.has(name) || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (!this.isOn && name !== "?") return;
    // A button has its own use for these two.
    if ((name === "Enter" || name === " ") && event.target.closest("button, a, summary")) return;
    event.preventDefault();
    this.#does.get(name)();
  }
}

/** Return the name of a key, the same whatever alphabet it writes. */
function nameOf({ key, code, shiftKey }) {
  const letter = /^[a-z]$/i.test(key) ? key : /^\P{ASCII}$/u.test(key) && /^Key[A-Z]$/.test(code) ? code[3] : null;
  if (letter) return shiftKey ? `Shift+${letter.toLowerCase()}` : letter.toLowerCase();
  return shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key;
}

function isTyping(target) {
  return target.matches(FIELDS) && !NO_TYPING.includes(target.type);
}
