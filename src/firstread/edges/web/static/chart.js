/** Charts over time: drawn on a canvas in the page's colours, with a legend and a table that says the same. */

import uPlot from "./vendor/uplot/uPlot.esm.js";
import { element, write } from "./elements.js";

const FONT = "12px system-ui, \"Segoe UI\", Roboto, \"DejaVu Sans\", sans-serif";
const DAY_S = 86_400;
const WIDEST_BAR = 60;
const HEIGHT = 192;

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** Return the part of a stretch that a bin is, in the reader's own time. */
export function span(begin, stepS) {
  const [from, to] = [new Date(begin * 1000), new Date((begin + stepS) * 1000)];
  if (stepS >= DAY_S) {
    const last = new Date(to.getTime() - 1);
    return stepS > DAY_S ? `${DATE.format(from)} to ${DATE.format(last)}` : DATE.format(from);
  }
  return `${DATE.format(from)}, ${CLOCK.format(from)}–${CLOCK.format(to)}`;
}

/**
 * @typedef {{words: string, colour: string, does: "bar"|"line"|"limit", tell: function(number): string}} Series
 * `colour` is a custom property of the page; a limit is a dashed line of one height. Bars stand on each other.
 */

export class Chart {
  #plot = element("div", { class: "plot" });
  #readout = element("p", { class: "readout", "aria-hidden": "true" });
  #table = element("div", { class: "scroll", tabindex: "0", role: "region" });
  #series;
  #most;
  #u = null;
  #bins = { begins: [], stepS: 1, columns: [] };

  /**
   * @param {HTMLElement} host
   * @param {{title: string, axis: string, series: Series[], most?: number}} what `axis` names what the heights are, with
   *   their unit; `most` is the top of the chart, where it is always the same.
   */
  constructor(host, { title, axis, series, most = null }) {
    this.#series = series;
    this.#most = most;
    this.#plot.setAttribute("role", "img");
    this.#plot.setAttribute("aria-label", `Chart: ${title}. The table below says the same.`);
    this.#table.setAttribute("aria-label", `${title}, as a table`);
    host.replaceChildren(this.#plot, this.#readout, legend(series),
      element("details", {}, element("summary", {}, "As a table"), this.#table));
    this.#u = new uPlot(this.#options(axis), [[], ...series.map(() => [])], this.#plot);
    new ResizeObserver(([{ contentRect }]) => this.#u.setSize({ width: contentRect.width, height: HEIGHT })).observe(this.#plot);
  }

  /**
   * Show other numbers.
   *
   * @param {number[]} begins When each bin begins (seconds since 1970).
   * @param {number} stepS Length of a bin.
   * @param {(?number)[][]} columns One for each series; null where there is no number.
   * @param {(?number)[]} n How many films each bin has, said in the table; left out where the bars say it.
   */
  show(begins, stepS, columns, n = null) {
    this.#bins = { begins, stepS, columns, n };
    this.#u.setData([begins.map((begin) => begin + stepS / 2), ...this.#heights(columns)]);
    this.#table.replaceChildren(this.#drawTable());
    this.#tell(null);
  }

  /** Draw anew: the colours are others. */
  recolour() {
    this.#u.redraw();
  }

  /** Bars that stand on each other: each reaches from the ground to its top, and the last is drawn over the first. */
  #heights(columns) {
    const isBar = this.#series.map(({ does }) => does === "bar");
    return columns.map((column, place) => (isBar[place]
      ? column.map((_, bin) => columns.reduce((sum, other, i) => sum + (isBar[i] && i >= place ? other[bin] : 0), 0))
      : column));
  }

  #options(axis) {
    const grid = { stroke: () => colour("--line"), width: 1 };
    const ticks = { ...grid, size: 4 };
    const drawn = { stroke: () => colour("--soft"), font: FONT, labelFont: FONT, ticks, grid };
    return {
      width: 320,
      height: HEIGHT,
      legend: { show: false },
      select: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: true, range: () => this.#range() }, y: { range: (_, __, most) => [0, this.#top(most)] } },
      axes: [
        { ...drawn, grid: { show: false }, label: "your local time", labelSize: 16, size: 28, space: 64, values: (_, at) => at.map((s) => this.#when(s)) },
        { ...drawn, label: axis, labelSize: 18, size: 52, space: 32, incrs: this.#most ? undefined : [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1e6] },
      ],
      series: [{}, ...this.#series.map(path)],
      hooks: { setCursor: [(u) => this.#tell(u.cursor.idx)] },
    };
  }

  #range() {
    const { begins, stepS } = this.#bins;
    return begins.length === 0 ? [0, 1] : [begins[0], begins.at(-1) + stepS];
  }

  #top(most) {
    return this.#most ?? Math.max(4, (most ?? 0) * 1.08);
  }

  #when(seconds) {
    const at = new Date(seconds * 1000);
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
    const { begins, stepS } = this.#bins;
    const isLong = begins.length * stepS > 2 * DAY_S;
    return isLong || isMidnight ? DATE.format(at) : CLOCK.format(at);
  }

  #tell(bin) {
    const { begins, stepS, columns, n } = this.#bins;
    if (bin === null || bin === undefined || begins[bin] === undefined) {
      write(this.#readout, "");
      return;
    }
    const told = this.#series.flatMap(({ words, does, tell }, place) => (does === "limit" ? [] : [`${words} ${columns[place][bin] === null ? "–" : tell(columns[place][bin])}`]));
    write(this.#readout, `${span(begins[bin], stepS)}: ${told.join(", ")}${n ? ` (n = ${n[bin]})` : ""}`);
  }

  #drawTable() {
    const { begins, stepS, columns, n } = this.#bins;
    const told = this.#series.map((series, place) => ({ ...series, place })).filter(({ does }) => does !== "limit");
    const head = ["When", ...(n ? ["n"] : []), ...told.map(({ words }) => words)];
    const rows = begins.map((begin, bin) => element("tr", {},
      element("th", { scope: "row" }, span(begin, stepS)),
      ...(n ? [element("td", {}, String(n[bin]))] : []),
      ...told.map(({ place, tell }) => element("td", {}, columns[place][bin] === null ? "–" : tell(columns[place][bin])))));
    return element("table", {},
      element("thead", {}, element("tr", {}, ...head.map((words) => element("th", { scope: "col" }, words)))),
      element("tbody", {}, ...rows));
  }
}

function path({ colour: name, does }) {
  const stroke = () => colour(name);
  if (does === "bar") {
    return { stroke, fill: stroke, width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.8, WIDEST_BAR] }) };
  }
  if (does === "limit") return { stroke, width: 1.5, dash: [5, 4], points: { show: false } };
  return { stroke, width: 2, points: { show: true, size: 6, fill: stroke, stroke } };
}

function legend(series) {
  return element("ul", { class: "legend", "aria-hidden": "true" }, ...series.map(({ words, colour: name, does, mark }) => element("li", {},
    mark
      ? element("i", { class: `mark ${mark} ${mark}` })
      : element("i", { class: `${does === "bar" ? "block" : does === "limit" ? "line dashed" : "line"} k-${name.slice(2)}` }),
    words)));
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
