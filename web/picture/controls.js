import { words } from '../i18n/words.js';
import { make, mark } from './element.js';
import { icon } from './icons.js';

/** @import { Picture } from './picture.js' */
/** @import { Action } from './types.js' */

/** What a key is called on the keyboard, for aria-keyshortcuts. @param {string} code */
const keyName = (code) => code.replace(/^Key/, '');

/** A row of buttons above a picture, one for each action, and the volume while there is sound. */
export class Controls {
  element = make('div', { class: 'controls', role: 'toolbar' });
  #picture;
  #actions;
  /** @type {Map<Action, HTMLButtonElement>} */
  #buttons = new Map();
  #volume = make('input', { type: 'range', class: 'volume', min: 0, max: 1, step: 0.05 });

  /**
   * @param {Picture} picture
   * @param {Action[]} actions
   */
  constructor(picture, actions) {
    this.#picture = picture;
    this.#actions = actions;
    for (const action of actions) {
      const keys = action.key && keyName(action.key);
      const button = make('button', {
        type: 'button',
        'data-action': action.name,
        'aria-keyshortcuts': keys,
      });
      button.addEventListener('click', () => action.run());
      this.#buttons.set(action, button);
      this.element.append(button);
      if (action.name === 'sound') this.element.append(this.#volume);
    }
    this.#volume.addEventListener('input', () => {
      picture.loudspeaker.volume = Number(this.#volume.value);
    });
    // The arrows move the slider, not the wall.
    this.#volume.addEventListener('keydown', (event) => event.stopPropagation());
    this.refresh();
  }

  refresh() {
    mark(this.element, 'aria-label', this.#picture.name);
    for (const action of this.#actions) {
      const button = /** @type {HTMLButtonElement} */ (this.#buttons.get(action));
      const name = action.icon();
      if (button.dataset.icon !== name) {
        button.dataset.icon = name;
        button.replaceChildren(icon(name));
      }
      mark(button, 'aria-label', action.label());
      mark(button, 'title', action.label());
      if (action.pressed) mark(button, 'aria-pressed', String(action.pressed()));
      button.disabled = action.disabled?.() ?? false;
      button.hidden = action.hidden?.() ?? false;
    }
    this.#volume.hidden = !this.#picture.heard;
    this.#volume.value = String(this.#picture.loudspeaker.volume);
    mark(this.#volume, 'aria-label', words.text('sound.volume'));
  }
}
