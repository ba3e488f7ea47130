/** The calibrated probability of a film: in figures, and beside the operating points that make it a band. */

import { standing } from "./bands.js";
import { element } from "./elements.js";
import { percent, range, threshold } from "./words.js";

// Names of the two operating points of a bundle that bound the bands.
const EDGES = [["screening", "URGENT"], ["rule_out", "REVIEW"]];

/**
 * Return the probability of a film, drawn.
 *
 * @param {Object} film
 * @param {?Object} bundle The model that scored it, with its operating points.
 */
export function drawProbability(film, bundle) {
  const { kind, word } = standing(film);
  const points = bundle?.operating_points ?? {};
  const edges = EDGES.filter(([name]) => points[name]).map(([name, band]) => ({ band, ...points[name] }));
  return element("div", { class: `probability ${kind}` },
    element("p", { class: "headline" },
      element("b", {}, percent(film.probability)),
      element("span", { class: `band ${kind}` }, element("i", { class: `mark ${kind}` }), word)),
    scale(film, edges),
    element("p", { class: "soft" }, meaning(film)),
    bundle?.prevalence && element("p", { class: "soft" }, caution(bundle.prevalence)),
    ...edges.slice(0, 1).map((edge) => element("p", { class: "soft" }, promise(edge))));
}

function scale(film, edges) {
  const drawn = element("div", { class: "scale", "aria-hidden": "true" });
  const piece = (name, from, to) => {
    const made = drawn.appendChild(element("i", { class: name }));
    made.style.setProperty("--from", from);
    made.style.setProperty("--to", to);
  };
  if (film.probability_low !== null && film.probability_high !== null) {
    piece("interval", film.probability_low, film.probability_high);
  }
  for (const edge of edges) piece("edge", edge.threshold, edge.threshold);
  piece("value", film.probability, film.probability);
  return drawn;
}

function meaning(film) {
  const words = "calibrated probability of pneumonia";
  if (film.probability_low === null || film.probability_high === null) return words;
  return `${words}; 95 % interval ${range(film.probability_low, film.probability_high)}`;
}

function caution(prevalence) {
  return `Probabilities are those of a room where ${percent(prevalence)} of the films show pneumonia; where fewer do, they are too high.`;
}

function promise({ band, threshold: edge, sensitivity, specificity }) {
  const from = `${band} from ${threshold(edge)}`;
  if (!Number.isFinite(sensitivity) || !Number.isFinite(specificity)) return `${from}.`;
  return `${from}: on tuning films sensitivity ${percent(sensitivity)}, specificity ${percent(specificity)}.`;
}
