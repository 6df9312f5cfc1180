import { Words, words } from '../i18n/words.js';
import { carryByGrips, grip } from '../order/grip.js';
import { placed } from '../order/sequence.js';
import { languageSelect, themeSelect } from '../page/choices.js';
import { installWorker } from '../page/install.js';
import { Update } from '../page/update.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';
import { Signalling } from '../player/signalling.js';
import { api, linesOf } from './api.js';
import { blank } from './draft.js';
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
  /** What the list was last made of. */
  #shown = '';

  constructor() {
    const address = new URL('ws', document.baseURI);
    address.protocol = address.protocol.replace('http', 'ws');
    this.#signalling = new Signalling(address.href);
    this.#signalling.on('cameras', () => void this.load());
    this.#signalling.on('camera', () => this.#showStates());
    addEventListener('beforeunload', (event) => {
      if (this.#form?.changed) event.preventDefault();
    });
    for (const news of ['pointerdown', 'keydown']) {
      addEventListener(news, () => this.#say(''), true);
    }
    addEventListener('pagehide', () => this.#signalling.stop());
    addEventListener('pageshow', () => this.#signalling.start());
    this.#followServer();
    this.#signalling.start();
    document.documentElement.lang = words.tag;
    document.title = `${words.text('title')} – Fanlight`;
    write(byId('title'), words.text('title'));
    byId('choices').prepend(
      languageSelect('language', (language) => this.#speak(language)),
      themeSelect('theme'),
    );
    const back = /** @type {HTMLAnchorElement} */ (byId('back'));
    back.href = './';
    write(back, words.text('back'));
    byId('tools').append(
      this.#button('add', 'camera.add', () => this.#open(null)),
      this.#button('reload', 'files.reload', () => void this.#reload()),
    );
    carryByGrips(byId('cameras'), 'li[data-camera]', (item, target) => {
      void this.#move(item.dataset.camera ?? '', this.#ids.indexOf(target.dataset.camera ?? ''));
    });
  }

  /** Loads a newer page, by itself while nobody edits a camera. */
  #followServer() {
    const reload = () => {
      // Here the form asks, in the page's words.
      if (!this.#mayClose()) return;
      this.#form = null;
      location.reload();
    };
    const offer = byId('new-version');
    write(offer, words.text('page.reload'));
    offer.addEventListener('click', reload);
    const update = new Update(this.#signalling, { busy: () => this.#form !== null, reload });
    update.on('available', () => (offer.hidden = !update.available));
  }

  /** All words of this page are written once. @param {string} language */
  #speak(language) {
    if (language === words.language) return;
    if (!this.#mayClose()) {
      words.remember(words.language);
      words.dispatchEvent(new Event('change')); // The choice shows what is spoken.
      return;
    }
    this.#form = null;
    location.reload();
  }

  get #ids() {
    return (this.#all?.cameras ?? []).map(({ id }) => id);
  }

  async load() {
    try {
      const all = await api.all();
      byId('refused').hidden = true;
      const news = JSON.stringify([all, this.#edited, this.#form !== null]);
      this.#all = all;
      // The server tells often; who types or reads is not to be disturbed by what is the same.
      if (news !== this.#shown) this.#draw();
      this.#shown = news;
      // Of what was drawn before the server said them, too.
      this.#showStates();
    } catch (error) {
      byId('refused').hidden = false;
      write(byId('refused'), /** @type {Error} */ (error).message);
    }
  }

  #draw() {
    const {
      cameras = [],
      cameras_file = '',
      config_file = '',
      needs_restart = [],
      configuration_error = null,
    } = this.#all ?? {};
    const refocus = this.#focusKept();
    const rows = cameras.map((camera, at) => this.#row(camera, at, cameras.length));
    // What was typed stays, also when the camera has been removed elsewhere.
    if (this.#form && !this.#ids.includes(this.#edited)) {
      rows.unshift(make('li', {}, this.#form.element));
    }
    byId('cameras').replaceChildren(...rows);
    const where = words.text('files.where', { config_file, cameras_file });
    const restart = words.text('files.restart', { keys: words.list(needs_restart) });
    const message =
      linesOf(configuration_error?.errors) || words.said(configuration_error ?? {}, 'message');
    byId('rejected').hidden = !configuration_error;
    write(byId('rejected'), message ? words.text('files.rejected', { message }) : '');
    write(byId('files'), needs_restart.length ? `${where} ${restart}` : where);
    this.#showStates();
    refocus();
  }

  /** @returns {() => void} Gives the focus back to what had it: itself, or what stands in its place. */
  #focusKept() {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement)) return () => {};
    const camera = focused.closest('li')?.dataset.camera;
    const kind = [...focused.classList].map((name) => `.${name}`).join('');
    return () => {
      if (focused.isConnected) focused.focus();
      else if (camera) this.#focusOn(camera, kind);
    };
  }

  /**
   * @param {string} camera One that is not there: where a camera is added.
   * @param {string} selector Of a button; the first one that can be pressed gets the focus.
   */
  #focusOn(camera, selector) {
    const row = document.querySelector(`[data-camera="${CSS.escape(camera)}"]`);
    const button =
      row?.querySelector(`${selector}:enabled`) ?? row?.querySelector('button:enabled');
    /** @type {HTMLElement | null} */ (button ?? document.querySelector('#tools .add'))?.focus();
  }

  /** @param {Settings} camera @param {number} at @param {number} count */
  #row(camera, at, count) {
    const name = camera.name || camera.id;
    const row = make('li', { 'data-camera': camera.id });
    const move = (/** @type {number} */ by) => {
      const way = by < 0 ? 'up' : 'down';
      const button = make('button', { type: 'button', class: `icon-button ${way}` }, icon(way));
      const label = by < 0 ? 'camera.up' : 'camera.down';
      mark(button, 'aria-label', words.text(label, { name }));
      button.addEventListener('click', () => void this.#step(camera.id, by));
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
        count > 1 && grip(),
        make('h2', {}, name),
        make('p', { class: 'urls' }, camera.streams.map(({ url }) => url).join('\n')),
        make('p', { class: 'state' }),
        make('div', { class: 'buttons' }, move(-1), move(1), ...buttons),
      ),
    );
    if (this.#form && this.#edited === camera.id) row.append(this.#form.element);
    return row;
  }

  /** What the server says of each, as it changes. */
  #showStates() {
    for (const camera of this.#signalling.cameras) {
      const { id, state } = camera;
      const row = document.querySelector(`[data-camera="${CSS.escape(id)}"]`);
      const text = row?.querySelector('.state');
      if (!row || !text) continue;
      mark(row, 'data-state', state);
      write(
        text,
        [words.text(`state.${state}`), words.said(camera, 'reason')].filter(Boolean).join(': '),
      );
    }
  }

  /** @param {Settings | null} camera Null: a new one. */
  #open(camera) {
    if (!this.#mayClose()) return;
    this.#edited = camera?.id ?? '';
    const form = new Form(camera ?? blank(), camera ? null : this.#ids, (saved) => {
      if (saved === null && !this.#mayClose()) return;
      this.#form = null;
      void this.#closed(saved, camera?.id ?? '');
    });
    this.#form = form;
    this.#draw();
    this.#shown = ''; // With a form: the next load() draws what is then there.
    form.focus();
  }

  /** Whether nothing is lost by closing the form, or somebody wants that. */
  #mayClose() {
    return !this.#form?.changed || confirm(words.text('form.discard'));
  }

  /** @param {Settings | null} saved @param {string} edited */
  async #closed(saved, edited) {
    await this.load();
    if (saved) this.#say(words.text('form.saved', { name: saved.name || saved.id }));
    this.#focusOn(saved?.id ?? edited, '.edit');
  }

  /** @param {Settings} camera */
  async #remove(camera) {
    const name = camera.name || camera.id;
    if (!confirm(words.text('camera.remove.sure', { name }))) return;
    const at = this.#ids.indexOf(camera.id);
    if (!(await this.#try(() => api.remove(camera.id)))) return;
    this.#say(words.text('camera.removed', { name }));
    this.#focusOn(this.#ids[Math.min(at, this.#ids.length - 1)] ?? '', '.remove');
  }

  /** @param {string} id @param {number} by */
  async #step(id, by) {
    await this.#move(id, this.#ids.indexOf(id) + by);
    this.#focusOn(id, by < 0 ? '.up' : '.down');
  }

  /** @param {string} id @param {number} place */
  async #move(id, place) {
    const ids = placed(this.#ids, id, place);
    if (!(await this.#try(() => api.order(ids)))) return;
    const { name } = this.#all?.cameras.find((camera) => camera.id === id) ?? {};
    const numbers = {
      place: words.number(this.#ids.indexOf(id) + 1),
      all: words.number(ids.length),
    };
    this.#say(words.text('camera.moved', { name: name || id, ...numbers }));
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

  /** @param {() => Promise<unknown>} what @returns {Promise<boolean>} Whether it was done. */
  async #try(what) {
    try {
      await what();
    } catch (error) {
      byId('refused').hidden = false;
      write(byId('refused'), /** @type {Error} */ (error).message);
      return false;
    }
    await this.load();
    return true;
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
void installWorker();
await new SettingsPage().load();
