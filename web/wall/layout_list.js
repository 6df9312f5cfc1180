import { words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';
import { ALL } from './arrangement.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Library } from './library.js' */

/** The layouts that this browser keeps by name: to use, to save, to remove. */
export class LayoutList {
  element = make('div', { class: 'layouts' });
  #arrangement;
  #library;
  #list = make('ul');
  #name = make('input', { type: 'text', maxlength: 40, required: true, autocomplete: 'off' });
  #save = make('button', { type: 'submit' });

  /**
   * @param {Arrangement} arrangement
   * @param {Library} library
   */
  constructor(arrangement, library) {
    this.#arrangement = arrangement;
    this.#library = library;
    const form = make('form', {}, this.#name, this.#save);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.#name.value.trim();
      if (!name) return;
      library.save(name, arrangement.layout);
      this.#name.value = '';
      this.show();
    });
    this.element.append(this.#list, form);
  }

  show() {
    mark(this.#name, 'placeholder', words.text('layout.name'));
    mark(this.#name, 'aria-label', words.text('layout.name'));
    write(this.#save, words.text('layout.save'));
    const current = JSON.stringify(this.#arrangement.layout);
    const items = [...this.#library.named].map(([name, layout]) => {
      const use = this.#button(name, JSON.stringify(layout) === current, () => {
        this.#arrangement.layout = layout;
      });
      const remove = make('button', { type: 'button', class: 'remove' });
      remove.append(icon('remove'));
      mark(remove, 'aria-label', words.text('layout.remove', { name }));
      remove.addEventListener('click', () => {
        this.#library.remove(name);
        this.show();
        this.#name.focus();
      });
      return make('li', {}, use, remove);
    });
    const all = this.#button(words.text('layout.all'), JSON.stringify(ALL) === current, () => {
      this.#arrangement.layout = ALL;
    });
    const place = [...this.#list.querySelectorAll('button')].indexOf(
      /** @type {any} */ (document.activeElement),
    );
    this.#list.replaceChildren(make('li', {}, all), ...items);
    if (place >= 0) this.#list.querySelectorAll('button')[place]?.focus();
  }

  /**
   * @param {string} name
   * @param {boolean} pressed
   * @param {() => void} use
   */
  #button(name, pressed, use) {
    const button = make('button', { type: 'button', 'aria-pressed': String(pressed) }, name);
    button.addEventListener('click', use);
    return button;
  }
}
