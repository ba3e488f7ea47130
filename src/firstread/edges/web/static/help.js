/** The help: every key with what it does, and what mouse and fingers do. */

import { by, element } from "./elements.js";

const NAMES = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", " ": "Space", PageDown: "Page ↓", PageUp: "Page ↑" };

/** Return a key as it is printed on the keyboard. */
export function keyName(key) {
  return key.split(/(?<=.)\+/).map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" + ");
}

export class Help {
  #dialog = by("help");
  #keyboard;
  #gestures;

  /**
   * @param {Keyboard} keyboard
   * @param {string[][]} gestures What hands do, each with what comes of it.
   */
  constructor(keyboard, gestures = []) {
    [this.#keyboard, this.#gestures] = [keyboard, gestures];
    by("keys-on").checked = keyboard.isOn;
    by("keys-on").addEventListener("change", () => {
      keyboard.isOn = by("keys-on").checked;
    });
    this.#dialog.addEventListener("keydown", (event) => {
      // Just closed, it still has the focus: the key opens it.
      if (event.key !== "?" || !this.#dialog.open) return;
      event.preventDefault(); // or the key would open it again
      this.#dialog.close();
    });
  }

  open() {
    const commands = this.#keyboard.commands.filter(({ works }) => works?.() ?? true);
    by("commands").replaceChildren(
      ...[...grouped(commands)].map(([group, listed]) => table(group, listed.map(keysOf))),
      ...(this.#gestures.length > 0 ? [table("Mouse and touch", this.#gestures)] : []));
    this.#dialog.showModal();
  }
}

/** Return the keys of a command, and what it does. */
function keysOf({ keys, words }) {
  const printed = keys.flatMap((key, i) => [i > 0 ? " " : "", element("kbd", {}, keyName(key))]);
  return [element("span", {}, ...printed), words];
}

function table(group, does) {
  const rows = does.map(([how, words]) => element("div", {}, element("dt", {}, how), element("dd", {}, words)));
  return element("section", {}, element("h3", {}, group), element("dl", {}, ...rows));
}

function grouped(commands) {
  const groups = new Map();
  for (const command of commands) groups.set(command.group, [...groups.get(command.group) ?? [], command]);
  return groups;
}
