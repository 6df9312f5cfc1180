import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { Refusal, api } from './api.js';
import { blank, bodyOf, freeId, hasCutLogin, listIn, nextStream, summaryOf } from './draft.js';
import { Fields, advanced } from './fields.js';
import { streamFields } from './stream_fields.js';

/** @import { Settings, Stream } from './types.js' */

const CODECS = ['h265,h264', 'h264,h265', 'h264', 'h265'];
const CARRIERS = ['default', 'auto', 'webrtcbin', 'fanout'];

/** The settings of one camera, to be written or changed. */
export class Form {
  element = make('form', { class: 'camera-form', novalidate: true });
  #draft;
  #before;
  #isNew;
  #taken;
  #onDone;
  #fields = new Fields();
  #failure = make('p', { class: 'failure', role: 'alert' });

  /**
   * @param {Settings} settings
   * @param {string[] | null} taken Ids of the other cameras where this is a new one.
   * @param {(saved: Settings | null) => void} onDone What the server has taken; null: nothing.
   */
  constructor(settings, taken, onDone) {
    this.#draft = structuredClone(settings);
    // What the steps have asked for was typed, too.
    this.#before = JSON.stringify(taken ? blank() : settings);
    this.#isNew = taken !== null;
    this.#taken = taken ?? [];
    this.#onDone = onDone;
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#save();
    });
    this.#draw();
  }

  /** Whether something would be lost with it. */
  get changed() {
    return JSON.stringify(this.#draft) !== this.#before;
  }

  focus() {
    this.element.querySelector('input')?.focus();
  }

  #draw() {
    const draft = this.#draft;
    this.#fields.clear();
    const name = this.#fields.text('name', 'field.name', draft.name ?? '', (value) => {
      draft.name = value;
      if (this.#isNew && !this.#idTyped) {
        draft.id = freeId(value, this.#taken);
        id.control.value = draft.id;
      }
    });
    const id = this.#fields.text('id', 'field.id', draft.id, (value) => {
      this.#idTyped = true;
      draft.id = value;
    });
    id.control.readOnly = !this.#isNew;
    this.element.replaceChildren(
      make('div', { class: 'row' }, name.field, id.field),
      ...draft.streams.map((stream, at) => this.#stream(stream, at)),
      this.#button('add-stream', 'stream.add', () => {
        draft.streams.push(nextStream(draft.streams));
        this.#draw();
      }),
      this.#fields.text('groups', 'field.groups', (draft.groups ?? []).join(', '), (value) => {
        draft.groups = listIn(value);
      }).field,
      this.#fields.check('field.audio', draft.audio !== false, (checked) => {
        draft.audio = checked;
      }),
      advanced(make('div', { class: 'row' }, ...this.#rare())),
      this.#failure,
      make(
        'div',
        { class: 'buttons' },
        make('button', { type: 'submit', class: 'primary' }, words.text('form.save')),
        this.#button('cancel', 'form.cancel', () => this.#onDone(null)),
      ),
    );
  }
  #idTyped = false;

  /** What of a whole camera few need. */
  #rare() {
    const draft = this.#draft;
    const {
      codecs = CODECS[0].split(','),
      max_viewers = 0,
      webrtc_transport = CARRIERS[0],
    } = draft;
    return [
      this.#fields.choice(
        'codecs',
        'field.codecs',
        CODECS.map((value) => [value, words.text(`codecs.${value}`)]),
        codecs.join(),
        (value) => (draft.codecs = value.split(',')),
      ).field,
      this.#fields.text(
        'max_viewers',
        'field.max_viewers',
        max_viewers ? String(max_viewers) : '',
        (value) => (draft.max_viewers = /^\d*$/.test(value) ? Number(value) : value),
        { inputmode: 'numeric', placeholder: words.text('max_viewers.none') },
      ).field,
      this.#fields.choice(
        'webrtc_transport',
        'field.webrtc_transport',
        CARRIERS.map((value) => [value, words.text(`webrtc_transport.${value}`)]),
        webrtc_transport,
        (value) => (draft.webrtc_transport = value),
      ).field,
    ];
  }

  /** @param {Stream} stream @param {number} at */
  #stream(stream, at) {
    const found = make('p', { class: 'found', role: 'status' });
    const test = this.#button('test', 'stream.test', () => void this.#test(at, test, found));
    const several = this.#draft.streams.length > 1;
    return make(
      'fieldset',
      {},
      make('legend', {}, words.text('stream.title', { id: stream.id })),
      ...streamFields(this.#fields, stream, `streams[${at}]`),
      make(
        'div',
        { class: 'buttons' },
        test,
        several &&
          this.#button('remove-stream', 'stream.remove', () => {
            this.#draft.streams.splice(at, 1);
            this.#draw();
          }),
      ),
      found,
    );
  }

  /** @param {string} name @param {string} label @param {() => void} run */
  #button(name, label, run) {
    const button = make('button', { type: 'button', class: name }, words.text(label));
    button.addEventListener('click', run);
    return button;
  }

  /** What the page itself can tell is wrong with a stream. @param {Stream} stream @param {number} at */
  #wrong({ url }, at) {
    /** @type {[key: string, message: string][]} */
    const wrong = [];
    if (!url) wrong.push([`streams[${at}].url`, words.text('field.missing')]);
    if (hasCutLogin(url)) wrong.push([`streams[${at}].password`, words.text('password.in_url')]);
    return wrong;
  }

  /** @param {number} at Of the stream. @param {HTMLButtonElement} button @param {HTMLElement} found */
  async #test(at, button, found) {
    const stream = this.#draft.streams[at];
    this.#fields.forget();
    if (this.#fields.complain(new Map(this.#wrong(stream, at)))) return write(found, '');
    button.disabled = true;
    write(found, words.text('test.running'));
    delete found.dataset.ok;
    try {
      const [sent] = bodyOf({ ...this.#draft, streams: [stream] }).streams;
      const finding = await api.test(this.#isNew ? sent : { ...sent, camera: this.#draft.id });
      found.dataset.ok = String(finding.ok);
      write(
        found,
        finding.ok
          ? summaryOf(finding, (key, values) => words.text(key, values))
          : words.said(finding, 'reason'),
      );
    } catch (error) {
      found.dataset.ok = 'false';
      const wrong = error instanceof Refusal ? [...error.errors.values()] : [];
      write(found, wrong.join(' ') || /** @type {Error} */ (error).message);
    }
    button.disabled = false;
  }

  async #save() {
    this.#fields.forget();
    write(this.#failure, '');
    const body = bodyOf(this.#draft);
    /** @type {[key: string, message: string][]} */
    const noId = body.id ? [] : [['id', words.text('field.missing')]];
    const wrong = [...noId, ...body.streams.flatMap((stream, at) => this.#wrong(stream, at))];
    if (wrong.length) {
      this.#fields.complain(new Map(wrong));
      return;
    }
    try {
      await (this.#isNew ? api.add(body) : api.change(this.#draft.id, body));
      this.#before = JSON.stringify(this.#draft);
      this.#onDone(this.#draft);
    } catch (error) {
      const refusal = /** @type {Error} */ (error);
      const placed = refusal instanceof Refusal && this.#fields.complain(placedIn(refusal.errors));
      if (!placed) write(this.#failure, refusal.message);
    }
  }
}

/** A list is one field, whichever of its entries is wrong. @param {Map<string, string>} errors */
const placedIn = (errors) =>
  new Map([...errors].map(([key, why]) => [key.replace(/^groups\[\d+\]$/, 'groups'), why]));
