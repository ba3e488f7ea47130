/**
 * What hands do on a pane: wheel and pinch zoom, dragging moves the film, dragging with the right button or with
 * Shift changes its window.
 *
 * All lengths are CSS pixels, from the top left of the pane.
 */

const LEFT = 0;
const MIDDLE = 1;
const RIGHT = 2;
// One notch of a mouse wheel is about 100 pixels: four of them double the size, and more.
const DOUBLING = 320;
// Two fingers on a touchpad arrive as a wheel with Ctrl held, in small steps.
const DOUBLING_BY_PINCH = 70;
const LINE = 16;
const LONGEST_TURN = 240;

export class Gestures {
  #pane;
  #does;
  #down = new Map(); // pointers on the pane, where they were last
  #isWindowing = false;
  #isSpaceHeld = false;

  /**
   * @param {HTMLElement} pane
   * @param {{zoom: function(number, {x: number, y: number}), pan: function(number, number),
   *   window: function(number, number)}} does
   */
  constructor(pane, does) {
    this.#pane = pane;
    this.#does = does;
    const events = {
      wheel: this.#wheel, pointerdown: this.#press, pointermove: this.#move,
      pointerup: this.#release, pointercancel: this.#release, lostpointercapture: this.#release,
      keydown: this.#keyDown, keyup: this.#letGo, blur: this.#letGo,
      contextmenu: (event) => event.preventDefault(),
    };
    for (const [name, heard] of Object.entries(events)) {
      pane.addEventListener(name, heard.bind(this), { passive: false });
    }
  }

  #wheel(event) {
    event.preventDefault();
    const unit = [1, LINE, this.#pane.clientHeight][event.deltaMode];
    const turn = Math.min(Math.max(event.deltaY * unit, -LONGEST_TURN), LONGEST_TURN);
    this.#does.zoom(2 ** (-turn / (event.ctrlKey ? DOUBLING_BY_PINCH : DOUBLING)), this.#placeOf(event));
  }

  #press(event) {
    if (event.target.closest("button, a") || ![LEFT, MIDDLE, RIGHT].includes(event.button)) return;
    if (event.button === MIDDLE) event.preventDefault(); // or the browser starts to scroll by itself
    this.#isWindowing = event.button === RIGHT || (event.button === LEFT && event.shiftKey);
    this.#down.set(event.pointerId, this.#placeOf(event));
    this.#pane.setPointerCapture(event.pointerId);
    this.#mark();
  }

  #move(event) {
    const from = this.#down.get(event.pointerId);
    if (!from) {
      if (this.#isSpaceHeld) this.#does.pan(event.movementX, event.movementY);
      return;
    }
    const to = this.#placeOf(event);
    if (this.#down.size === 2) this.#pinch(event.pointerId, to);
    else if (this.#isWindowing) this.#does.window(to.x - from.x, to.y - from.y);
    else this.#does.pan(to.x - from.x, to.y - from.y);
    this.#down.set(event.pointerId, to);
  }

  #pinch(moving, to) {
    const from = this.#down.get(moving);
    const [, still] = [...this.#down].find(([pointer]) => pointer !== moving);
    this.#does.pan((to.x - from.x) / 2, (to.y - from.y) / 2);
    const [before, after] = [apart(from, still), apart(to, still)];
    if (before > 0 && after > 0) {
      this.#does.zoom(after / before, { x: (to.x + still.x) / 2, y: (to.y + still.y) / 2 });
    }
  }

  #release(event) {
    this.#down.delete(event.pointerId);
    if (!this.#down.size) this.#isWindowing = false;
    this.#mark();
  }

  #keyDown(event) {
    if (event.key !== " " || event.target !== this.#pane) return;
    event.preventDefault(); // or the page scrolls
    this.#isSpaceHeld = true;
    this.#mark();
  }

  #letGo(event) {
    if (event.type === "keyup" && event.key !== " ") return;
    this.#isSpaceHeld = false;
    this.#mark();
  }

  /** Tell the style sheet what the hand is doing. */
  #mark() {
    const isMoving = this.#isSpaceHeld || (this.#down.size > 0 && !this.#isWindowing);
    this.#pane.dataset.hand = this.#isWindowing ? "window" : isMoving ? "move" : "";
  }

  #placeOf({ clientX, clientY }) {
    const { left, top } = this.#pane.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

function apart(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
