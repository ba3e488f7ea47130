/** Every key of the page. */

import { by } from "./elements.js";

const NEAR = 0.1; // of the window of the viewer
const WIDER = 1.1;
const HIGHER = 0.05; // of the width of the window

/** What hands do on the film, as the help lists it beside the keys. */
export const GESTURES = [
  ["Drag, or one finger", "Move the film"],
  ["Wheel, or two fingers", "Larger, smaller"],
  ["Right button and drag, or Shift and drag", "Window and level: to the right softer, upwards brighter"],
  ["Fields W and L", "Window and level as numbers, on a touch screen too"],
];

/**
 * Return what the keys do.
 *
 * @param {Object} room The page.
 * @returns {Command[]}
 */
export function commands(room) {
  return [...films(room), ...readings(room), ...viewing(room), ...page(room)];
}

function films({ worklist, step, back, toggle }) {
  const group = "Worklist";
  return [
    { group, keys: ["j", "ArrowDown"], words: "Next film", repeats: true, does: () => step(1) },
    { group, keys: ["k", "ArrowUp"], words: "Previous film", repeats: true, does: () => step(-1) },
    { group, keys: ["PageDown"], words: "One page on", repeats: true, does: () => step(worklist.rowsInView) },
    { group, keys: ["PageUp"], words: "One page back", repeats: true, does: () => step(-worklist.rowsInView) },
    { group, keys: ["Home"], words: "First film: the one to read next", does: () => worklist.chooseAt(0) },
    { group, keys: ["End"], words: "Last film", does: () => worklist.chooseAt(Infinity) },
    { group, keys: ["Backspace"], words: "Back to the film shown before", does: back },
    { group, keys: ["/"], words: "Search names and folders", does: () => by("search").focus() },
    { group, keys: ["g"], words: "Group by folder", does: () => toggle("grouped") },
    { group, keys: ["o"], words: "Save the original file", does: () => by("original")?.click() },
    { group, keys: ["r"], words: "Report of the film, to print", does: () => by("report").click() },
    { group, keys: ["e"], words: "Export the worklist, or the labels", does: () => by("export").click() },
    { group, keys: ["Shift+f"], words: "Add films", does: () => by("add").click() },
  ];
}

function readings({ reading, noteDown }) {
  const group = "Your reading";
  const answer = (name) => () => reading.answer(name);
  const showsScores = () => !reading.isBlinded;
  return [
    { group, keys: ["a"], words: "Agree with the model", does: answer("agree"), works: showsScores },
    { group, keys: ["d"], words: "Disagree with the model", does: answer("disagree"), works: showsScores },
    { group, keys: ["u"], words: "Unsure", does: answer("unsure") },
    { group, keys: ["1"], words: "Pneumonia", does: answer("present") },
    { group, keys: ["2"], words: "No pneumonia", does: answer("absent") },
    { group, keys: ["3"], words: "Unsure whether there is pneumonia", does: answer("uncertain") },
    { group, keys: ["n"], words: "Write a note (Esc: done)", does: noteDown },
    { group, keys: ["z"], words: "Undo the last reading", does: () => reading.undo() },
    { group, keys: ["b"], words: "Blinded: scores hidden until read", does: () => reading.toggleBlinded() },
    { group, keys: ["t"], words: "Teaching: blinded, then the model's answer", does: () => reading.toggleTeaching() },
  ];
}

function viewing({ view, toggleHeat, heatBy }) {
  const group = "Film";
  const pan = (x, y) => () => view("panBy", x * NEAR, y * NEAR);
  return [
    { group, keys: ["+", "="], words: "Larger", repeats: true, does: () => view("zoomBy", 1.25) },
    { group, keys: ["-"], words: "Smaller", repeats: true, does: () => view("zoomBy", 0.8) },
    { group, keys: ["Shift+ArrowLeft"], words: "Move left", repeats: true, does: pan(1, 0) },
    { group, keys: ["Shift+ArrowRight"], words: "Move right", repeats: true, does: pan(-1, 0) },
    { group, keys: ["Shift+ArrowUp"], words: "Move up", repeats: true, does: pan(0, 1) },
    { group, keys: ["Shift+ArrowDown"], words: "Move down", repeats: true, does: pan(0, -1) },
    { group, keys: ["<"], words: "Window narrower: more contrast", repeats: true, does: () => view("widthBy", 1 / WIDER) },
    { group, keys: [">"], words: "Window wider: less contrast", repeats: true, does: () => view("widthBy", WIDER) },
    { group, keys: [","], words: "Level lower: brighter", repeats: true, does: () => view("levelBy", -HIGHER) },
    { group, keys: ["."], words: "Level higher: darker", repeats: true, does: () => view("levelBy", HIGHER) },
    { group, keys: ["i"], words: "Invert", does: () => view("invert") },
    { group, keys: ["h"], words: "Heat map on or off", does: toggleHeat },
    { group, keys: ["["], words: "Heat map fainter", repeats: true, does: () => heatBy(-1) },
    { group, keys: ["]"], words: "Heat map stronger", repeats: true, does: () => heatBy(1) },
    { group, keys: ["c"], words: "Beside the film shown before", does: () => view("toggleCompare") },
    { group, keys: ["w"], words: "Whole film", does: () => view("fit") },
    { group, keys: ["x"], words: "Pixel for pixel (1:1)", does: () => view("actualSize") },
    { group, keys: ["0"], words: "As it was at first", does: () => view("reset") },
  ];
}

function page({ help, otherTheme, toggleAlone, toList }) {
  const group = "Page";
  return [
    { group, keys: ["f"], words: "The film alone, without the lists", does: toggleAlone },
    { group, keys: ["Shift+d"], words: "Dashboard: what came, waited and changed", does: () => by("to-dashboard").click() },
    { group, keys: ["l"], words: "Light or dark", does: otherTheme },
    { group, keys: ["Escape"], words: "Back to the worklist", does: toList },
    { group, keys: ["?"], words: "This help", does: () => help().open() },
  ];
}
