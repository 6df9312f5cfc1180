import { Words, words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { Signalling } from '../player/signalling.js';
import { api } from './api.js';
import { blank, moved } from './draft.js';
import { Form } from './form.js';

/** @import { All, Settings } from './types.js' */

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The cameras of the server, to be added, changed, put in order and removed. */
class SettingsPage {
  #signalling;
  /** @type {All | null} */
  #all = null;
  /** @type {Form | null} */
  #form = null;
  /** Which camera the form is of; '' is a new one. */
  #edited = '';

  constructor() {
    const address = new URL('ws', document.baseURI);
    address.protocol = address.protocol.replace('http', 'ws');
    this.#signalling = new Signalling(address.href);
    this.#signalling.on('cameras', () => void this.load());
    this.#signalling.on('camera', () => this.#showStates());
    addEventListener('pagehide', () => this.#signalling.stop());
    this.#signalling.start();
    document.documentElement.lang = words.language;
    document.title = `Fanlight – ${words.text('title')}`;
    write(byId('title'), words.text('title'));
    const back = /** @type {HTMLAnchorElement} */ (byId('back'));
    back.href = './';
    write(back, words.text('back'));
    byId('tools').append(
      this.#button('add', 'camera.add', () => this.#open(null)),
      this.#button('reload', 'files.reload', () => void this.#reload()),
    );
  }

  async load() {
    try {
      this.#all = await api.all();
      byId('refused').hidden = true;
      this.#draw();
    } catch (error) {
      byId('refused').hidden = false;
      write(byId('refused'), /** @type {Error} */ (error).message);
    }
  }

  #draw() {
    const { cameras = [], cameras_file = '', config_file = '' } = this.#all ?? {};
    const rows = cameras.map((camera, at) => this.#row(camera, at, cameras.length));
    if (this.#form && this.#edited === '') rows.unshift(make('li', {}, this.#form.element));
    byId('cameras').replaceChildren(...rows);
    write(byId('files'), words.text('files.where', { config_file, cameras_file }));
    this.#showStates();
  }

  /** @param {Settings} camera @param {number} at @param {number} count */
  #row(camera, at, count) {
    const name = camera.name || camera.id;
    const row = make('li', { 'data-camera': camera.id });
    const move = (/** @type {number} */ by) => {
      const button = this.#button(
        by < 0 ? 'up' : 'down',
        by < 0 ? 'camera.up' : 'camera.down',
        () => void this.#move(at, by),
      );
      button.disabled = at + by < 0 || at + by >= count;
      return button;
    };
    const buttons = camera.managed
      ? [
          this.#button('edit', 'camera.edit', () => this.#open(camera)),
          this.#button('remove', 'camera.remove', () => void this.#remove(camera)),
        ]
      : [
          make(
            'p',
            { class: 'elsewhere' },
            words.text('camera.elsewhere', { file: camera.file ?? '', line: camera.line ?? 0 }),
          ),
        ];
    for (const button of buttons) {
      if (button instanceof HTMLButtonElement) {
        mark(button, 'aria-label', `${button.textContent}: ${name}`);
      }
    }
    row.append(
      make(
        'div',
        { class: 'camera' },
        make('h2', {}, name),
        make('p', { class: 'urls' }, camera.streams.map(({ url }) => url).join('  ')),
        make('p', { class: 'state' }),
        make('div', { class: 'buttons' }, move(-1), move(1), ...buttons),
      ),
    );
    if (this.#form && this.#edited === camera.id) row.append(this.#form.element);
    return row;
  }

  /** What the server says of each, as it changes. */
  #showStates() {
    for (const { id, state, reason } of this.#signalling.cameras) {
      const row = document.querySelector(`[data-camera="${CSS.escape(id)}"]`);
      const text = row?.querySelector('.state');
      if (!row || !text) continue;
      mark(row, 'data-state', state);
      write(text, [words.text(`state.${state}`), reason].filter(Boolean).join(': '));
    }
  }

  /** @param {Settings | null} camera Null: a new one. */
  #open(camera) {
    this.#edited = camera?.id ?? '';
    this.#form = new Form(camera ?? blank(), camera === null, (saved) => {
      this.#form = null;
      if (saved) this.#say(words.text('form.saved'));
      void this.load();
    });
    this.#draw();
    this.#form.focus();
  }

  /** @param {Settings} camera */
  async #remove(camera) {
    const name = camera.name || camera.id;
    if (!confirm(words.text('camera.remove.sure', { name }))) return;
    await this.#try(() => api.remove(camera.id));
  }

  /** @param {number} at @param {number} by */
  async #move(at, by) {
    const ids = (this.#all?.cameras ?? []).map(({ id }) => id);
    await this.#try(() => api.order(moved(ids, at, by)));
    const row = document.querySelector(`[data-camera="${CSS.escape(ids[at])}"]`);
    /** @type {HTMLElement | null | undefined} */ (
      row?.querySelector(by < 0 ? '.up:enabled, .down' : '.down:enabled, .up')
    )?.focus();
  }

  async #reload() {
    await this.#try(async () => {
      const { needs_restart = [] } = await api.reload();
      this.#say(
        needs_restart.length
          ? words.text('files.restart', { keys: words.list(needs_restart) })
          : words.text('files.reloaded'),
      );
    });
  }

  /** @param {() => Promise<unknown>} what */
  async #try(what) {
    try {
      await what();
    } catch (error) {
      byId('refused').hidden = false;
      write(byId('refused'), /** @type {Error} */ (error).message);
      return;
    }
    await this.load();
  }

  /** @param {string} text */
  #say(text) {
    write(byId('announcer'), text);
  }

  /** @param {string} name @param {string} label @param {() => void} run */
  #button(name, label, run) {
    const button = make('button', { type: 'button', class: name }, words.text(label));
    button.addEventListener('click', run);
    return button;
  }
}

const language = Words.preferred();
await words.use(language, `settings.${language}`);
await new SettingsPage().load();
