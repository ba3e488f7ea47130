/** What the colours of a heat map mean, and what they do not; it lies over the film, so that the film stays where it is. */

import { element } from "./elements.js";

/** Return the legend of a viewer; it is there while a heat map is seen. */
export function legend(viewer) {
  const shown = element("p", { class: "film-legend", hidden: true },
    "less ", element("i", { class: "film-heat", role: "img", "aria-label": "dark blue to yellow" }), " more heat: ",
    "where the network looked, not where disease is");
  viewer.addEventListener("change", ({ detail: { heat } }) => {
    shown.hidden = !(heat.isShown && heat.isAvailable && heat.opacity > 0);
  });
  return shown;
}
