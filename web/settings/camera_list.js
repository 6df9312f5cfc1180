import { words } from '../i18n/words.js';
import { carryByGrips, grip } from '../order/grip.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';

/** @import { Settings } from './types.js' */

/**
 * @typedef {object} ListActions
 * @property {(camera: Settings) => void} edit
 * @property {(camera: Settings) => void} remove
 * @property {(camera: string, by: number) => void} step One place up or down.
 * @property {(camera: string, target: string) => void} carry To the place of another.
 * @property {() => void} select Others are selected.
 */

/** The rows of all cameras: what each is, its state, and what can be done with it. */
export class CameraList {
  #element;
  #actions;
  /** By the id of its camera. @type {Map<string, HTMLLIElement>} */
  #rows = new Map();
  /** @type {Map<string, HTMLInputElement>} Of the cameras that can be selected. */
  #boxes = new Map();

  /** @param {HTMLElement} element @param {ListActions} actions */
  constructor(element, actions) {
    this.#element = element;
    this.#actions = actions;
    carryByGrips(element, 'li[data-camera]', (item, target) => {
      actions.carry(item.dataset.camera ?? '', target.dataset.camera ?? '');
    });
  }

  /**
   * @param {Settings[]} cameras
   * @param {HTMLElement | null} form Of the camera `edited`, or of one that the list does not have.
   * @param {string} edited
   */
  draw(cameras, form, edited) {
    const refocus = this.#focusKept();
    const selected = new Set(this.selected);
    this.#rows.clear();
    this.#boxes.clear();
    const rows = cameras.map((camera, at) => {
      const row = this.#row(camera, at, cameras.length);
      this.#rows.set(camera.id, row);
      const box = this.#boxes.get(camera.id);
      if (box) box.checked = selected.has(camera.id);
      if (form && edited === camera.id) row.append(form);
      return row;
    });
    // What was typed stays, also when the camera has been removed elsewhere.
    if (form && !this.#rows.has(edited)) rows.unshift(make('li', {}, form));
    this.#element.replaceChildren(...rows);
    refocus();
  }

  /** What the server says of each, as it changes. @param {{id: string, state: string, reason?: string}[]} cameras */
  showStates(cameras) {
    for (const camera of cameras) {
      const { id, state } = camera;
      const row = this.#rows.get(id);
      const text = row?.querySelector('.state');
      if (!row || !text) continue;
      mark(row, 'data-state', state);
      write(
        text,
        [words.text(`state.${state}`), words.said(camera, 'reason')].filter(Boolean).join(': '),
      );
    }
  }

  /**
   * Hides all others; a camera that nobody sees is not selected. One that is being edited stays.
   * @param {(id: string, state: string) => boolean} wanted
   */
  narrow(wanted) {
    for (const [id, row] of this.#rows) {
      const stays = wanted(id, row.dataset.state ?? '') || row.querySelector('form') !== null;
      row.hidden = !stays;
      const box = this.#boxes.get(id);
      if (box && !stays) box.checked = false;
    }
    // Among some of the cameras a place in the list says nothing.
    this.#element.toggleAttribute('data-narrowed', this.shown < this.#rows.size);
  }

  /** How many cameras are shown. */
  get shown() {
    return [...this.#rows.values()].filter(({ hidden }) => !hidden).length;
  }

  /** Ids of the cameras that are selected. */
  get selected() {
    return [...this.#boxes].filter(([, { checked }]) => checked).map(([id]) => id);
  }

  /** Ids of the cameras that are shown and can be selected. */
  get selectable() {
    return [...this.#boxes.keys()].filter((id) => !this.#rows.get(id)?.hidden);
  }

  /** All that are shown, or none. @param {boolean} selected */
  select(selected) {
    const shown = new Set(this.selectable);
    for (const [id, box] of this.#boxes) box.checked = selected && shown.has(id);
  }

  /**
   * @param {string} camera
   * @param {string} selector Of a button; the first one that can be pressed gets the focus.
   * @returns {boolean} Whether there is one.
   */
  focusOn(camera, selector) {
    const row = this.#rows.get(camera);
    if (!row || row.hidden) return false;
    const button = row.querySelector(`${selector}:enabled`) ?? row.querySelector('button:enabled');
    /** @type {HTMLElement | null} */ (button)?.focus();
    return button !== null;
  }

  /** @returns {() => void} Gives the focus back to what had it: itself, or what stands in its place. */
  #focusKept() {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement)) return () => {};
    const camera = focused.closest('li')?.dataset.camera;
    const kind = [...focused.classList].map((name) => `.${name}`).join('');
    return () => {
      if (focused.isConnected) focused.focus();
      else if (camera) this.focusOn(camera, kind);
    };
  }

  /** @param {Settings} camera @param {number} at @param {number} count */
  #row(camera, at, count) {
    const name = camera.name || camera.id;
    return make(
      'li',
      { 'data-camera': camera.id },
      make(
        'div',
        { class: 'camera' },
        count > 1 && grip(),
        make(
          'div',
          { class: 'name' },
          camera.managed === true && count > 1 && this.#box(camera.id, name),
          make('h2', {}, name),
        ),
        make('p', { class: 'urls' }, camera.streams.map(({ url }) => url).join('\n')),
        make('p', { class: 'state' }),
        make(
          'div',
          { class: 'buttons' },
          this.#mover(camera.id, name, -1, at === 0),
          this.#mover(camera.id, name, 1, at === count - 1),
          ...this.#doers(camera, name),
        ),
      ),
    );
  }

  /** @param {string} id @param {string} name */
  #box(id, name) {
    const label = words.text('list.select', { name });
    const box = make('input', { type: 'checkbox', class: 'select', 'aria-label': label });
    box.addEventListener('change', () => this.#actions.select());
    this.#boxes.set(id, box);
    return box;
  }

  /** @param {string} id @param {string} name @param {number} by @param {boolean} atEnd */
  #mover(id, name, by, atEnd) {
    const way = by < 0 ? 'up' : 'down';
    const button = make('button', { type: 'button', class: `icon-button ${way}` }, icon(way));
    const label = by < 0 ? 'camera.up' : 'camera.down';
    mark(button, 'aria-label', words.text(label, { name }));
    button.addEventListener('click', () => this.#actions.step(id, by));
    button.disabled = atEnd;
    return button;
  }

  /** @param {Settings} camera @param {string} name */
  #doers(camera, name) {
    if (!camera.managed) {
      const where = { file: camera.file ?? '', line: camera.line ?? 0 };
      return [make('p', { class: 'elsewhere' }, words.text('camera.elsewhere', where))];
    }
    const button = (
      /** @type {string} */ kind,
      /** @type {string} */ label,
      /** @type {() => void} */ run,
    ) => {
      const made = make('button', { type: 'button', class: kind }, words.text(label));
      mark(made, 'aria-label', `${words.text(label)}: ${name}`);
      made.addEventListener('click', run);
      return made;
    };
    return [
      button('edit', 'camera.edit', () => this.#actions.edit(camera)),
      button('remove', 'camera.remove', () => this.#actions.remove(camera)),
    ];
  }
}
