/** The buttons and sliders under the film; each calls the method of the viewer that a key may call as well. */

import { element, press } from "./elements.js";
import { windowToRead } from "./viewer-view.js";

const STEP = 1.25;
const VALUES = "In the file's own values where they are known, else in grey levels.";
const BY_HAND = "On the film: drag with the right button, or with Shift.";

/** Return the controls of a viewer. */
export function controls(viewer) {
  const parts = [zooming(viewer), windowing(viewer), warming(viewer), comparing(viewer)];
  const update = () => parts.forEach((part) => part.update(viewer.state));
  viewer.addEventListener("change", update);
  update();
  return element("div", { class: "film-controls", role: "group", "aria-label": "How the film is shown" },
    ...parts.map((part) => part.element));
}

function zooming(viewer) {
  const buttons = [
    button("−", () => viewer.zoomBy(1 / STEP), { "aria-label": "Smaller" }),
    button("+", () => viewer.zoomBy(STEP), { "aria-label": "Larger" }),
    button("Fit", () => viewer.fit(), { title: "Show the whole film" }),
    button("1:1", () => viewer.actualSize(), { title: "One pixel of the film for each pixel of the screen" }),
    button("Reset", () => viewer.reset(), { title: "Whole film, first window" }),
  ];
  return {
    element: group(...buttons),
    update: ({ status }) => buttons.forEach((one) => able(one, status === "shown")),
  };
}

function windowing(viewer) {
  const invert = button("Invert", () => viewer.invert());
  const width = number((value) => viewer.window(viewer.state.window.centre, value));
  const level = number((value) => viewer.window(value, viewer.state.window.width));
  return {
    element: group(
      invert,
      element("label", { title: `Window width: how much lies between black and white. ${VALUES} ${BY_HAND}` }, "W ", width),
      element("label", { title: `Window level: what lies in the middle. ${VALUES} ${BY_HAND}` }, "L ", level),
    ),
    update: ({ status, inverted, window }) => {
      for (const one of [invert, width, level]) able(one, status === "shown");
      press(invert, inverted);
      const told = window && windowToRead(window);
      fill(width, told?.width);
      fill(level, told?.centre);
    },
  };
}

function warming(viewer) {
  const show = button("Heat map", () => viewer.toggleHeat());
  const opacity = element("input", {
    type: "range", min: 0, max: 100, step: 5, "aria-label": "Opacity of the heat map",
    input: () => viewer.setHeatOpacity(opacity.valueAsNumber / 100),
  });
  return {
    element: group(show, opacity),
    update: ({ heat }) => {
      able(show, heat.isAvailable);
      able(opacity, heat.isAvailable && heat.isShown);
      press(show, heat.isShown && heat.isAvailable);
      opacity.value = Math.round(100 * heat.opacity);
    },
  };
}

function comparing(viewer) {
  const beside = button("Side by side", () => viewer.toggleCompare(), { title: "Beside the film shown before" });
  const link = button("Linked", () => viewer.link(!viewer.state.isLinked), { title: "Move both films together" });
  return {
    element: group(beside, link),
    update: ({ compared, previous, isLinked }) => {
      able(beside, Boolean(compared ?? previous));
      press(beside, Boolean(compared));
      link.hidden = !compared;
      press(link, isLinked);
    },
  };
}

const group = (...parts) => element("div", { class: "film-group" }, ...parts);

const button = (words, does, attributes = {}) => element("button", { type: "button", click: does, ...attributes }, words);

function number(does) {
  const input = element("input", { type: "number", step: "any", inputmode: "decimal" });
  input.addEventListener("change", () => {
    if (Number.isFinite(input.valueAsNumber)) does(input.valueAsNumber);
  });
  return input;
}

function able(control, isAble) {
  control.disabled = !isAble;
}

/** Write a number into its field, unless somebody is typing there. */
function fill(input, value) {
  if (document.activeElement === input && value !== undefined && !input.disabled) return;
  input.value = value ?? "";
}
