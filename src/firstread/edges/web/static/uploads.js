/** All drops of this visit: they are sent one after the other, and counted together. */

import { Delivery, END } from "./delivery.js";
import { THIS_VISIT, keep, recall } from "./kept.js";
import { walkFiles, walkItems } from "./walker.js";

const NOTED_EVERY_MS = 1000;
const TOLD_EVERY_MS = 250;
const SOON_MS = 50;

export class Uploads extends EventTarget {
  /** @type {Delivery[]} */
  deliveries = [];
  #sending = Promise.resolve();
  #isTold = false;
  #toldAt = -Infinity;
  #notedAt = 0;
  #startedAt = 0;
  #isStoreEmpty;
  #hasSent = false; // the page may not have heard yet what came of it

  /** @param {function(): boolean} isStoreEmpty Tells whether the server has no film yet. */
  constructor(isStoreEmpty = () => false) {
    super();
    this.#isStoreEmpty = isStoreEmpty;
    addEventListener("pagehide", () => this.isActive && this.#note());
  }

  /** Take what was dropped; call it while the drop is handled. */
  addItems(items) {
    this.#add(walkItems(items));
  }

  /** Take what was picked. */
  addFiles(files) {
    // A picker forgets its files when it is reset, hence the copy.
    this.#add(walkFiles([...files]));
  }

  /** Send nothing more; what is on its way has a few seconds to arrive. */
  cancel() {
    for (const delivery of this.deliveries) delivery.cancel();
  }

  goOn() {
    for (const delivery of this.deliveries) delivery.goOn();
  }

  /** Forget what is over. */
  clear() {
    this.deliveries = this.deliveries.filter((delivery) => !delivery.isOver);
    this.#note();
    this.#changed();
  }

  get isActive() {
    return this.deliveries.some((delivery) => !delivery.isOver);
  }

  /** Whether nothing but what was cancelled is on its way. */
  get isCancelling() {
    return this.isActive && this.deliveries.every((delivery) => delivery.isOver || delivery.isCancelled);
  }

  get trouble() {
    return this.deliveries.find((delivery) => delivery.trouble)?.trouble ?? "";
  }

  get isHalted() {
    return this.deliveries.some((delivery) => delivery.isHalted);
  }

  /** Return every file with what became of it. */
  entries() {
    return this.deliveries.flatMap((delivery) => delivery.entries);
  }

  /** Return how many files were found, how each ended, and how fast they go. */
  totals() {
    const sum = (value) => this.deliveries.reduce((total, delivery) => total + value(delivery), 0);
    const ends = Object.fromEntries(Object.keys(END).map((end) => [end, sum((delivery) => delivery.ends[end])]));
    const bytes = { found: sum((d) => d.bytes.found), ended: sum((d) => d.bytes.ended) };
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return {
      found: sum((delivery) => delivery.entries.length),
      ended: sum((delivery) => delivery.ended),
      isWalked: this.deliveries.every((delivery) => delivery.isWalked),
      ends,
      bytes,
      secondsLeft: bytes.ended > 0 ? (seconds * (bytes.found - bytes.ended)) / bytes.ended : null,
    };
  }

  /** Return how far a drop had come that was cut short by a reload; null when none was. */
  static cutShort() {
    return recall("delivery", THIS_VISIT);
  }

  #add(found) {
    if (!this.isActive) {
      this.deliveries = [];
      this.#startedAt = performance.now();
    }
    const delivery = new Delivery(found, () => this.#changed(), { isAnyKnown: this.#hasSent || !this.#isStoreEmpty() });
    this.#hasSent = true;
    this.deliveries.push(delivery);
    this.#sending = this.#sending.then(() => this.#run(delivery));
    this.#changed();
  }

  async #run(delivery) {
    try {
      await delivery.run();
    } catch (error) {
      // A mistake of this page: the drop ended as cancelled, the next one still goes.
      console.error(error);
    }
    this.#note();
    this.dispatchEvent(new Event("delivered"));
  }

  /**
   * Tell of changes now and then: thousands of files end one by one.
   *
   * Measured: a panel that is drawn anew for every frame takes a quarter of the page's processor time.
   */
  #changed() {
    if (this.#isTold) return;
    this.#isTold = true;
    setTimeout(() => {
      this.#isTold = false;
      this.#toldAt = performance.now();
      if (performance.now() - this.#notedAt > NOTED_EVERY_MS) this.#note();
      this.dispatchEvent(new Event("change"));
    }, Math.max(SOON_MS, this.#toldAt + TOLD_EVERY_MS - performance.now()));
  }

  #note() {
    this.#notedAt = performance.now();
    const { found, ended, ends } = this.totals();
    // A reload may cut short what was being cancelled, too.
    const came = ended - ends.cancelled - ends.unknown;
    keep("delivery", this.isActive ? { found, came } : null, THIS_VISIT);
  }
}
