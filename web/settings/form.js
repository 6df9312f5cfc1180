import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { Refusal, api } from './api.js';
import { bodyOf, freeId, nextStream, summaryOf } from './draft.js';
import { Fields, advanced } from './fields.js';
import { streamFields } from './stream_fields.js';

/** @import { Settings, Stream } from './types.js' */

const CODECS = ['h265,h264', 'h264,h265', 'h264', 'h265'];
const CARRIERS = ['default', 'auto', 'webrtcbin', 'fanout'];

/** The settings of one camera, to be written or changed. */
export class Form {
  element = make('form', { class: 'camera-form', novalidate: true });
  #draft;
  #isNew;
  #taken;
  #onDone;
  #fields = new Fields();
  #failure = make('p', { class: 'failure', role: 'alert' });

  /**
   * @param {Settings} settings
   * @param {string[] | null} taken Ids of the other cameras where this is a new one.
   * @param {(saved: boolean) => void} onDone
   */
  constructor(settings, taken, onDone) {
    this.#draft = structuredClone(settings);
    this.#isNew = taken !== null;
    this.#taken = taken ?? [];
    this.#onDone = onDone;
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#save();
    });
    this.#draw();
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
      this.#fields.check('field.audio', draft.audio !== false, (checked) => {
        draft.audio = checked;
      }),
      advanced(make('div', { class: 'row' }, ...this.#rare())),
      this.#failure,
      make(
        'div',
        { class: 'buttons' },
        make('button', { type: 'submit', class: 'primary' }, words.text('form.save')),
        this.#button('cancel', 'form.cancel', () => this.#onDone(false)),
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
    const test = this.#button('test', 'stream.test', () => void this.#test(stream, test, found));
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

  /** @param {Stream} stream @param {HTMLButtonElement} button @param {HTMLElement} found */
  async #test(stream, button, found) {
    button.disabled = true;
    write(found, words.text('test.running'));
    delete found.dataset.ok;
    try {
      const [sent] = bodyOf({ ...this.#draft, streams: [stream] }).streams;
      const finding = await api.test(this.#isNew ? sent : { ...sent, camera: this.#draft.id });
      found.dataset.ok = String(finding.ok);
      write(
        found,
        summaryOf(finding, (key, values) => words.text(key, values)),
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
    const empty = [
      body.id ? '' : 'id',
      ...body.streams.map(({ url }, at) => (url ? '' : `streams[${at}].url`)),
    ];
    const missing = empty
      .filter(Boolean)
      .map((key) => /** @type {const} */ ([key, words.text('field.missing')]));
    if (missing.length) {
      this.#fields.complain(new Map(missing));
      return;
    }
    try {
      await (this.#isNew ? api.add(body) : api.change(this.#draft.id, body));
      this.#onDone(true);
    } catch (error) {
      const refusal = /** @type {Error} */ (error);
      const placed = refusal instanceof Refusal && this.#fields.complain(refusal.errors);
      if (!placed) write(this.#failure, refusal.message);
    }
  }
}
