/** The charts of the dashboard, each with a sentence that says what it comes to. */

import { Chart } from "./chart.js";
import { percentage, share } from "./dashboard-tables.js";
import { by, element } from "./elements.js";
import { count, plural } from "./words.js";

const PARTS = { 300: "5 min", 3600: "hour", 21_600: "6 hours", 86_400: "day", 259_200: "3 days" };
const HUNDRED = 100;

/** Draws what a dashboard says of each bin. */
export class DashboardCharts {
  #charts = null;
  #stepS = 0;

  show(told) {
    this.#build(told.step_s, told.drift);
    const begins = told.bins.map((bin) => Date.parse(bin.begin) / 1000);
    const column = (name) => told.bins.map((bin) => bin[name]);
    const n = column("with_shift");
    const { arrived, mix, shift, unlike } = this.#charts;
    const flat = (value) => begins.map(() => value);
    arrived.show(begins, told.step_s, [column("arrived")]);
    mix.show(begins, told.step_s, [column("urgent"), column("review"), column("routine")]);
    shift.show(begins, told.step_s, [column("median_shift"), flat(50)], n);
    unlike.show(begins, told.step_s, [
      told.bins.map((bin) => (bin.with_shift < told.fewest ? null : HUNDRED * bin.unlike / bin.with_shift)),
      flat(HUNDRED * told.drift.unlike.expected),
    ], n);
    this.#say(told);
  }

  recolour() {
    for (const chart of Object.values(this.#charts ?? {})) chart.recolour();
  }

  /** Charts are made anew when their axes say something else. */
  #build(stepS, drift) {
    if (stepS === this.#stepS) return;
    this.#stepS = stepS;
    const part = PARTS[stepS];
    const whole = (value) => count(value);
    const one = (value) => `${value.toFixed(1)} %`;
    const bar = (words, colour, mark) => ({ words, colour, mark, does: "bar", tell: whole });
    const line = (words, tell) => ({ words, colour: "--link", does: "line", tell });
    const limit = (words) => ({ words, colour: "--edge", does: "limit", tell: one });
    this.#charts = {
      arrived: new Chart(by("arrived"), { title: "films that came", axis: `films per ${part}`, series: [bar("Films", "--link")] }),
      mix: new Chart(by("mix"), {
        title: "scored films by band", axis: `films per ${part}`,
        series: [bar("URGENT", "--urgent", "urgent"), bar("REVIEW", "--review", "review"), bar("ROUTINE", "--routine", "routine")],
      }),
      shift: new Chart(by("shift"), {
        title: "median shift", axis: "median shift, %", most: HUNDRED,
        series: [line("Median shift", (value) => `${value.toFixed(0)} %`), limit("Tuning films: 50 %")],
      }),
      unlike: new Chart(by("unlike"), {
        title: "films unlike the training films", axis: "share of films, %",
        series: [line("Unlike the training films", one), limit(`Tuning films: ${percentage(drift.unlike.expected)} %`)],
      }),
    };
  }

  #say(told) {
    const rate = told.arrived_per_hour === null ? "" : `, ${told.arrived_per_hour.toFixed(told.arrived_per_hour < 10 ? 1 : 0)} an hour`;
    by("arrived-words").replaceChildren(element("b", {}, plural(told.arrived, "film")), rate);
    by("mix-words").replaceChildren(...mixed(told));
    const { unlike, far } = told.drift;
    by("shift-words").replaceChildren(told.median_shift === null
      ? `n = ${count(unlike.n)}: too few films for a median (${told.fewest} at least).`
      : element("span", {}, "Median ", element("b", {}, `${told.median_shift.toFixed(0)} %`), `: so many tuning films are more ordinary than the film in the middle (n = ${count(unlike.n)})`));
    by("unlike-words").replaceChildren(element("b", {}, `${count(unlike.count)} of ${count(unlike.n)}`), unlike.share ? `: ${share(unlike.share)} at 99 % confidence` : `: too few films for a share (20 at least).`);
    by("rule").textContent = rule(unlike, far);
  }
}

/** Return by which rule there is a warning. */
export function rule(unlike, far) {
  return `There is a warning when, at 99 % confidence, more than ${percentage(unlike.limit)} % of the scored films of this time are unlike `
    + `the training films (of tuning films ${percentage(unlike.expected)} %), or more than ${percentage(far.limit)} % have a shift above 50 (of tuning films half). `
    + "Of fewer than 20 films nothing is said.";
}

function mixed({ bins }) {
  const sums = ["urgent", "review", "routine"].map((name) => bins.reduce((sum, bin) => sum + bin[name], 0));
  const n = sums.reduce((a, b) => a + b, 0);
  if (n === 0) return ["No film was scored in this time."];
  return [element("b", {}, plural(n, "film")), `: ${["URGENT", "REVIEW", "ROUTINE"].map((name, i) => `${count(sums[i])} ${name}`).join(", ")}`];
}
