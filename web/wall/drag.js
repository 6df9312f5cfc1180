/** So far a pointer may slip during a click. */
const SLIP_PIXELS = 8;

/**
 * Lets people carry things to another place among their like. The carried one follows the
 * pointer (data-carried), the one under it shows where it would go (data-drop: before, after).
 */
export class Drag {
  #container;
  #selector;
  #mayStart;
  #onDrop;
  /** @type {{item: HTMLElement, id: number, x: number, y: number, carried: boolean} | null} */
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
    addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || !this.#held?.carried) return;
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
    this.#held = { item, id: event.pointerId, x: event.clientX, y: event.clientY, carried: false };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.id) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.carried && Math.hypot(dx, dy) < SLIP_PIXELS) return;
    held.carried = true;
    held.item.toggleAttribute('data-carried', true);
    held.item.style.translate = `${dx}px ${dy}px`;
    const under = this.#itemAt(document.elementFromPoint(event.clientX, event.clientY));
    this.#aim(under === held.item ? null : under);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.id) return;
    const target = this.#target;
    const after = target?.dataset.drop === 'after';
    this.#end();
    if (!held.carried) return;
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
