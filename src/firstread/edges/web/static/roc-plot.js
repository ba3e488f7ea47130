/** The reader as one point of a ROC plot, with the model's flag for reference. */

import { by, element } from "./elements.js";
import { EVER, keep, recall } from "./kept.js";
import { plural } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
// In units of the drawing: a square for the rates, with room for what is written beside it.
const [LEFT, TOP, SIDE, WIDTH, HEIGHT] = [44, 8, 150, 206, 198];
const TICKS = [0, 0.5, 1];
const Z = 1.959963984540054; // of a 95 % interval

/**
 * Return a share with its 95 % interval (Wilson, J Am Stat Assoc 22:209, 1927): it holds for few films as well.
 *
 * @param {number} k So many
 * @param {number} n of so many, at least one.
 */
export function wilson(k, n) {
  const share = k / n;
  const pull = (Z * Z) / n;
  const middle = (share + pull / 2) / (1 + pull);
  const half = (Z / (1 + pull)) * Math.sqrt((share * (1 - share)) / n + pull / (4 * n));
  return { k, n, share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export class RocPlot {
  #drawn = "";

  constructor() {
    by("roc").open = recall("roc", EVER) !== "closed";
    // The toggle event comes later, and a page that is reloaded at once may never get it.
    new MutationObserver(() => keep("roc", by("roc").open ? null : "closed", EVER)).observe(by("roc"), { attributeFilter: ["open"] });
  }

  /**
   * Draw the point, or say what is missing for it.
   *
   * @param {{flagged: {n: number, called: number}, notFlagged: {n: number, called: number}, unsure: number}} read
   *   Films by the model's flag, and how many of them the reader calls pneumonia.
   */
  draw({ flagged, notFlagged, unsure }) {
    const counts = JSON.stringify([flagged, notFlagged, unsure]);
    if (counts === this.#drawn) return;
    this.#drawn = counts;
    const drawing = flagged.n > 0 && notFlagged.n > 0
      ? point(wilson(flagged.called, flagged.n), wilson(notFlagged.called, notFlagged.n))
      : [missing(flagged.n, notFlagged.n)];
    by("roc-figure").replaceChildren(
      element("p", { class: "soft" }, "Reference: the model's flag, not the truth. Where it errs and you do not, that counts against you."),
      ...drawing,
      unsure > 0 ? element("p", { class: "soft" }, `Not counted: ${plural(unsure, "film")} that you were unsure of.`) : "");
  }
}

function missing(flagged, notFlagged) {
  const kinds = [flagged === 0 && "1 film that the model flags", notFlagged === 0 && "1 film that it does not flag"];
  return element("p", {}, `No point yet. Still missing: ${kinds.filter(Boolean).join(", and ")}.`);
}

function point(truePositive, falsePositive) {
  return [
    plot(truePositive, falsePositive),
    element("dl", { class: "rates" },
      ...rate("True-positive rate", truePositive, "flagged"),
      ...rate("False-positive rate", falsePositive, "not flagged")),
    element("p", { class: "soft" }, "In brackets: the 95 % interval (Wilson)."),
  ];
}

function rate(term, { k, n, share, low, high }, kind) {
  const words = ` (${inPercent(low)} to ${inPercent(high)}): pneumonia of ${k} of ${plural(n, "film")} ${kind}`;
  return [element("dt", {}, term), element("dd", {}, element("b", {}, inPercent(share)), words)];
}

function plot(truePositive, falsePositive) {
  const [x, y] = [across(falsePositive.share), down(truePositive.share)];
  const inWords = `Your point: false-positive rate ${inPercent(falsePositive.share)}, true-positive rate ${inPercent(truePositive.share)}; n = ${truePositive.n + falsePositive.n} films. Reference: the model's flag.`;
  return drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": inWords },
    drawn("rect", { class: "frame", x: LEFT, y: TOP, width: SIDE, height: SIDE }),
    drawn("line", { class: "chance", x1: across(0), y1: down(0), x2: across(1), y2: down(1) }),
    ...TICKS.flatMap((tick) => [
      written(across(tick), TOP + SIDE + 12, inPercent(tick), tick === 1 ? "end" : "middle"),
      written(LEFT - 4, down(tick) + 3, inPercent(tick), "end"),
    ]),
    written(LEFT + SIDE / 2, HEIGHT - 6, "False-positive rate", "middle"),
    drawn("g", { transform: `translate(10 ${TOP + SIDE / 2}) rotate(-90)` }, written(0, 0, "True-positive rate", "middle")),
    drawn("line", { class: "interval", x1: across(falsePositive.low), x2: across(falsePositive.high), y1: y, y2: y }),
    drawn("line", { class: "interval", x1: x, x2: x, y1: down(truePositive.low), y2: down(truePositive.high) }),
    drawn("circle", { class: "point", cx: x, cy: y, r: 4.5 }));
}

const across = (share) => LEFT + SIDE * share;
const down = (share) => TOP + SIDE * (1 - share);
const inPercent = (share) => `${Math.round(100 * share)} %`;

function written(x, y, words, anchor) {
  return drawn("text", { x, y, "text-anchor": anchor }, words);
}

/** Return an element of a drawing; `element` makes those of HTML. */
function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
