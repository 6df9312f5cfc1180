import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';

/** How long something can be taken back by a button. */
const OFFERED_MS = 10000;

/** Says at the bottom of the page what somebody has just done, and offers to undo it. */
class Offer {
  #element = make('div', { id: 'offer', hidden: true });
  #text = make('span', { role: 'status' });
  #button = make('button', { type: 'button' });
  #undo = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#button.addEventListener('click', () => {
      this.hide();
      this.#undo();
    });
    this.#element.append(this.#text, this.#button);
    place.append(this.#element);
  }

  /** @param {string} text @param {() => void} undo */
  show(text, undo) {
    this.#undo = undo;
    write(this.#text, text);
    write(this.#button, words.text('action.undo'));
    this.#element.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), OFFERED_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#element.hidden = true;
  }
}

/** The page loads it when there is something to undo. */
export const offer = new Offer(document.body);
