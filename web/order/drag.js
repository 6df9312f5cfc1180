import { Edge } from './edge.js';

/** So far a pointer may slip during a click. */
const SLIP_PIXELS = 8;

/**
 * Lets people carry things to another place among their like. The carried one follows the
 * pointer (data-carried), the one under it shows where it would go (data-drop: before, after),
 * and what is out of sight is scrolled to at the edge.
 */
export class Drag {
  #container;
  #selector;
  #mayStart;
  #onDrop;
  /**
   * From where (x, y) and where to (atX, atY).
   * @type {{item: HTMLElement, id: number, x: number, y: number, atX: number, atY: number,
   *   edge: Edge | null} | null}
   */
  #held = null;
  /** @type {HTMLElement | null} */
  #target = null;

  /**
   * @param {HTMLElement} container
   * @param {string} selector Of the things.
   * @param {(event: PointerEvent) => boolean} mayStart
   * @param {(item: HTMLElement, target: HTMLElement, after: boolean) => void} onDrop
   */
  constructor(container, selector, mayStart, onDrop) {
    this.#container = container;
    this.#selector = selector;
    this.#mayStart = mayStart;
    this.#onDrop = onDrop;
    container.addEventListener('pointerdown', (event) => this.#down(event));
    addEventListener('pointermove', (event) => this.#move(event));
    addEventListener('pointerup', (event) => this.#up(event));
    addEventListener('pointercancel', () => this.#end());
    addEventListener('scroll', () => this.#carry(), true);
    addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || !this.#held?.edge) return;
        event.stopImmediatePropagation();
        this.#end();
      },
      true,
    );
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const item = this.#itemAt(event.target);
    if (!item || event.button !== 0 || !this.#mayStart(event)) return;
    const { pointerId: id, clientX: x, clientY: y } = event;
    this.#held = { item, id, x, y, atX: x, atY: y, edge: null };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.id) return;
    [held.atX, held.atY] = [event.clientX, event.clientY];
    if (!held.edge) {
      if (Math.hypot(held.atX - held.x, held.atY - held.y) < SLIP_PIXELS) return;
      held.edge = new Edge(this.#container);
      held.item.toggleAttribute('data-carried', true);
      this.#pull();
    }
    this.#carry();
  }

  /** Once a frame, as a pointer that rests at an edge says nothing. */
  #pull() {
    const held = this.#held;
    if (!held?.edge) return;
    held.edge.pull(held.atY);
    requestAnimationFrame(() => held === this.#held && this.#pull());
  }

  #carry() {
    const held = this.#held;
    if (!held?.edge) return;
    // The list may have been drawn anew, without it.
    if (!held.item.isConnected) return this.#end();
    const { item, x, y, atX, atY, edge } = held;
    item.style.translate = `${atX - x}px ${atY - y + edge.scrolled}px`;
    const under = this.#itemAt(document.elementFromPoint(atX, atY));
    this.#aim(under === item ? null : under);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.id) return;
    const target = this.#target;
    const after = target?.dataset.drop === 'after';
    this.#end();
    if (!held.edge) return;
    // What follows is no click on the thing.
    const swallow = (/** @type {Event} */ click) => click.stopPropagation();
    addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener('click', swallow, { capture: true }));
    if (target) this.#onDrop(held.item, target, after);
  }

  #end() {
    this.#aim(null);
    if (this.#held) {
      this.#held.item.removeAttribute('data-carried');
      this.#held.item.style.translate = '';
    }
    this.#held = null;
  }

  /** @param {HTMLElement | null} target */
  #aim(target) {
    if (this.#target && this.#target !== target) delete this.#target.dataset.drop;
    this.#target = target;
    const item = this.#held?.item;
    if (!target || !item) return;
    const follows = item.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
    target.dataset.drop = follows ? 'after' : 'before';
  }

  /** @param {EventTarget | null} at @returns {HTMLElement | null} */
  #itemAt(at) {
    const item = at instanceof Element ? at.closest(this.#selector) : null;
    return item instanceof HTMLElement && this.#container.contains(item) ? item : null;
  }
}
