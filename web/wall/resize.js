import { make, write } from '../picture/element.js';
import { fit } from './fit.js';
import { COLUMNS } from './spans.js';
import { Tile } from './tile.js';

/** @import { Wall } from './wall.js' */

/** On a phone that is held upright, a tile is as wide as a column or as both: from here on, as both. */
const ACROSS_SHARE = 0.75;

/**
 * @typedef {object} Held
 * @property {Tile} tile
 * @property {HTMLElement} corner
 * @property {number} id Of the pointer.
 * @property {number} span What is asked for; 0: nothing yet.
 * @property {DOMRect} box
 * @property {DOMRect} room
 */

/**
 * Lets people resize tiles by a corner. While it is held, a frame shows the size and place that the
 * tile gets: it snaps to the columns of the wall.
 */
export class Resizer {
  #element;
  #wall;
  #onResize;
  #frame = make('div', { class: 'frame', 'aria-hidden': 'true', hidden: true });
  /** @type {Held | null} */
  #held = null;
  #drawing = 0;

  /**
   * @param {HTMLElement} element The wall.
   * @param {Wall} wall
   * @param {(tile: Tile, span: number) => void} onResize
   */
  constructor(element, wall, onResize) {
    this.#element = element;
    this.#wall = wall;
    this.#onResize = onResize;
    element.append(this.#frame);
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', (event) => this.#up(event));
    // The second also if the tile goes away.
    for (const end of /** @type {const} */ (['pointercancel', 'lostpointercapture'])) {
      addEventListener(end, ({ pointerId }) => this.#held?.id === pointerId && this.#end());
    }
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
    // A second finger waits for the first.
    if (this.#held) return;
    corner.setPointerCapture(id);
    const [box, room] = [tile, this.#element].map((one) => one.getBoundingClientRect());
    this.#held = { tile, corner, id, span: 0, box, room };
    this.#wall.hold('corner', true);
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, clientX, clientY }) {
    const held = this.#held;
    if (held?.id !== pointerId) return;
    const { box } = held;
    // By whichever way the corner has gone farther.
    const byHeight = (clientY - box.top) * (box.width / box.height);
    const span = this.#spanOf(Math.max(clientX - box.left, byHeight), held.room.width);
    if (span === held.span) return;
    held.span = span;
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => this.#show(held));
  }

  /** @param {PointerEvent} event */
  #up({ pointerId }) {
    const held = this.#held;
    if (held?.id !== pointerId) return;
    this.#end();
    if (held.span) this.#onResize(held.tile, held.span);
  }

  #end() {
    const held = this.#held;
    this.#held = null;
    if (held?.corner.hasPointerCapture(held.id)) held.corner.releasePointerCapture(held.id);
    cancelAnimationFrame(this.#drawing);
    this.#frame.hidden = true;
    this.#wall.hold('corner', false);
  }

  /** @param {number} width @param {number} room */
  #spanOf(width, room) {
    if (this.#wall.upright) return width > room * ACROSS_SHARE ? 2 : 1;
    return Math.max(1, Math.min(COLUMNS, Math.round((width / room) * COLUMNS)));
  }

  /** @param {Held} held */
  #show({ tile, span: wanted }) {
    const { plan, shownTiles } = this.#wall;
    const at = shownTiles.indexOf(tile);
    // The camera may have been removed.
    if (at < 0) return this.#end();
    const { span, box } = fit(plan, at, wanted);
    const { style } = this.#frame;
    style.left = `${plan.corner.x + box.x}px`;
    style.top = `${plan.corner.y + box.y}px`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
    write(this.#frame, `${span} / ${plan.scrolls ? 2 : COLUMNS}`);
    this.#frame.hidden = false;
  }
}
