import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { undo } from './undo.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Wall } from './wall.js' */

/** How long something can be taken back by a button. */
const OFFERED_MS = 10000;

/**
 * Says at the bottom of the page what somebody has just done by hand, and offers to undo it. The
 * wall has told it to screen readers.
 */
export class Offer {
  #element = make('div', { id: 'offer', hidden: true });
  #text = make('span');
  #button = make('button', { type: 'button' });
  #wall;
  #takeBack = () => {};
  /** Whether it is about a change of the wall, not of its layouts. */
  #ofWall = true;
  /** What had the focus before the button. @type {EventTarget | null} */
  #before = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} place
   * @param {Wall} wall
   * @param {Arrangement} arrangement
   */
  constructor(place, wall, arrangement) {
    this.#wall = wall;
    this.#button.addEventListener('click', () => {
      this.#hide();
      this.#takeBack();
    });
    // It stays as long as somebody is about to press it.
    this.#button.addEventListener('focus', ({ relatedTarget }) => {
      this.#before = relatedTarget;
      clearTimeout(this.#timer);
    });
    this.#button.addEventListener('blur', () => this.#wait());
    this.#element.append(this.#text, this.#button);
    place.append(this.#element);
    // It undoes the last change: after another one, that is not what it names.
    arrangement.on('change', () => this.#ofWall && this.#hide());
    wall.on('change', () => wall.alone !== null && this.#hide());
    wall.on('arranged', (what) => this.#show(what, true, () => undo(wall, arrangement)));
    wall.on('removed', ({ what, restore }) => this.#show(what, false, restore));
  }

  /** @param {string} what @param {boolean} ofWall @param {() => void} takeBack */
  #show(what, ofWall, takeBack) {
    this.#ofWall = ofWall;
    this.#takeBack = takeBack;
    write(this.#text, what);
    write(this.#button, words.text('action.undo'));
    this.#element.hidden = false;
    this.#wall.hold('offer', true);
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    if (!this.#element.hidden) this.#timer = setTimeout(() => this.#hide(), OFFERED_MS);
  }

  #hide() {
    if (this.#element.hidden) return;
    clearTimeout(this.#timer);
    const focused = document.activeElement === this.#button;
    this.#element.hidden = true;
    this.#wall.hold('offer', false);
    if (focused && this.#before instanceof HTMLElement) this.#before.focus({ preventScroll: true });
  }
}
