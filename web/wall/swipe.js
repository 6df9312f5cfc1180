/** So far, or so fast, a finger goes for a swipe. */
const FAR_PIXELS = 70;
const FAST_PIXELS_MS = 0.5;
/** Before it has gone this far nobody knows where it goes. */
const SLIP_PIXELS = 10;
/** So far one can be pulled where there is no other. */
const PULL = 0.25;

/** @typedef {'left' | 'right' | 'down'} Way Where the finger goes. */

/**
 * Lets one finger push an element aside, for another to take its place. Two fingers are something
 * else.
 */
export class Swipe {
  #around;
  /** @type {{id: number, x: number, y: number, at: number, way: Way | null, dx: number, dy: number, pushed: HTMLElement | null} | null} */
  #finger = null;

  /**
   * @param {HTMLElement} element
   * @param {object} around
   * @param {(way: Way) => HTMLElement | null} around.pushed What goes with the finger; null: nothing.
   * @param {(way: Way) => boolean} around.leads Whether there is another that way.
   * @param {(way: Way) => void} around.go
   */
  constructor(element, around) {
    this.#around = around;
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', (event) => this.#up(event));
    element.addEventListener('pointercancel', () => this.#end());
  }

  /** @param {PointerEvent} event */
  #down({ pointerId: id, pointerType, clientX: x, clientY: y, target, timeStamp: at }) {
    const tool = target instanceof Element && target.closest('button, input, .panel') !== null;
    if (this.#finger) return this.#end();
    if (pointerType !== 'touch' || tool) return;
    this.#finger = { id, x, y, at, way: null, dx: 0, dy: 0, pushed: null };
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, clientX, clientY }) {
    const finger = this.#finger;
    if (!finger || finger.id !== pointerId) return;
    [finger.dx, finger.dy] = [clientX - finger.x, clientY - finger.y];
    const way = wayOf(finger.dx, finger.dy);
    if (!finger.way) {
      if (Math.hypot(finger.dx, finger.dy) < SLIP_PIXELS) return;
      if (!way || !this.#around.pushed(way)) return this.#end();
      finger.way = way;
    }
    // Sideways is either way, while the finger is down.
    if (finger.way !== 'down' && way !== 'down' && way) finger.way = way;
    const pushed = this.#around.pushed(finger.way);
    if (!pushed) return;
    finger.pushed = pushed;
    const by = finger.way === 'down' ? Math.max(0, finger.dy) : finger.dx;
    const far = this.#around.leads(finger.way) ? by : by * PULL;
    pushed.style.translate = finger.way === 'down' ? `0 ${far}px` : `${far}px`;
  }

  /** @param {PointerEvent} event */
  #up({ pointerId, timeStamp }) {
    const finger = this.#finger;
    if (!finger || finger.id !== pointerId) return;
    const { way, dx, dy, at } = finger;
    this.#end();
    if (!way || !this.#around.leads(way)) return;
    const far = way === 'down' ? dy : Math.abs(dx);
    const fast = far / Math.max(1, timeStamp - at);
    if (far > FAR_PIXELS || (far > SLIP_PIXELS * 3 && fast > FAST_PIXELS_MS)) this.#around.go(way);
  }

  #end() {
    // What was pushed, even if nothing could be pushed by now.
    const pushed = this.#finger?.pushed;
    this.#finger = null;
    if (pushed) pushed.style.translate = '';
  }
}

/** @param {number} dx @param {number} dy @returns {Way | null} Null: up. */
function wayOf(dx, dy) {
  if (Math.abs(dx) > Math.abs(dy)) return dx < 0 ? 'left' : 'right';
  return dy > 0 ? 'down' : null;
}
