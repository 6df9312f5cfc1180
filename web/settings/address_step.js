import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { adviceOf } from './advice.js';
import { Refusal } from './api.js';
import { faultsOf, hasChannel, makeOf } from './camera_urls.js';
import { Fields } from './fields.js';

/** @import { Answers, Finding } from './types.js' */

/** The step's field for each key of a stream that the server may refuse. */
const FIELD_OF = /** @type {Record<string, string>} */ ({
  username: 'username',
  password: 'password',
});

/** Where a camera is and its login, and what a test says of them. Writes answers as people type. */
export class AddressStep {
  /** @type {(Element | false)[]} */
  content;
  #answers;
  #fields = new Fields();
  #status = make('p', { class: 'found', role: 'status' });
  #failure = make('p', { class: 'failure', role: 'alert' });

  /** @param {Answers} answers */
  constructor(answers) {
    this.#answers = answers;
    const { id, main } = makeOf(answers.make);
    const hint = `guide.hint.${id}`;
    this.content = [
      words.has(hint) && make('p', { class: 'hint' }, words.text(hint)),
      this.#text('address', 'guide.field.address', {
        placeholder: main ? '192.0.2.10' : 'rtsp://192.0.2.10:554/stream1',
        inputmode: 'url',
      }),
      id === 'other' && this.#text('path', 'guide.field.path', { placeholder: '/stream1' }),
      make(
        'div',
        { class: 'row' },
        this.#text('username', 'field.username'),
        this.#text('password', 'field.password', { type: 'password', autocomplete: 'off' }),
      ),
      hasChannel(makeOf(answers.make)) && this.#channel(),
      this.#status,
      this.#failure,
    ];
  }

  /** @returns {boolean} Whether the page itself finds nothing wrong. */
  check() {
    this.#fields.forget();
    write(this.#failure, '');
    const faults = [...faultsOf(this.#answers)];
    return !this.#complain(faults.map(([field, key]) => [field, words.text(key)]));
  }

  /** What is under way. @param {string} key */
  say(key) {
    write(this.#status, words.text(key));
  }

  /** Says what to change, beside where that is done. @param {Finding} main Of a test that failed. */
  advise(main) {
    write(this.#status, '');
    const { key, field } = adviceOf(main);
    const there = field !== 'path' || this.#answers.make === 'other' ? field : 'address';
    this.#complain([[there, key ? words.text(key) : words.said(main, 'reason')]]);
  }

  /** The server refuses what was entered, or does not answer. @param {Error} error */
  refuse(error) {
    write(this.#status, '');
    const errors = error instanceof Refusal ? [...error.errors] : [];
    const placed = this.#complain(
      errors.map(([key, message]) => [
        FIELD_OF[key.replace(/^streams\[\d+\]\./, '')] ?? 'address',
        message,
      ]),
    );
    if (!placed) write(this.#failure, error.message);
  }

  /** @param {[field: string, message: string][]} errors */
  #complain(errors) {
    return this.#fields.complain(new Map(errors));
  }

  /**
   * @param {'address' | 'path' | 'username' | 'password'} key
   * @param {string} label
   * @param {Record<string, string>} [attributes]
   */
  #text(key, label, attributes = {}) {
    const set = (/** @type {string} */ value) => (this.#answers[key] = value);
    return this.#fields.text(key, label, this.#answers[key], set, {
      autocapitalize: 'off',
      ...attributes,
    }).field;
  }

  #channel() {
    const { channel = 1 } = this.#answers;
    const set = (/** @type {string} */ value) => {
      this.#answers.channel = Math.max(1, Math.round(Number(value)) || 1);
    };
    return this.#fields.text('channel', 'guide.field.channel', String(channel), set, {
      type: 'number',
      min: '1',
      max: '256',
      inputmode: 'numeric',
    }).field;
  }
}
