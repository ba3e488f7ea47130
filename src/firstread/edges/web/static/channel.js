/** A queue between those who bring and those who fetch. */
export class Channel {
  #items = [];
  #taken = 0; // the first so many items are gone; moving the others up each time would take long
  #isClosed = false;
  #wake = [];

  push(item) {
    this.#items.push(item);
    this.#tell();
  }

  /** Say that nothing more comes. */
  close() {
    this.#isClosed = true;
    this.#tell();
  }

  /**
   * Take some items; an empty list means that nothing more comes.
   *
   * @param {number} most
   * @param {{bytes?: number, lingerMs?: number}} limits At most so many bytes (but always one item); wait this long
   *   for a full load, since a few large loads travel faster than many small ones.
   */
  async take(most, { bytes = Infinity, lingerMs = 0 } = {}) {
    for (;;) {
      while (this.#length === 0 && !this.#isClosed) await this.#change();
      const until = performance.now() + lingerMs;
      while (this.#length < most && !this.#isClosed && performance.now() < until) {
        await this.#change(until - performance.now());
      }
      const taken = this.#remove(this.#load(most, bytes));
      if (taken.length > 0 || this.#isClosed) return taken;
    }
  }

  get #length() {
    return this.#items.length - this.#taken;
  }

  #load(most, bytes) {
    let [load, sum] = [0, 0];
    for (; load < Math.min(most, this.#length); load += 1) {
      sum += this.#items[this.#taken + load].size ?? 0;
      if (load > 0 && sum > bytes) break;
    }
    return load;
  }

  #remove(load) {
    const removed = this.#items.slice(this.#taken, this.#taken + load);
    this.#items.fill(undefined, this.#taken, this.#taken + load);
    this.#taken += load;
    if (this.#taken > this.#length) {
      this.#items.splice(0, this.#taken);
      this.#taken = 0;
    }
    return removed;
  }

  #change(withinMs) {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
      if (withinMs !== undefined) setTimeout(resolve, withinMs);
    });
  }

  #tell() {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
