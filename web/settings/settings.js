import { Words, words } from '../i18n/words.js';
import { placed } from '../order/sequence.js';
import { languageSelect, themeSelect } from '../page/choices.js';
import { installWorker } from '../page/install.js';
import { Update } from '../page/update.js';
import { make, write } from '../picture/element.js';
import { Signalling } from '../player/signalling.js';
import { api, linesOf } from './api.js';
import { CameraList } from './camera_list.js';
import { blank } from './draft.js';
import { few, matches } from './find.js';
import { FindBar } from './find_bar.js';
import { Form } from './form.js';

/** @import { All, Settings } from './types.js' */
/** @typedef {{changed: boolean, open: () => void}} Dialog */

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
  /** The steps or the import, while they are open. @type {{changed: boolean} | null} */
  #dialog = null;
  #list = new CameraList(byId('cameras'), {
    edit: (camera) => this.#open(camera),
    remove: (camera) => void this.#remove(camera),
    step: (camera, by) => void this.#step(camera, by),
    carry: (camera, target) => void this.#move(camera, this.#ids.indexOf(target)),
    select: () => this.#showFound(),
  });
  #find = new FindBar({
    narrow: () => this.#narrow(),
    select: (selected) => {
      this.#list.select(selected);
      this.#showFound();
    },
    remove: () => void this.#removeSelected(),
  });

  constructor() {
    const address = new URL('ws', document.baseURI);
    address.protocol = address.protocol.replace('http', 'ws');
    this.#signalling = new Signalling(address.href);
    this.#signalling.on('cameras', () => void this.load());
    this.#signalling.on('camera', (camera) => {
      this.#list.showStates([camera]);
      if (this.#find.wish.state) this.#narrow();
    });
    addEventListener('beforeunload', (event) => {
      if (this.#form?.changed || this.#dialog?.changed) event.preventDefault();
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
      this.#button('add', 'camera.add', () => void this.guide()),
      this.#button('import', 'import.title', () => void this.#import()),
      this.#button('reload', 'files.reload', () => void this.#reload()),
    );
    byId('tools').after(this.#find.element);
  }

  /** Loads a newer page, by itself while nobody edits, adds or selects cameras. */
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
    const busy = () =>
      this.#form !== null || this.#dialog !== null || this.#list.selected.length > 0;
    const update = new Update(this.#signalling, { busy, reload });
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
      this.#list.showStates(this.#signalling.cameras);
      this.#narrow();
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
    this.#list.draw(cameras, this.#form?.element ?? null, this.#edited);
    this.#list.showStates(this.#signalling.cameras);
    this.#narrow();
    const where = words.text('files.where', { config_file, cameras_file });
    const restart = words.text('files.restart', { keys: words.list(needs_restart) });
    const message =
      linesOf(configuration_error?.errors) || words.said(configuration_error ?? {}, 'message');
    byId('rejected').hidden = !configuration_error;
    write(byId('rejected'), message ? words.text('files.rejected', { message }) : '');
    write(byId('files'), needs_restart.length ? `${where} ${restart}` : where);
  }

  /** @param {string} camera One that is not there: where a camera is added. @param {string} selector */
  #focusOn(camera, selector) {
    if (this.#list.focusOn(camera, selector)) return;
    /** @type {HTMLElement | null} */ (document.querySelector('#tools .add'))?.focus();
  }

  #narrow() {
    // A single camera is not searched for: the search is hidden, whatever is left in it.
    const wish = this.#ids.length > 1 ? this.#find.wish : { text: '', state: '' };
    const cameras = new Map((this.#all?.cameras ?? []).map((camera) => [camera.id, camera]));
    this.#list.narrow((id, state) => {
      const camera = cameras.get(id);
      return camera !== undefined && matches(camera, state, wish);
    });
    this.#showFound();
  }

  #showFound() {
    this.#find.show({
      all: this.#ids.length,
      shown: this.#list.shown,
      selectable: this.#list.selectable.length,
      selected: this.#list.selected.length,
    });
  }

  /** The steps that add a camera. */
  guide() {
    return this.#show(async () => {
      const { Guide } = await import('./guide.js');
      return new Guide({
        signalling: this.#signalling,
        taken: () => this.#ids,
        onClose: (added) => {
          this.#dialog = null;
          void this.#closed(added, '');
        },
        onByHand: (draft) => {
          this.#dialog = null;
          this.#open(null, draft);
        },
      });
    });
  }

  #import() {
    return this.#show(async () => {
      const { ImportDialog } = await import('./import_dialog.js');
      return new ImportDialog({
        onClose: async (count) => {
          this.#dialog = null;
          await this.load();
          if (count) this.#say(words.text('import.done', { count: words.number(count) }, count));
          /** @type {HTMLElement | null} */ (document.querySelector('#tools .import'))?.focus();
        },
      });
    });
  }

  /** One at a time, also while it is loaded. @param {() => Promise<Dialog>} load */
  async #show(load) {
    if (this.#dialog || !this.#closeForm()) return;
    this.#dialog = { changed: false };
    try {
      const dialog = await load();
      this.#dialog = dialog;
      dialog.open();
    } catch {
      this.#dialog = null;
      byId('refused').hidden = false;
      write(byId('refused'), words.text('page.incomplete'));
    }
  }

  /** @param {Settings | null} camera Null: a new one. @param {Settings} draft */
  #open(camera, draft = blank()) {
    if (!this.#mayClose()) return;
    this.#edited = camera?.id ?? '';
    const form = new Form(camera ?? draft, camera ? null : this.#ids, (saved) => {
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

  /** @returns {boolean} Whether it is closed. */
  #closeForm() {
    if (!this.#form) return true;
    if (!this.#mayClose()) return false;
    this.#form = null;
    this.#draw();
    return true;
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

  async #removeSelected() {
    const remove = this.#list.selected;
    const cameras = (this.#all?.cameras ?? []).filter(({ id }) => remove.includes(id));
    const { names, more } = few(cameras.map(({ id, name }) => name || id));
    const listed = [...names, more > 0 && words.text('list.more', { count: words.number(more) })];
    const count = words.number(remove.length);
    const question = { count, names: words.list(listed.filter((name) => name !== false)) };
    if (!confirm(words.text('list.remove.sure', question, remove.length))) return;
    if (!(await this.#try(() => api.import({ remove })))) return;
    this.#say(words.text('list.removed', { count }, remove.length));
    if (this.#find.element.hidden) this.#focusOn(this.#ids[0] ?? '', '.edit');
    else this.#find.focus();
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
const settings = new SettingsPage();
await settings.load();
// The wall's offer leads here, once: a page that is loaded again does not offer it again.
const url = new URL(location.href);
if (url.searchParams.has('add')) {
  url.searchParams.delete('add');
  history.replaceState(history.state, '', url);
  await settings.guide();
}
