/** So near to an edge it begins to scroll. */
const EDGE_PIXELS = 44;
const FASTEST_PIXELS = 14;

/**
 * How far to scroll in this frame.
 * @param {number} y Of the pointer.
 * @param {number} top Of what can be seen of the list.
 * @param {number} bottom
 */
export function stepAt(y, top, bottom) {
  const inside = Math.min(y - top, bottom - y);
  if (inside >= EDGE_PIXELS || bottom - top < 2 * EDGE_PIXELS) return 0;
  const step = Math.ceil((1 - Math.max(0, inside) / EDGE_PIXELS) * FASTEST_PIXELS);
  return y - top < bottom - y ? -step : step;
}

/** What a list is scrolled by, while one of its things is carried. */
export class Edge {
  #scroller;
  #from;
  /** What is carried below the end would make the list longer. */
  #end;

  /** @param {Element} list */
  constructor(list) {
    this.#scroller = scrollerOf(list);
    this.#from = this.#scroller.scrollTop;
    this.#end = this.#scroller.scrollHeight - this.#scroller.clientHeight;
  }

  /** How far it has been scrolled since, by whatever. */
  get scrolled() {
    return this.#scroller.scrollTop - this.#from;
  }

  /** @param {number} y Of the pointer. */
  pull(y) {
    const scroller = this.#scroller;
    const { top, bottom } =
      scroller === document.scrollingElement
        ? { top: 0, bottom: innerHeight }
        : scroller.getBoundingClientRect();
    const step = stepAt(y, top, bottom);
    if (step) scroller.scrollTop = Math.min(this.#end, scroller.scrollTop + step);
  }
}

/** @param {Element} list @returns {Element} */
function scrollerOf(list) {
  for (let element = list.parentElement; element; element = element.parentElement) {
    // That of the body is the window's.
    if (element === document.body) break;
    if (/auto|scroll/.test(getComputedStyle(element).overflowY)) return element;
  }
  return document.scrollingElement ?? document.documentElement;
}
