/** News from the server: one stream for all pages of this browser, where the browser can share one. */

import { backOff } from "./api.js";

const CHANNEL = "firstread-events";
// A browser opens six connections to a server at most; a page nobody looks at gives its own back.
const HIDDEN_MS = 20_000;
// The server sends something every 15 s; a network that went away without a word is noticed by its silence.
const SILENCE_MS = 40_000;

/** Tells "change" with {version, waiting}, and "state" with whether news come. */
export class Events extends EventTarget {
  #address;
  #stream = null;
  #tried = 0;
  #timer = 0;
  #silence = 0;
  #others = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;

  constructor(address) {
    super();
    this.#address = address;
  }

  start() {
    this.#others?.addEventListener("message", ({ data }) => this.#tell(data));
    // Locks are missing on pages that came without HTTPS: there each page in view has its own stream.
    if (navigator.locks && this.#others) {
      navigator.locks.request(CHANNEL, () => (this.#open(), new Promise(() => {})));
      return;
    }
    this.#others = null;
    this.#open();
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  #open() {
    clearTimeout(this.#timer);
    this.#stream = new EventSource(this.#address);
    this.#stream.addEventListener("open", () => this.#opened());
    this.#stream.addEventListener("error", () => this.#lost());
    this.#stream.addEventListener("beat", () => this.#heard());
    // The server asks who listens from time to time; nothing is lost by that, and nothing is said of it.
    this.#stream.addEventListener("again", () => (this.#close(), this.#open()));
    this.#stream.addEventListener("change", ({ data }) => {
      this.#heard();
      this.#share({ name: "change", detail: JSON.parse(data) });
    });
  }

  #heard() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #opened() {
    this.#heard();
    this.#tried = 0;
    this.#share({ name: "state", detail: { isLive: true } });
  }

  /** Open it again later: the browser's own second attempt gives up at the first refusal. */
  #lost() {
    this.#close();
    this.#tried += 1;
    this.#share({ name: "state", detail: { isLive: false } });
    this.#timer = setTimeout(() => this.#open(), backOff(this.#tried));
  }

  #seen() {
    clearTimeout(this.#timer);
    if (document.hidden) this.#timer = setTimeout(() => this.#close(), HIDDEN_MS);
    else if (!this.#stream) this.#open();
  }

  #close() {
    clearTimeout(this.#silence);
    this.#stream?.close();
    this.#stream = null;
  }

  #share(news) {
    this.#others?.postMessage(news);
    this.#tell(news);
  }

  #tell({ name, detail }) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
