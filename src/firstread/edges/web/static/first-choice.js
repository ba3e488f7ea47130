/** The film that the page chooses by itself, while the reader has chosen none. */

const PATIENCE_MS = 4000;

export class FirstChoice {
  #room;
  #timer = 0;
  #isOverdue = false;

  /** @param {{worklist: Worklist, filters: Filters}} room */
  constructor(room) {
    this.#room = room;
  }

  /** Choose the first film; while most films wait for the model, whichever stands first stands there by chance. */
  choose() {
    const { worklist, filters } = this.#room;
    if (worklist.chosen || worklist.isChoosing || worklist.total === 0) return;
    const { waiting, unread } = worklist.counts;
    // A blinded reader reads in the order of arrival, scored or not.
    if (2 * waiting <= unread || filters.isBlinded || this.#isOverdue) worklist.chooseAt(0);
    else this.#timer ||= setTimeout(() => this.#insist(), PATIENCE_MS);
  }

  #insist() {
    this.#isOverdue = true;
    this.choose();
  }
}
