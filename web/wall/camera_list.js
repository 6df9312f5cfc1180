import { words } from '../i18n/words.js';
import { carryByGrips, grip } from '../order/grip.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';

/** @import { Signalling } from '../player/signalling.js' */
/** @import { Arrangement } from './arrangement.js' */

/** @typedef {{item: HTMLLIElement, box: HTMLInputElement, name: HTMLElement, up: HTMLButtonElement, down: HTMLButtonElement}} Row */

/** All cameras of the server, those on the wall first: to show, to hide and to put in order. */
export class CameraList {
  element = make('ol', { class: 'cameras' });
  #signalling;
  #arrangement;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /**
   * @param {Signalling} signalling
   * @param {Arrangement} arrangement
   */
  constructor(signalling, arrangement) {
    this.#signalling = signalling;
    this.#arrangement = arrangement;
    carryByGrips(this.element, 'li[data-shown]', (item, target) =>
      this.#move(item.dataset.camera ?? '', target.dataset.camera ?? ''),
    );
  }

  show() {
    const { shown, left } = this.#arrangement;
    const cameras = new Map(this.#signalling.cameras.map((camera) => [camera.id, camera]));
    const focused = document.activeElement;
    const items = [...shown, ...left].map((id, at) => {
      const row = this.#rows.get(id) ?? this.#row(id);
      const name = cameras.get(id)?.name || id;
      const isShown = at < shown.length;
      row.item.toggleAttribute('data-shown', isShown);
      mark(row.item, 'data-state', cameras.get(id)?.state ?? '');
      write(row.name, name);
      row.box.checked = isShown;
      row.up.disabled = !isShown || at === 0;
      row.down.disabled = !isShown || at >= shown.length - 1;
      mark(row.up, 'aria-label', words.text('arrange.up', { name }));
      mark(row.down, 'aria-label', words.text('arrange.down', { name }));
      return row.item;
    });
    if (items.some((item, at) => this.element.children[at] !== item)) {
      this.element.replaceChildren(...items);
    }
    for (const id of this.#rows.keys()) if (!cameras.has(id)) this.#rows.delete(id);
    if (!(focused instanceof HTMLElement) || focused === document.activeElement) return;
    // The button at the end of its way is disabled: its neighbour takes over.
    const row = [...this.#rows.values()].find(({ item }) => item.contains(focused));
    const button = focused.matches(':disabled')
      ? focused === row?.up
        ? row.down
        : row?.up
      : focused;
    button?.focus();
  }

  /** @param {string} id @param {string} target */
  #move(id, target) {
    this.#arrangement.move(id, this.#arrangement.shown.indexOf(target));
  }

  /** @param {string} id */
  #row(id) {
    const box = make('input', { type: 'checkbox' });
    const name = make('span', { class: 'camera-name' });
    const up = make('button', { type: 'button', class: 'up' });
    const down = make('button', { type: 'button', class: 'down' });
    up.append(icon('up'));
    down.append(icon('down'));
    box.addEventListener('change', () =>
      box.checked ? this.#arrangement.show(id) : this.#arrangement.hide(id),
    );
    const step = (/** @type {number} */ by) =>
      this.#arrangement.move(id, this.#arrangement.shown.indexOf(id) + by);
    up.addEventListener('click', () => step(-1));
    down.addEventListener('click', () => step(1));
    const label = make('label', {}, box, name);
    const item = make('li', { 'data-camera': id }, grip(), label, up, down);
    const row = { item, box, name, up, down };
    this.#rows.set(id, row);
    return row;
  }
}
