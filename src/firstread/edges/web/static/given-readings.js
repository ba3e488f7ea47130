/** The numbers of the readings that a reader gave on this visit, the last one last: no key takes back those of yesterday. */

import { THIS_VISIT, keep, recall } from "./kept.js";

const AT_MOST = 5000;

export class GivenReadings {
  #numbers = [];
  #reader = null;

  /** Say whose they are: several readers may use one window, one after the other. */
  set reader(name) {
    this.#reader = name;
    this.#set([...(recall(this.#name, THIS_VISIT) ?? []), ...this.#numbers]);
  }

  /** The last one; undefined where there is none. */
  get last() {
    return this.#numbers.at(-1);
  }

  has(number) {
    return this.#numbers.includes(number);
  }

  add(number) {
    this.#set([...this.#numbers, number]);
  }

  remove(number) {
    this.#set(this.#numbers.filter((given) => given !== number));
  }

  #set(numbers) {
    this.#numbers = numbers.slice(-AT_MOST);
    if (this.#reader !== null) keep(this.#name, this.#numbers, THIS_VISIT);
  }

  get #name() {
    return `given-${this.#reader}`;
  }
}
