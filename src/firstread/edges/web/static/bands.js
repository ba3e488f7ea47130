/** How soon a film should be read: every band has a colour, a shape and a word, so that none needs the colour. */

export const BANDS = ["URGENT", "REVIEW", "ROUTINE"];

const WORDS = {
  urgent: "URGENT",
  review: "REVIEW",
  routine: "ROUTINE",
  waiting: "being scored",
  "not-scored": "not scored",
  hidden: "score hidden",
};

/** Return whether the score of a film is kept from a blinded reader. */
export const isHidden = (row) => row.state === "scored" && row.probability === null;

/** Return the kind of a film, which is the class of its mark, and its word. */
export function standing(row) {
  const kind = kindOf(row);
  return { kind, word: WORDS[kind] };
}

function kindOf(row) {
  if (row.state === "waiting") return "waiting";
  if (row.state === "not_scored") return "not-scored";
  return isHidden(row) || !row.band ? "hidden" : row.band.toLowerCase();
}
