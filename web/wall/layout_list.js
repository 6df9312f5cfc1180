import { words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';
import { ALL } from './arrangement.js';
import { LayoutApi, LayoutRefusal } from './layout_api.js';

/** @import { IconName } from '../picture/icons.js' */
/** @import { Address } from './address.js' */
/** @import { Arrangement } from './arrangement.js' */
/** @import { Library } from './library.js' */
/** @import { Kept, Removed } from './types.js' */

/** The layouts that have names: to use, to save, to rename, to copy, to delete. */
export class LayoutList {
  element = make('div', { class: 'layouts' });
  #arrangement;
  #library;
  #address;
  #api;
  #onRemoved;
  /** The one that is being renamed. @type {Kept | null} */
  #renamed = null;
  /** Where its new name is typed. @type {HTMLInputElement | null} */
  #field = null;
  #list = make('ul');
  #changed = make('div', { class: 'changed' });
  #changedText = make('span');
  #update = make('button', { type: 'button' });
  #discard = make('button', { type: 'button' });
  #name = make('input', { type: 'text', maxlength: 80, required: true, autocomplete: 'off' });
  #save = make('button', { type: 'submit' });
  #hint = make('p', { class: 'hint' });
  #fault = make('p', { class: 'fault', role: 'alert' });

  /**
   * @param {Arrangement} arrangement
   * @param {Library} library
   * @param {Address} address
   * @param {(removed: Removed) => void} onRemoved
   */
  constructor(arrangement, library, address, onRemoved) {
    this.#arrangement = arrangement;
    this.#library = library;
    this.#address = address;
    this.#api = new LayoutApi(library);
    this.#onRemoved = onRemoved;
    const form = make('form', {}, this.#name, this.#save);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.#name.value.trim();
      if (!name) return;
      void this.#do(async () => {
        await this.#api.add(name, arrangement.layout);
        this.#name.value = '';
      });
    });
    this.#update.addEventListener('click', () => {
      const { base } = address;
      if (!base) return;
      void this.#do(() => this.#api.replace({ ...base, layout: arrangement.layout })).then(
        // What somebody else has saved is replaced only by who has heard of it.
        (refusal) => refusal?.isConflict && address.acknowledge(),
      );
    });
    this.#discard.addEventListener('click', () => {
      if (address.kept) arrangement.layout = address.kept.layout;
    });
    this.#changed.append(this.#changedText, this.#update, this.#discard);
    this.element.append(this.#list, this.#changed, form, this.#fault, this.#hint);
    library.on('change', () => this.show());
  }

  show() {
    mark(this.#name, 'placeholder', words.text('layout.name'));
    mark(this.#name, 'aria-label', words.text('layout.name'));
    write(this.#save, words.text('layout.save'));
    write(this.#hint, words.text(this.#api.shares ? 'layout.shared' : 'layout.own'));
    const { kept, changed } = this.#address;
    this.#changed.hidden = !kept || !changed;
    write(this.#changedText, words.text('layout.changed', { name: kept?.name ?? '' }));
    write(this.#update, words.text('layout.update'));
    write(this.#discard, words.text('layout.discard'));
    this.#showList();
  }

  #showList() {
    const renamed = this.#renamed;
    if (renamed && !this.#library.all.some((one) => isSame(one, renamed))) {
      this.#renamed = this.#field = null; // Somebody else has deleted it.
    }
    // Nobody loses what they are typing, nor the place where they type.
    if (this.#field && this.#list.contains(this.#field)) return;
    const focused = [...this.#list.querySelectorAll('button, input')].indexOf(
      /** @type {any} */ (document.activeElement),
    );
    const isAll = JSON.stringify(this.#arrangement.layout) === JSON.stringify(ALL);
    const all = this.#use(words.text('layout.all'), isAll, () => {
      this.#arrangement.layout = ALL;
    });
    const items = this.#library.all.map((one) => this.#item(one));
    this.#list.replaceChildren(make('li', {}, all), ...items);
    if (focused >= 0) {
      const again = this.#list.querySelectorAll('button, input')[focused];
      /** @type {HTMLElement | undefined} */ (again)?.focus();
    }
  }

  /** @param {Kept} one */
  #item(one) {
    const { name } = one;
    if (this.#renamed && isSame(this.#renamed, one)) return make('li', {}, this.#field);
    const { kept, changed } = this.#address;
    const used = kept !== undefined && isSame(kept, one) && !changed;
    const use = this.#use(name, used, () => this.#address.choose(one));
    if (!one.shared && this.#library.shares) {
      use.append(make('small', {}, words.text('layout.here')));
    }
    const copy = () => this.#api.add(words.text('layout.copy', { name }), one.layout);
    return make(
      'li',
      {},
      use,
      !one.shared && this.#api.shares
        ? this.#tool(
            'share',
            'up',
            'layout.share',
            name,
            () => void this.#do(() => this.#share(one)),
          )
        : null,
      this.#tool('rename', 'rename', 'layout.rename', name, () => this.#rename(one)),
      this.#tool('copy', 'copy', 'layout.duplicate', name, () => void this.#do(copy)),
      this.#tool('remove', 'remove', 'layout.remove', name, () => void this.#remove(one)),
    );
  }

  /** @param {string} name @param {boolean} pressed @param {() => void} use */
  #use(name, pressed, use) {
    const button = make(
      'button',
      { type: 'button', class: 'use', 'aria-pressed': String(pressed) },
      make('span', {}, name),
    );
    button.addEventListener('click', use);
    return button;
  }

  /**
   * @param {string} what
   * @param {IconName} shape
   * @param {string} key Of its label.
   * @param {string} name
   * @param {() => void} run
   */
  #tool(what, shape, key, name, run) {
    const label = words.text(key, { name });
    const button = make(
      'button',
      { type: 'button', class: what, 'aria-label': label },
      icon(shape),
    );
    mark(button, 'title', label);
    button.addEventListener('click', run);
    return button;
  }

  /** @param {Kept} one */
  #nameField(one) {
    const label = words.text('layout.rename', { name: one.name });
    const field = make('input', { type: 'text', maxlength: 80, 'aria-label': label });
    field.value = one.name;
    const end = (/** @type {boolean} */ keep) => {
      // Also a field that is taken away loses the focus.
      if (field !== this.#field) return;
      this.#renamed = this.#field = null;
      const name = field.value.trim();
      if (!keep || !name || name === one.name) return this.show();
      void this.#do(() => this.#api.replace({ ...one, name }, one.name));
    };
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === 'Enter');
    });
    field.addEventListener('blur', () => end(true));
    return field;
  }

  /** @param {Kept} one */
  #rename(one) {
    this.#renamed = one;
    const field = this.#nameField(one);
    this.#field = field;
    this.show();
    field.focus();
    field.select();
  }

  /** Moves one from this browser to the server. @param {Kept} one */
  async #share(one) {
    if (await this.#api.add(one.name, one.layout)) this.#library.remove(one.name);
  }

  /** @param {Kept} one */
  async #remove(one) {
    await this.#do(async () => {
      await this.#api.remove(one);
      const what = words.text('layout.removed', { name: one.name });
      const restore = () => void this.#do(() => this.#api.restore(one));
      this.#onRemoved({ what, restore });
    });
    this.#name.focus();
  }

  /** Says what the server refuses. @param {() => Promise<unknown>} change */
  async #do(change) {
    write(this.#fault, '');
    let refusal;
    try {
      await change();
    } catch (error) {
      if (!(error instanceof LayoutRefusal)) throw error;
      write(this.#fault, error.message);
      refusal = error;
    }
    this.show();
    return refusal;
  }
}

/** @param {Kept} one @param {Kept} other */
const isSame = (one, other) => one.id === other.id && (one.id !== '' || one.name === other.name);
