import { make, write } from '../picture/element.js';
import { COLUMNS } from './spans.js';
import { Tile } from './tile.js';

/** On a phone that is held upright, a tile is as wide as a column or as all: from here on, as all. */
const ACROSS_SHARE = 0.75;

/** @typedef {{tile: Tile, corner: HTMLElement, id: number, span: number, box: DOMRect, room: DOMRect}} Held */

/**
 * Lets people resize tiles by a corner. While it is held, a frame shows the size that the tile
 * gets: it snaps to the columns of the wall.
 */
export class Resizer {
  #element;
  #onResize;
  #frame = make('div', { class: 'frame', 'aria-hidden': 'true', hidden: true });
  /** @type {Held | null} */
  #held = null;

  /**
   * @param {HTMLElement} element The wall.
   * @param {(tile: Tile, span: number) => void} onResize
   */
  constructor(element, onResize) {
    this.#element = element;
    this.#onResize = onResize;
    element.append(this.#frame);
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', (event) => this.#up(event));
    element.addEventListener('pointercancel', () => this.#end());
    addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || !this.#held) return;
        event.stopImmediatePropagation();
        this.#end();
      },
      true,
    );
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const { target, button, pointerId: id } = event;
    const corner = target instanceof Element ? target.closest('.corner') : null;
    const tile = corner?.closest('fanlight-tile');
    if (!(corner instanceof HTMLElement) || !(tile instanceof Tile) || button !== 0) return;
    event.preventDefault();
    corner.setPointerCapture(id);
    const [box, room] = [tile, this.#element].map((one) => one.getBoundingClientRect());
    this.#held = { tile, corner, id, span: 0, box, room };
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, clientX, clientY }) {
    const held = this.#held;
    if (held?.id !== pointerId) return;
    const { box } = held;
    // By whichever way the corner has gone farther.
    const byHeight = (clientY - box.top) * (box.width / box.height);
    held.span = this.#spanOf(Math.max(clientX - box.left, byHeight), held.room.width);
    this.#show(held);
  }

  /** @param {PointerEvent} event */
  #up({ pointerId }) {
    const held = this.#held;
    if (held?.id !== pointerId) return;
    this.#end();
    if (held.span) this.#onResize(held.tile, held.span);
  }

  #end() {
    this.#held?.corner.releasePointerCapture(this.#held.id);
    this.#held = null;
    this.#frame.hidden = true;
  }

  /** @param {number} width @param {number} room */
  #spanOf(width, room) {
    if (this.#element.hasAttribute('data-upright')) {
      return width > room * ACROSS_SHARE ? COLUMNS : COLUMNS / 2;
    }
    return Math.max(1, Math.min(COLUMNS, Math.round((width / room) * COLUMNS)));
  }

  /** @param {Held} held */
  #show({ span, box, room }) {
    const width = (span / COLUMNS) * room.width;
    const { style } = this.#frame;
    style.left = `${Math.min(box.left - room.left, room.width - width)}px`;
    style.top = `${box.top - room.top + this.#element.scrollTop}px`;
    style.width = `${width}px`;
    style.height = `${(width * box.height) / box.width}px`;
    write(this.#frame, `${span} / ${COLUMNS}`);
    this.#frame.hidden = false;
  }
}
