import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

/** Labelled controls of a form, each with a place for what the server says is wrong with it. */
export class Fields {
  /** By the key that the server names in its errors. @type {Map<string, {control: Control, complaint: HTMLElement}>} */
  #all = new Map();
  #count = 0;

  clear() {
    this.#all.clear();
  }

  /**
   * @param {string} key As in the server's errors.
   * @param {string} label
   * @param {string} value
   * @param {(value: string) => void} onInput
   * @param {Record<string, string>} [attributes]
   */
  text(key, label, value, onInput, attributes = {}) {
    const control = make('input', {
      type: 'text',
      name: key,
      spellcheck: 'false',
      autocomplete: 'off',
      ...attributes,
    });
    control.value = value;
    control.addEventListener('input', () => {
      onInput(control.type === 'password' ? control.value : control.value.trim());
    });
    return { control, field: this.#field(key, label, control) };
  }

  /**
   * @param {string} key
   * @param {string} label
   * @param {[value: string, text: string][]} options
   * @param {string} value One that is not among the options stays what it is.
   * @param {(value: string) => void} onChange
   */
  choice(key, label, options, value, onChange) {
    const control = make('select', { name: key });
    const known = options.some(([option]) => option === value);
    for (const [option, text] of known ? options : [...options, [value, value]]) {
      control.append(make('option', { value: option }, text));
    }
    control.value = value;
    control.addEventListener('change', () => onChange(control.value));
    return { control, field: this.#field(key, label, control) };
  }

  /**
   * @param {string} label
   * @param {boolean} checked
   * @param {(checked: boolean) => void} onChange
   */
  check(label, checked, onChange) {
    const control = make('input', { type: 'checkbox', checked });
    control.addEventListener('change', () => onChange(control.checked));
    return make('label', { class: 'check' }, control, words.text(label));
  }

  forget() {
    for (const { control, complaint } of this.#all.values()) settle(control, complaint);
  }

  /**
   * Says what is wrong beside what it is wrong with, and goes there.
   * @param {Map<string, string>} errors
   * @returns {boolean} Whether there was a place for each.
   */
  complain(errors) {
    /** @type {Control | null} */
    let first = null;
    for (const [key, { control, complaint }] of this.#all) {
      const error = errors.get(key);
      if (!error) continue;
      write(complaint, error);
      control.setAttribute('aria-invalid', 'true');
      control.closest('details')?.toggleAttribute('open', true);
      first ??= control;
    }
    first?.focus();
    return errors.size > 0 && [...errors.keys()].every((key) => this.#all.has(key));
  }

  /** @param {string} key @param {string} label @param {Control} control */
  #field(key, label, control) {
    control.id = `field-${this.#count++}`;
    const complaint = make('span', { class: 'complaint', id: `${control.id}-complaint` });
    control.setAttribute('aria-describedby', complaint.id);
    this.#all.set(key, { control, complaint });
    // What was wrong is being changed: whether it is right now, only the server knows.
    control.addEventListener('input', () => settle(control, complaint));
    const name = make('label', { for: control.id }, words.text(label));
    return make('div', { class: 'field' }, name, control, complaint);
  }
}

/** @param {Control} control @param {HTMLElement} complaint */
function settle(control, complaint) {
  write(complaint, '');
  control.removeAttribute('aria-invalid');
}

/** What few need, behind a word. @param {...(Element | false)} content */
export const advanced = (...content) =>
  make(
    'details',
    { class: 'advanced' },
    make('summary', {}, words.text('form.advanced')),
    ...content,
  );
