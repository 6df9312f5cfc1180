import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { AddressStep } from './address_step.js';
import { codecNote } from './advice.js';
import { makeOf, streamsOf } from './camera_urls.js';
import { onLeave } from './dialog.js';
import { blank, freeId, summaryOf } from './draft.js';
import { Fields } from './fields.js';
import { MAKES } from './makes.js';
import { TestRun, playsH265 } from './test_run.js';
import { Trial } from './trial.js';

/** @import { Signalling } from '../player/signalling.js' */
/** @import { Answers, Finding, Settings, Stream } from './types.js' */

const STEPS = 3;
/**
 * The steps that add a camera: its make, its address and login, its picture and name. Nothing is
 * kept before the last one; a camera whose picture is looked at is taken back when they end sooner.
 */
export class Guide {
  element = make('dialog', { class: 'guide', 'aria-labelledby': 'guide-title' });
  #signalling;
  #taken;
  #onClose;
  #onByHand;
  #title = make('h2', { id: 'guide-title', tabindex: -1 });
  #form = make('form', { class: 'camera-form', novalidate: true });
  #failure = make('p', { class: 'failure', role: 'alert' });
  #fields = new Fields();
  #trial = new Trial();
  /** @type {TestRun | null} */
  #test = null;
  /** @type {{element: HTMLElement, dispose: () => void} | null} */
  #preview = null;
  /** @type {Answers} */
  #answers = { make: '', address: '', path: '', username: '', password: '' };
  #name = '';
  /** @type {() => void} */
  #submit = () => {};
  /** @type {Settings | null} The last one that was added. */
  #added = null;

  /**
   * @param {object} around
   * @param {Signalling} around.signalling
   * @param {() => string[]} around.taken Ids of the cameras that the server has.
   * @param {(added: Settings | null) => void} around.onClose
   * @param {(draft: Settings) => void} around.onByHand Somebody wants to see all settings.
   */
  constructor({ signalling, taken, onClose, onByHand }) {
    this.#signalling = signalling;
    this.#taken = taken;
    this.#onClose = onClose;
    this.#onByHand = onByHand;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    const close = this.#button('close', 'guide.close', () => this.#leave());
    this.element.append(make('div', { class: 'guide-head' }, this.#title, close), this.#form);
    onLeave(this.element, () => this.#leave());
    addEventListener('pagehide', this.#abandon);
  }

  /** Whether something would be lost with it. */
  get changed() {
    return this.element.open && this.#added === null && this.#answers.address !== '';
  }

  open() {
    document.body.append(this.element);
    this.element.showModal();
    this.#showMakes();
  }

  /** Whatever is under way ends; a camera that is only looked at is taken back. */
  #abandon = () => {
    const looked = this.#preview !== null;
    this.#endTest();
    this.#trial.abandon();
    if (looked) this.#showAddress();
  };

  #leave() {
    if (this.changed && !confirm(words.text('form.discard'))) return;
    void this.#close(() => this.#onClose(this.#added));
  }

  /** @param {() => void} then */
  async #close(then) {
    removeEventListener('pagehide', this.#abandon);
    this.#endTest();
    this.element.close();
    this.element.remove();
    await this.#takeBack();
    then();
  }

  async #takeBack() {
    // A server that is gone keeps it; the settings then have it as they have any other.
    await this.#trial.end().catch(() => {});
  }

  #endTest() {
    this.#test?.stop();
    this.#test = null;
    this.#preview?.dispose();
    this.#preview = null;
  }

  /**
   * @param {number} step From 1; beyond the last one: it is done.
   * @param {string} title
   * @param {...(Element | false)} content
   */
  #show(step, title, ...content) {
    const { name } = makeOf(this.#answers.make);
    const heading = words.text(title, { make: name ?? words.text('guide.other') });
    const count = words.text('guide.step', { step: words.number(step), all: words.number(STEPS) });
    this.#title.replaceChildren(heading, step <= STEPS ? make('small', {}, count) : '');
    write(this.#failure, '');
    this.#form.setAttribute('aria-busy', 'false');
    this.#form.replaceChildren(...content.filter((element) => element !== false));
    this.element.scrollTop = 0;
    /** @type {HTMLElement | null} */
    const first = this.#form.querySelector('input:not([hidden]), button, a');
    (first ?? this.#title).focus();
  }

  #showMakes() {
    this.#answers.make = '';
    this.#submit = () => {};
    const list = make('ul', { class: 'makes' });
    for (const { id, name } of MAKES) {
      const button = make('button', { type: 'button' }, name ?? words.text('guide.other'));
      button.dataset.make = id;
      button.addEventListener('click', () => {
        this.#answers.make = id;
        this.#showAddress();
      });
      list.append(make('li', {}, button));
    }
    this.#show(1, 'guide.make', list, this.#buttons(this.#byHand()));
  }

  #showAddress() {
    const step = new AddressStep(this.#answers);
    this.#submit = () => void this.#try(step);
    this.#show(
      2,
      'guide.address',
      ...step.content,
      this.#buttons(
        make('button', { type: 'submit', class: 'primary' }, words.text('guide.test')),
        this.#button('back', 'guide.back', () => {
          this.#endTest();
          this.#showMakes();
        }),
        this.#byHand(),
      ),
    );
  }

  /** @param {AddressStep} step */
  async #try(step) {
    if (!step.check()) return;
    this.#test?.stop();
    const test = new TestRun(streamsOf(this.#answers), (key) => step.say(key));
    this.#test = test;
    this.#busy(true);
    try {
      const { streams, main, sub } = await test.run();
      if (this.#test !== test) return;
      if (main.ok) await this.#look(streams, main, sub);
      else step.advise(main);
    } catch (error) {
      if (this.#test === test) step.refuse(/** @type {Error} */ (error));
    }
    this.#busy(false);
  }

  /** @param {boolean} busy */
  #busy(busy) {
    const submit = /** @type {HTMLButtonElement | null} */ (this.#form.querySelector('.primary'));
    if (submit) submit.disabled = busy;
    this.#form.setAttribute('aria-busy', String(busy));
  }

  /**
   * Goes on to the picture of a camera that answers.
   * @param {Stream[]} streams
   * @param {Finding} main
   * @param {Finding | null} sub
   */
  async #look(streams, main, sub) {
    const test = this.#test;
    const taken = this.#taken();
    const name = words.text('guide.name.usual', { number: words.number(taken.length + 1) });
    const settings = { ...blank(), id: freeId(`camera-${taken.length + 1}`, taken), name, streams };
    const { Preview } = await import('./preview.js');
    await this.#trial.begin(settings);
    if (this.#test !== test) return this.#takeBack();
    this.#preview = new Preview(this.#signalling, settings.id, name);
    this.#name ||= name;
    this.#showPicture(settings, main, sub);
  }

  /** @param {Settings} settings @param {Finding} main @param {Finding | null} sub */
  #showPicture(settings, main, sub) {
    this.#submit = () => void this.#keep(settings);
    this.#fields.clear();
    const found = summaryOf(main, (key, values) => words.text(key, values));
    const note = codecNote(main, sub, playsH265());
    const name = this.#fields.text('name', 'field.name', this.#name, (value) => {
      this.#name = value;
    });
    this.#show(
      3,
      'guide.picture',
      this.#preview?.element ?? false,
      make('p', { class: 'hint' }, found),
      note !== '' && make('p', { class: 'note' }, words.text(note)),
      sub !== null && !sub.ok && make('p', { class: 'hint' }, words.text('guide.no_sub')),
      name.field,
      this.#failure,
      this.#buttons(
        make('button', { type: 'submit', class: 'primary' }, words.text('camera.add')),
        this.#button('back', 'guide.back', () => {
          this.#endTest();
          this.#showAddress();
          void this.#takeBack();
        }),
      ),
    );
    name.control.focus();
    /** @type {HTMLInputElement} */ (name.control).select();
  }

  /** @param {Settings} looked What the trial is of. */
  async #keep(looked) {
    this.#fields.forget();
    if (!this.#name) {
      this.#fields.complain(new Map([['name', words.text('field.missing')]]));
      return;
    }
    const taken = this.#taken().filter((id) => id !== this.#trial.id);
    const camera = { ...looked, name: this.#name, id: freeId(this.#name, taken) };
    this.#busy(true);
    try {
      await this.#trial.keep(camera);
    } catch (error) {
      this.#busy(false);
      write(this.#failure, /** @type {Error} */ (error).message);
      return;
    }
    this.#busy(false);
    this.#endTest();
    this.#added = camera;
    this.#showDone(camera);
  }

  /** @param {Settings} camera */
  #showDone({ name = '' }) {
    this.#submit = () => {};
    const wall = make('a', { href: './', class: 'primary' }, words.text('guide.wall'));
    const more = this.#button('more', 'guide.more', () => {
      // The next camera is likely to be of the same make, with the same login.
      Object.assign(this.#answers, { address: '', path: '', channel: undefined });
      this.#name = '';
      this.#added = null;
      this.#showAddress();
    });
    const said = make('p', { role: 'status' }, words.text('guide.added', { name }));
    this.#show(STEPS + 1, 'guide.done', said, this.#buttons(wall, more));
  }

  #byHand() {
    return this.#button('by-hand', 'guide.by_hand', () => {
      const streams = this.#answers.address ? streamsOf(this.#answers) : blank().streams;
      void this.#close(() => this.#onByHand({ ...blank(), streams }));
    });
  }

  /** @param {...HTMLElement} buttons */
  #buttons(...buttons) {
    return make('div', { class: 'buttons' }, ...buttons);
  }

  /** @param {string} name @param {string} label @param {() => void} run */
  #button(name, label, run) {
    const button = make('button', { type: 'button', class: name }, words.text(label));
    button.addEventListener('click', run);
    return button;
  }
}
