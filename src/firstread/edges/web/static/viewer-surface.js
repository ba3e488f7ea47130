/** The canvas of a pane: how large it is, what draws on it, and what happens when the graphics card is reset. */

import { element } from "./elements.js";
import { CanvasRenderer } from "./viewer-2d.js";
import { GlRenderer } from "./viewer-gl.js";

// A graphics card that was reset comes back within a second or so, or not at all.
const PATIENCE_MS = 3000;

export class Surface extends EventTarget {
  element = element("div", { class: "film-surface" });
  /** The graphics card was reset, and may come back. */
  isLost = false;
  #wantsGl;
  #canvas;
  #renderer = null;
  #measured = null;
  #exact = null;
  #timer = 0;
  #observer = new ResizeObserver(([entry]) => this.#resized(entry));

  /** Tells "resize", "lost" and "found". */
  constructor({ wantsGl }) {
    super();
    this.#wantsGl = wantsGl;
    this.#renew();
    try {
      this.#observer.observe(this.element, { box: "device-pixel-content-box" });
    } catch {
      this.#observer.observe(this.element); // a browser that does not know that box
    }
  }

  /** Pixels of the screen. */
  get size() {
    const ratio = window.devicePixelRatio;
    const [width, height] = [this.#box.width * ratio, this.#box.height * ratio];
    // A browser that only plays another screen, for developers, gives CSS pixels for exact ones.
    const isExact = this.#exact && Math.abs(this.#exact.width - width) < 2 && Math.abs(this.#exact.height - height) < 2;
    return isExact ? this.#exact : { width: Math.round(width), height: Math.round(height) };
  }

  /** Pixels of the screen for each CSS pixel. */
  get ratio() {
    return this.#box.width ? this.size.width / this.#box.width : 1;
  }

  /** "webgl2" or "2d"; null before the first drawing. */
  get kind() {
    return this.#renderer?.kind ?? null;
  }

  /** Say to those who cannot see it what is shown. */
  set label(words) {
    this.#canvas.setAttribute("aria-label", words);
  }

  /** Draw a picture; null: black. */
  draw(picture) {
    const { width, height } = this.size;
    if (this.isLost || !width || !height) return;
    this.#renderer ??= (this.#wantsGl && glOn(this.#canvas)) || this.#fallBack();
    if (picture && !this.#renderer.holds(picture.film)) this.#fallBack();
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#renderer.draw(picture);
  }

  /** The pixels as they were drawn just now: width, height, and data (red, green, blue, opacity). */
  snapshot() {
    return this.#renderer?.snapshot() ?? null;
  }

  destroy() {
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    this.#canvas = null;
    this.#renderer?.dispose();
    this.#renderer = null;
  }

  /** CSS pixels; the observer speaks only after the first frame. */
  get #box() {
    return this.#measured ?? { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  /** Draw without WebGL2 from now on. */
  #fallBack() {
    const before = this.#renderer;
    this.#wantsGl = false;
    this.#renew(); // a canvas that once gave a WebGL2 context gives no other
    before?.dispose();
    this.#renderer = new CanvasRenderer(this.#canvas);
    return this.#renderer;
  }

  #renew() {
    const label = this.#canvas?.getAttribute("aria-label") ?? "No film";
    const canvas = element("canvas", { role: "img", "aria-label": label });
    canvas.addEventListener("webglcontextlost", (event) => canvas === this.#canvas && this.#lose(event));
    canvas.addEventListener("webglcontextrestored", () => canvas === this.#canvas && this.#restore());
    this.element.replaceChildren(canvas);
    this.#canvas = canvas;
  }

  #resized({ devicePixelContentBoxSize, contentRect }) {
    const [exact] = devicePixelContentBoxSize ?? [];
    this.#exact = exact ? { width: exact.inlineSize, height: exact.blockSize } : null;
    this.#measured = { width: contentRect.width, height: contentRect.height };
    this.#tell("resize");
  }

  #lose(event) {
    event.preventDefault(); // or the browser never gives it back
    this.isLost = true;
    this.#tell("lost");
    this.#timer = setTimeout(() => this.#find(() => this.#fallBack()), PATIENCE_MS);
  }

  #restore() {
    clearTimeout(this.#timer);
    this.#find(() => {
      try {
        this.#renderer.rebuild();
      } catch {
        this.#fallBack();
      }
    });
  }

  #find(renewed) {
    renewed();
    this.isLost = false;
    this.#tell("found");
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

function glOn(canvas) {
  try {
    return new GlRenderer(canvas);
  } catch (error) {
    console.info(`Films are drawn without WebGL2: ${error.message}`);
    return null;
  }
}
