// A list of which only what is seen is in the document.

const beyond = 10; // rows above and below

export class VirtualList {
  #rows = new Map(); // by place
  #free = [];
  #drawing = 0;

  /**
   * @param {HTMLElement} viewport scrolls
   * @param {number} height of every row, in pixels
   * @param {(row: HTMLElement, item: any) => void} fill
   */
  constructor(viewport, height, fill) {
    Object.assign(this, { viewport, height, fill, items: [] });
    this.list = document.createElement("div");
    this.list.className = "rows";
    this.list.setAttribute("role", "list");
    viewport.replaceChildren(this.list);
    viewport.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(viewport);
  }

  /** atEnd reports whether the newest row is seen. */
  get atEnd() {
    const v = this.viewport;
    return v.scrollHeight - v.scrollTop - v.clientHeight < this.height;
  }

  toEnd() {
    this.viewport.scrollTop = this.viewport.scrollHeight;
  }

  /** to shows the row at a place, a third from above. */
  to(place) {
    this.viewport.scrollTop = Math.max(0, place * this.height - this.viewport.clientHeight / 3);
  }

  /**
   * update shows items from now on.
   * @param {any[]} items
   * @param {number} gone how many were taken away in front: what is seen stays in its place
   */
  update(items, gone = 0) {
    this.items = items;
    this.list.style.height = `${items.length * this.height}px`;
    if (gone) this.viewport.scrollTop -= gone * this.height;
    this.draw();
  }

  /** refill fills every row anew: what is to be seen of an item has changed. */
  refill() {
    for (const row of this.#rows.values()) row.item = undefined;
    this.draw();
  }

  /** draw draws once before the browser does. */
  draw() {
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#draw();
    });
  }

  #draw() {
    const { scrollTop, clientHeight } = this.viewport;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - beyond);
    const last = Math.min(this.items.length, Math.ceil((scrollTop + clientHeight) / this.height) + beyond);
    for (const [place, row] of this.#rows) {
      if (place >= first && place < last) continue;
      this.#rows.delete(place);
      row.hidden = true;
      this.#free.push(row);
    }
    // From the last to the first: each is put before the next, so that a screen reader
    // finds them in their order.
    for (let place = last - 1; place >= first; place--) this.#show(place);
    while (this.#free.length > 2 * beyond) this.#free.pop().remove();
  }

  #show(place) {
    const item = this.items[place];
    let row = this.#rows.get(place);
    if (row && row.item === item) return;
    if (!row) {
      row = this.#free.pop() ?? document.createElement("div");
      this.list.insertBefore(row, this.#rows.get(place + 1) ?? null);
      row.hidden = false;
      row.style.transform = `translateY(${place * this.height}px)`;
      row.setAttribute("role", "listitem");
      this.#rows.set(place, row);
    }
    row.setAttribute("aria-setsize", this.items.length);
    row.setAttribute("aria-posinset", place + 1);
    row.item = item;
    this.fill(row, item);
  }
}
