import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { Refusal, api } from './api.js';
import { bodyOf, idOf, nextStream, summaryOf } from './draft.js';

/** @import { Settings, Stream } from './types.js' */

const TRANSPORTS = ['tcp', 'udp', 'auto', 'multicast', 'http'];
const PULLS = ['always', 'on_demand'];

/** The settings of one camera, to be written or changed. */
export class Form {
  element = make('form', { class: 'camera-form', novalidate: true });
  #draft;
  #isNew;
  #onDone;
  /** By the key that the server names in its errors. @type {Map<string, HTMLElement>} */
  #complaints = new Map();
  #failure = make('p', { class: 'failure', role: 'alert' });
  #fields = 0;

  /**
   * @param {Settings} settings
   * @param {boolean} isNew
   * @param {(saved: boolean) => void} onDone
   */
  constructor(settings, isNew, onDone) {
    this.#draft = structuredClone(settings);
    this.#isNew = isNew;
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
    this.#complaints.clear();
    const name = this.#input('name', 'field.name', draft.name ?? '', (value) => {
      draft.name = value;
      if (this.#isNew && !this.#idTyped) {
        draft.id = idOf(value);
        id.value = draft.id;
      }
    });
    const id = this.#input('id', 'field.id', draft.id, (value) => {
      this.#idTyped = true;
      draft.id = value;
    });
    id.readOnly = !this.#isNew;
    const streams = draft.streams.map((stream, at) => this.#stream(stream, at));
    const sound = make('input', { type: 'checkbox', checked: draft.audio !== false });
    sound.addEventListener('change', () => (draft.audio = sound.checked));
    this.element.replaceChildren(
      make('div', { class: 'row' }, field(name), field(id)),
      ...streams,
      this.#button('add-stream', 'stream.add', () => {
        draft.streams.push(nextStream(draft.streams));
        this.#draw();
      }),
      make('label', { class: 'check' }, sound, words.text('field.audio')),
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

  /** @param {Stream} stream @param {number} at */
  #stream(stream, at) {
    const key = `streams[${at}]`;
    const url = this.#input(`${key}.url`, 'field.url', stream.url, (v) => (stream.url = v), {
      placeholder: 'rtsp://192.0.2.10:554/stream1',
      inputmode: 'url',
      class: 'wide',
    });
    const user = this.#input(
      `${key}.username`,
      'field.username',
      stream.username ?? '',
      (value) => {
        stream.username = value;
      },
    );
    const password = this.#input(`${key}.password`, 'field.password', '', (value) => {
      stream.password = value;
    });
    password.type = 'password';
    password.autocomplete = 'new-password';
    if (stream.has_password) password.placeholder = words.text('password.kept');
    const found = make('p', { class: 'found', role: 'status' });
    const test = this.#button('test', 'stream.test', () => void this.#test(stream, test, found));
    const several = this.#draft.streams.length > 1;
    return make(
      'fieldset',
      {},
      make('legend', {}, words.text('stream.title', { id: stream.id })),
      field(url),
      make('div', { class: 'row' }, field(user), field(password)),
      make(
        'div',
        { class: 'row' },
        this.#choice(`${key}.transport`, 'field.transport', TRANSPORTS, stream, 'transport'),
        this.#choice(`${key}.pull`, 'field.pull', PULLS, stream, 'pull'),
      ),
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

  /**
   * @param {string} key As in the server's errors.
   * @param {string} label
   * @param {string} value
   * @param {(value: string) => void} onInput
   * @param {Record<string, string>} [attributes]
   */
  #input(key, label, value, onInput, attributes = {}) {
    const id = `field-${this.#fields++}`;
    const input = make('input', {
      type: 'text',
      id,
      spellcheck: 'false',
      autocomplete: 'off',
      ...attributes,
    });
    input.value = value;
    input.name = key;
    input.addEventListener('input', () => onInput(input.value.trim()));
    this.#describe(input, key, label);
    return input;
  }

  /**
   * @param {string} key
   * @param {string} label
   * @param {string[]} options
   * @param {Stream} stream
   * @param {'transport' | 'pull'} member
   */
  #choice(key, label, options, stream, member) {
    const select = make('select', { id: `field-${this.#fields++}`, name: key });
    for (const value of options) {
      select.append(make('option', { value }, words.text(`${member}.${value}`)));
    }
    select.value = stream[member] ?? options[0];
    select.addEventListener('change', () => (stream[member] = select.value));
    this.#describe(select, key, label);
    return field(select);
  }

  /** @param {HTMLElement} control @param {string} key @param {string} label */
  #describe(control, key, label) {
    const complaint = make('span', { class: 'complaint', id: `${control.id}-complaint` });
    control.setAttribute('aria-describedby', complaint.id);
    this.#complaints.set(key, complaint);
    parts.set(control, [make('label', { for: control.id }, words.text(label)), complaint]);
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
      write(found, /** @type {Error} */ (error).message);
    }
    button.disabled = false;
  }

  async #save() {
    for (const complaint of this.#complaints.values()) write(complaint, '');
    write(this.#failure, '');
    const body = bodyOf(this.#draft);
    try {
      await (this.#isNew ? api.add(body) : api.change(this.#draft.id, body));
      this.#onDone(true);
    } catch (error) {
      this.#complain(/** @type {Error} */ (error));
    }
  }

  /** @param {Error} error */
  #complain(error) {
    let shown = false;
    if (error instanceof Refusal) {
      for (const [key, message] of error.errors) {
        const complaint = this.#complaints.get(key);
        if (complaint) write(complaint, message);
        shown ||= Boolean(complaint);
      }
    }
    if (!shown) write(this.#failure, error.message);
    const [first] = [...this.#complaints].filter(([, { textContent }]) => textContent);
    if (!first) return;
    const control = this.element.elements.namedItem(first[0]);
    if (control instanceof HTMLElement) control.focus();
  }
}

/** The label of a control, and the place for what is wrong with it. @type {WeakMap<HTMLElement, HTMLElement[]>} */
const parts = new WeakMap();

/** @param {HTMLElement} control */
function field(control) {
  const [label, complaint] = parts.get(control) ?? [];
  return make('div', { class: 'field' }, label, control, complaint);
}
