/** The help: every key with what it does. */

import { by, element } from "./elements.js";

const NAMES = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", " ": "Space", PageDown: "Page ↓", PageUp: "Page ↑" };

/** Return a key as it is printed on the keyboard. */
export function keyName(key) {
  return key.split(/(?<=.)\+/).map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" + ");
}

export class Help {
  #dialog = by("help");

  /** @param {Keyboard} keyboard */
  constructor(keyboard) {
    by("commands").replaceChildren(...[...grouped(keyboard.commands)].map(([group, commands]) => table(group, commands)));
    by("keys-on").checked = keyboard.isOn;
    by("keys-on").addEventListener("change", () => {
      keyboard.isOn = by("keys-on").checked;
    });
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key !== "?") return;
      event.preventDefault(); // or the key would open it again
      this.#dialog.close();
    });
  }

  open() {
    this.#dialog.showModal();
  }
}

function table(group, commands) {
  const rows = commands.map(({ keys, words }) => element("div", {},
    element("dt", {}, ...keys.flatMap((key, i) => [i > 0 ? " " : "", element("kbd", {}, keyName(key))])),
    element("dd", {}, words)));
  return element("section", {}, element("h3", {}, group), element("dl", {}, ...rows));
}

function grouped(commands) {
  const groups = new Map();
  for (const command of commands) groups.set(command.group, [...groups.get(command.group) ?? [], command]);
  return groups;
}
