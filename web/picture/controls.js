import { words } from '../i18n/words.js';
import { make, mark, write } from './element.js';
import { icon } from './icons.js';

/** @import { Picture } from './picture.js' */
/** @import { Action } from './types.js' */

/** What a key is called on the keyboard, for aria-keyshortcuts. @param {string} code */
const keyName = (code) => code.replace(/^Key/, '');

/**
 * A row of buttons above a picture, one for each action, and the volume while there is sound. Rare
 * actions are in a menu behind the last button.
 */
export class Controls {
  element = make('div', { class: 'controls', role: 'toolbar' });
  #picture;
  /** @type {{action: Action, button: HTMLButtonElement, text: HTMLElement | null}[]} */
  #buttons = [];
  #volume = make('input', { type: 'range', class: 'volume', min: 0, max: 1, step: 0.05 });
  #more = make('button', { type: 'button', class: 'more' }, icon('more'));
  // Safari does not focus a button that is clicked: then the menu has the focus.
  #menu = make('div', { class: 'menu', role: 'group', hidden: true, tabindex: -1 });

  /**
   * @param {Picture} picture
   * @param {Action[]} actions
   */
  constructor(picture, actions) {
    this.#picture = picture;
    for (const action of actions) {
      if (action.rare) continue;
      this.element.append(this.#button(action, null));
      if (action.name === 'sound') this.element.append(this.#volume);
    }
    if (actions.some(({ rare }) => rare)) {
      for (const action of actions) {
        if (action.rare || action.second) this.#menu.append(this.#button(action, make('span')));
      }
      this.element.append(this.#more, this.#menu);
      this.#listenToMenu();
    }
    this.#volume.addEventListener('input', () => {
      picture.loudspeaker.volume = Number(this.#volume.value);
    });
    // The arrows move the slider, not the wall.
    this.#volume.addEventListener('keydown', (event) => event.stopPropagation());
    this.refresh();
  }

  /** Whether the menu is open. */
  get open() {
    return !this.#menu.hidden;
  }

  set open(open) {
    if (open === this.open) return;
    this.#menu.hidden = !open;
    this.refresh();
  }

  refresh() {
    mark(this.element, 'aria-label', this.#picture.name);
    for (const { action, button, text } of this.#buttons) {
      const name = action.icon();
      const label = action.label();
      if (button.dataset.icon !== name) {
        button.dataset.icon = name;
        button.replaceChildren(icon(name), ...(text ? [text] : []));
      }
      if (text) write(text, label);
      mark(button, 'aria-label', label);
      if (!text) mark(button, 'title', label);
      if (action.pressed) mark(button, 'aria-pressed', String(action.pressed()));
      button.disabled = action.disabled?.() ?? false;
      button.hidden = action.hidden?.() ?? false;
    }
    mark(this.#more, 'aria-label', words.text('action.more'));
    mark(this.#more, 'title', words.text('action.more'));
    mark(this.#menu, 'aria-label', words.text('action.more'));
    mark(this.#more, 'aria-expanded', String(this.open));
    this.#volume.hidden = !this.#picture.heard;
    this.#volume.value = String(this.#picture.loudspeaker.volume);
    mark(this.#volume, 'aria-label', words.text('sound.volume'));
  }

  /**
   * @param {Action} action
   * @param {HTMLElement | null} text Where its label is to be read.
   */
  #button(action, text) {
    const button = make('button', {
      type: 'button',
      'data-action': action.name,
      'aria-keyshortcuts': action.key && keyName(action.key),
    });
    button.addEventListener('click', () => action.run());
    this.#buttons.push({ action, button, text });
    return button;
  }

  #listenToMenu() {
    this.#more.addEventListener('click', () => {
      this.open = !this.open;
      this.#more.focus();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.open) return;
      event.stopPropagation();
      this.open = false;
      this.#more.focus();
    });
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node) || !this.element.contains(relatedTarget)) {
        this.open = false;
      }
    });
  }
}
