import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { STATES } from './find.js';

/** What narrows a long list of cameras, and what is done with those that are selected. */
export class FindBar {
  element = make('div', { id: 'find', role: 'search', hidden: true });
  #text = make('input', { type: 'search', name: 'find', autocomplete: 'off', spellcheck: 'false' });
  #state = make('select', { name: 'state' });
  #all = make('input', { type: 'checkbox', name: 'all' });
  #count = make('p', { class: 'count', role: 'status' });
  #remove = make('button', { type: 'button', class: 'remove-selected', hidden: true });

  /**
   * @param {object} actions
   * @param {() => void} actions.narrow The wish is another.
   * @param {(selected: boolean) => void} actions.select All that are shown, or none.
   * @param {() => void} actions.remove Those that are selected.
   */
  constructor({ narrow, select, remove }) {
    this.#text.placeholder = words.text('find.text');
    this.#text.setAttribute('aria-label', words.text('find.text'));
    this.#state.setAttribute('aria-label', words.text('find.state'));
    this.#state.append(make('option', { value: '' }, words.text('find.all')));
    for (const state of Object.keys(STATES)) {
      const text = words.text(state === 'trouble' ? 'find.trouble' : `state.${state}`);
      this.#state.append(make('option', { value: state }, text));
    }
    this.#text.addEventListener('input', narrow);
    this.#state.addEventListener('change', narrow);
    this.#all.addEventListener('change', () => select(this.#all.checked));
    this.#remove.addEventListener('click', remove);
    const all = make('label', { class: 'check' }, this.#all, words.text('find.select'));
    this.element.append(this.#text, this.#state, all, this.#remove, this.#count);
  }

  get wish() {
    return { text: this.#text.value.trim(), state: this.#state.value };
  }

  focus() {
    this.#text.focus();
  }

  /**
   * @param {{all: number, shown: number, selectable: number, selected: number}} counts Of cameras.
   */
  show({ all, shown, selectable, selected }) {
    this.element.hidden = all < 2;
    const numbers = { shown: words.number(shown), all: words.number(all) };
    write(this.#count, shown < all ? words.text('find.count', numbers) : '');
    this.#all.disabled = selectable === 0;
    this.#all.checked = selected > 0 && selected === selectable;
    this.#all.indeterminate = selected > 0 && selected < selectable;
    this.#remove.hidden = selected === 0;
    write(this.#remove, words.text('find.remove', { count: words.number(selected) }));
  }
}
