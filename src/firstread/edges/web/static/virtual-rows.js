/**
 * A list that only draws the rows in view, all of one height.
 *
 * The rows lie in a layer that sticks to the window of the list: however fast somebody scrolls, rows are never scrolled
 * out of sight before others are drawn, and while the others are still on their way the old ones stay.
 */
export class VirtualRows {
  #scroller;
  #layer;
  #spacer;
  #rowHeight;
  #make;
  #draw;
  #isReady;
  #isKnown;
  #moved;
  #total = 0;
  #pool = [];
  #scrollTop = 0;

  /**
   * @param {HTMLElement} scroller An empty element with a height of its own.
   * @param {{rowHeight: number, make: function(): HTMLElement, draw: function(HTMLElement, number),
   *   isReady?: function(number, number): boolean, isKnown?: function(number): boolean,
   *   moved?: function({first: number, last: number, direction: number})}}
   *   how `draw` fills a row with what stands at a place; rows are drawn when `isReady` says that all in view were told
   *   of, but for those of which `isKnown` says that nothing stands there.
   */
  constructor(scroller, { rowHeight, make, draw, isReady = () => true, isKnown = () => true, moved = () => {} }) {
    [this.#scroller, this.#rowHeight, this.#make, this.#draw] = [scroller, rowHeight, make, draw];
    [this.#isReady, this.#isKnown, this.#moved] = [isReady, isKnown, moved];
    this.#layer = scroller.appendChild(document.createElement("div"));
    this.#spacer = scroller.appendChild(document.createElement("div"));
    for (const [part, name] of [[this.#layer, "layer"], [this.#spacer, "spacer"]]) {
      part.className = name;
      part.setAttribute("role", "none");
    }
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Tells the first size too, and tells it again when the list was hidden and is shown.
    new ResizeObserver(() => this.#resized()).observe(scroller);
  }

  /** The places in view; of an empty list, 0 to -1. */
  get range() {
    const first = Math.floor(this.#scroller.scrollTop / this.#rowHeight);
    const last = Math.ceil((this.#scroller.scrollTop + this.#height) / this.#rowHeight) - 1;
    return { first: Math.max(0, Math.min(first, this.#total - 1)), last: Math.min(last, this.#total - 1) };
  }

  /** How many whole rows fit. */
  get rowsInView() {
    return Math.max(1, Math.floor(this.#height / this.#rowHeight));
  }

  get isAtTop() {
    return this.#scroller.scrollTop < this.#rowHeight;
  }

  /** Tell how many rows there are, and draw them. */
  setTotal(total) {
    if (total !== this.#total) {
      this.#total = total;
      this.#stretch();
    }
    this.draw();
  }

  /** Scroll by whole rows without a wish for other rows: the list moved under the reader. */
  shift(rows) {
    this.#scroller.scrollTop += rows * this.#rowHeight;
    this.#scrollTop = this.#scroller.scrollTop;
  }

  /** Scroll just so far that a row is in view. */
  reveal(index) {
    const top = index * this.#rowHeight;
    const { scrollTop } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + this.#height) {
      this.#scroller.scrollTop = top + this.#rowHeight - this.#height;
    }
    this.draw();
  }

  /** Draw the rows in view, if they are known; else the rows that are drawn stay. */
  draw() {
    const { first, last } = this.range;
    const isReady = this.#isReady(first, last);
    this.#scroller.setAttribute("aria-busy", String(!isReady));
    if (!isReady) return;
    const offset = this.#scroller.scrollTop - first * this.#rowHeight;
    for (let i = 0; i < this.#pool.length; i += 1) this.#place(this.#pool[i], first + i, i * this.#rowHeight - offset);
  }

  #place(row, index, top) {
    row.hidden = index >= this.#total || !this.#isKnown(index);
    row.style.transform = `translateY(${top}px)`;
    if (row.hidden) row.removeAttribute("id");
    else this.#draw(row, index);
  }

  #scrolled() {
    const direction = Math.sign(this.#scroller.scrollTop - this.#scrollTop) || 1;
    this.#scrollTop = this.#scroller.scrollTop;
    this.draw();
    this.#moved({ ...this.range, direction });
  }

  #resized() {
    const needed = Math.ceil(this.#height / this.#rowHeight) + 1;
    while (this.#pool.length < needed) this.#pool.push(this.#layer.appendChild(this.#made()));
    while (this.#pool.length > needed) this.#pool.pop().remove();
    this.#layer.style.height = `${this.#height}px`;
    this.#stretch();
    this.draw();
    this.#moved({ ...this.range, direction: 1 });
  }

  /** Return a row that shows nothing yet. */
  #made() {
    const row = this.#make();
    row.hidden = true;
    return row;
  }

  #stretch() {
    this.#spacer.style.height = `${Math.max(0, this.#total * this.#rowHeight - this.#height)}px`;
  }

  get #height() {
    return this.#scroller.clientHeight;
  }
}
