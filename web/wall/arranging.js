import { words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { undo } from './undo.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Wall } from './wall.js' */

/** A finger that rests so long on a picture wants to arrange the wall. */
const LONG_MS = 500;
const SLIP_PIXELS = 10;

/**
 * Fingers arrange a wall after a long press: tiles then have a grip to move them by and a corner to
 * resize them by, and a tap enlarges none (#wall[data-arranging]).
 */
export class Arranging {
  #element;
  #wall;
  #arrangement;
  #bar = make('div', { id: 'arranging', role: 'group', hidden: true });
  #text = make('p');
  #undo = make('button', { type: 'button' });
  #done = make('button', { type: 'button', class: 'done' });
  /** @type {{id: number, x: number, y: number, timer: ReturnType<typeof setTimeout>} | null} */
  #finger = null;

  /**
   * @param {HTMLElement} element Has the tiles.
   * @param {Wall} wall
   * @param {Arrangement} arrangement
   */
  constructor(element, wall, arrangement) {
    this.#element = element;
    this.#wall = wall;
    this.#arrangement = arrangement;
    this.#undo.addEventListener('click', () => undo(wall, arrangement));
    this.#done.addEventListener('click', () => this.#set(false));
    this.#bar.append(this.#text, this.#undo, this.#done);
    element.after(this.#bar);
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) {
      element.addEventListener(end, () => this.#lift());
    }
    // Of the browser's own menu for pictures.
    element.addEventListener('contextmenu', (event) => {
      if (this.#finger || this.on) event.preventDefault();
    });
    arrangement.on('change', () => this.#show());
    wall.on('change', () => wall.alone !== null && this.#set(false));
    words.addEventListener('change', () => this.#show());
  }

  get on() {
    return this.#element.hasAttribute('data-arranging');
  }

  /** @param {PointerEvent} event */
  #down({ pointerId: id, pointerType, clientX: x, clientY: y, target }) {
    const other = this.#finger !== null;
    this.#lift();
    const tool = !(target instanceof Element) || target.closest('button, input, .panel');
    if (other || pointerType !== 'touch' || this.on || this.#wall.alone !== null || tool) return;
    this.#finger = { id, x, y, timer: setTimeout(() => this.#press(), LONG_MS) };
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    const finger = this.#finger;
    if (finger && Math.hypot(clientX - finger.x, clientY - finger.y) > SLIP_PIXELS) this.#lift();
  }

  #press() {
    this.#lift();
    this.#set(true);
  }

  #lift() {
    clearTimeout(this.#finger?.timer);
    this.#finger = null;
  }

  /** @param {boolean} on */
  #set(on) {
    if (on === this.on) return;
    this.#element.toggleAttribute('data-arranging', on);
    document.body.toggleAttribute('data-arranging', on);
    // Pages do not turn under somebody's finger.
    this.#wall.hold('fingers', on);
    this.#show();
  }

  #show() {
    this.#bar.hidden = !this.on;
    write(this.#text, words.text('arrange.fingers'));
    mark(this.#bar, 'aria-label', words.text('arrange.fingers'));
    write(this.#undo, words.text('action.undo'));
    write(this.#done, words.text('action.done'));
    this.#undo.disabled = !this.#arrangement.canUndo;
  }
}
