import { WHOLE, pan, zoom } from './lens.js';

const STEP = 1.5;
/** By two taps at once. */
const NEAR = 2.5;
/** Of the frame, for one press of an arrow key. */
const PAN_STEP = 0.12;

/**
 * Digital zoom of a picture, by wheel, pinch, drag and keys, while `enabled`.
 * It moves `content` inside `frame`; pointers and wheel are taken from the frame.
 */
export class Magnifier {
  enabled = false;
  view = WHOLE;
  #frame;
  #content;
  #onChange;
  /** Where each finger or the mouse is. @type {Map<number, {x: number, y: number}>} */
  #pointers = new Map();

  /**
   * @param {HTMLElement} frame
   * @param {HTMLElement} content
   * @param {() => void} onChange
   */
  constructor(frame, content, onChange) {
    this.#frame = frame;
    this.#content = content;
    this.#onChange = onChange;
    frame.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    frame.addEventListener('pointerdown', (event) => this.#down(event));
    frame.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      frame.addEventListener(end, (event) => {
        this.#pointers.delete(/** @type {PointerEvent} */ (event).pointerId);
      });
    }
  }

  get zoomed() {
    return this.view.scale > 1;
  }

  in() {
    this.#set(zoom(this.view, STEP, { x: 0, y: 0 }, this.#size()));
  }

  out() {
    this.#set(zoom(this.view, 1 / STEP, { x: 0, y: 0 }, this.#size()));
  }

  reset() {
    this.#pointers.clear();
    this.#set(WHOLE);
  }

  /** Near to a point, or whole again. @param {{clientX: number, clientY: number}} event */
  toggle(event) {
    if (this.zoomed) this.#set(WHOLE);
    else this.#set(zoom(this.view, NEAR, this.#point(event), this.#size()));
  }

  /** The view moves the way of the arrow. @param {number} right @param {number} down */
  step(right, down) {
    const size = this.#size();
    this.#set(pan(this.view, -right * PAN_STEP * size.width, -down * PAN_STEP * size.height, size));
  }

  #size() {
    return { width: this.#frame.clientWidth, height: this.#frame.clientHeight };
  }

  /** From the middle of the frame. @param {{clientX: number, clientY: number}} event */
  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!this.enabled || insideTool(event)) return;
    event.preventDefault();
    // Lines on some mice, pixels on trackpads; a notch is about a hundred pixels.
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1);
    const factor = STEP ** (-Math.max(-150, Math.min(150, pixels)) / 100);
    this.#set(zoom(this.view, factor, this.#point(event), this.#size()));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.enabled || event.button !== 0 || insideTool(event)) return;
    this.#pointers.set(event.pointerId, this.#point(event));
    if (this.zoomed || this.#pointers.size > 1) this.#frame.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, now);
    const size = this.#size();
    if (!other) {
      if (this.zoomed) this.#set(pan(this.view, now.x - before.x, now.y - before.y, size));
      return;
    }
    const [, still] = other;
    const factor =
      Math.hypot(now.x - still.x, now.y - still.y) /
      Math.max(1, Math.hypot(before.x - still.x, before.y - still.y));
    const middle = { x: (now.x + still.x) / 2, y: (now.y + still.y) / 2 };
    const moved = pan(this.view, (now.x - before.x) / 2, (now.y - before.y) / 2, size);
    this.#set(zoom(moved, factor, middle, size));
  }

  /** @param {import('./lens.js').View} view */
  #set(view) {
    if (view.scale === this.view.scale && view.x === this.view.x && view.y === this.view.y) return;
    this.view = view;
    const { scale, x, y } = view;
    this.#content.style.transform = scale > 1 ? `translate(${x}px, ${y}px) scale(${scale})` : '';
    this.#onChange();
  }
}

/** Buttons, sliders and tables above the picture are not the picture. @param {Event} event */
const insideTool = ({ target }) =>
  target instanceof Element && target.closest('button, input, .panel, .controls') !== null;
