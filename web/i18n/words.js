/** A text, or its forms by plural category (Intl.PluralRules). @typedef {string | Record<string, string>} Message */

/**
 * A sentence of the server in the member `name` of an object: in English, and its code with the
 * values in it, if a page may say it in another language (docs/reasons.md).
 * @typedef {Record<string, any>} Said
 */

export const LANGUAGES = ['de', 'en', 'es', 'ja', 'ko', 'zh'];
/** For lang attributes, where it is more than the language's name: fonts depend on it. */
const TAGS = /** @type {Record<string, string>} */ ({ zh: 'zh-Hans' });
/** @param {string} language One of LANGUAGES. */
export const tagOf = (language) => TAGS[language] ?? language;
const STORED = 'fanlight.language';

/**
 * The page's words, and numbers and times as its reader writes them. Texts change with use();
 * whoever shows some listens to `change`.
 */
class Words extends EventTarget {
  language = 'en';
  /** The reader's own kind of it, for numbers and times: "en-GB". */
  locale = 'en';
  /** @type {Record<string, Message>} */
  #messages = {};
  /** The server's sentences by their codes; null: still to be loaded. @type {Record<string, string> | null} */
  #reasons = {};
  /** Of which language they have been asked for. */
  #learnt = '';
  #plural = new Intl.PluralRules('en');
  /** @type {Map<string, Intl.NumberFormat>} Making one is slow, and tiles need many each second. */
  #formats = new Map();

  /**
   * The reader's choice, or else the first of the browser's languages that we have.
   * @param {string | null} [page] The language of the page around, which goes first.
   */
  static preferred(page) {
    const wishes = [
      page,
      new URLSearchParams(location.search).get('lang'),
      stored(),
      ...navigator.languages,
    ];
    for (const wish of wishes) {
      const language = wish?.toLowerCase().split('-')[0];
      if (language && LANGUAGES.includes(language)) return language;
    }
    return 'en';
  }

  /**
   * @param {string} language One of LANGUAGES.
   * @param {string} [file] Of another page.
   * @param {object} [options]
   * @param {'now' | 'later' | 'never'} [options.reasons] When what the server says is loaded; later:
   *   when it says something. A page that shows such a sentence only once needs it now.
   */
  async use(language, file = language, { reasons = 'now' } = {}) {
    // Without these, the server is quoted.
    const sentences = reasons === 'now' ? load(`reasons.${language}`).catch(() => ({})) : {};
    const messages = await load(file);
    this.set(language, messages, await sentences);
    if (reasons === 'later') this.#reasons = null;
  }

  /**
   * @param {string} language
   * @param {Record<string, Message>} messages
   * @param {Record<string, string>} [reasons] The server's sentences by their codes.
   */
  set(language, messages, reasons = {}) {
    this.language = language;
    this.locale = navigator.languages.find((wish) => wish.split('-')[0] === language) ?? language;
    this.#messages = messages;
    this.#reasons = reasons;
    this.#plural = new Intl.PluralRules(language);
    this.#formats.clear();
    this.dispatchEvent(new Event('change'));
  }

  /** For lang attributes. */
  get tag() {
    return tagOf(this.language);
  }

  /** @param {string} language */
  remember(language) {
    try {
      localStorage.setItem(STORED, language);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
  }

  /** @param {string} key */
  has(key) {
    return key in this.#messages;
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values] For {name} in the text.
   * @param {number} [count] Chooses among plural forms.
   */
  text(key, values = {}, count = 0) {
    const message = this.#messages[key] ?? key;
    const form = typeof message === 'string' ? message : message[this.#plural.select(count)];
    return filled(form ?? key, values);
  }

  /** Loads what the server says, once; whoever has quoted it meanwhile hears `change`. */
  async learn() {
    const { language } = this;
    if (this.#reasons || this.#learnt === language) return;
    this.#learnt = language;
    const reasons = await load(`reasons.${language}`).catch(() => ({}));
    if (language !== this.language) return;
    this.#reasons = reasons;
    this.dispatchEvent(new Event('change'));
  }

  /**
   * What the server says in the member `name`, in the reader's language; as the server says it if
   * the language does not have the sentence.
   * @param {Said} said
   * @param {string} name
   * @returns {string}
   */
  said(said, name) {
    const code = said[`${name}_code`];
    if (code && !this.#reasons) void this.learn();
    if (!this.#reasons || !Object.hasOwn(this.#reasons, code)) return said[name] ?? '';
    const values = Object.entries(said[`${name}_values`] ?? {}).map(([value, is]) => [
      value,
      Array.isArray(is) ? is.map((part) => this.said(part, 'message')).join(', ') : is,
    ]);
    return filled(this.#reasons[code], Object.fromEntries(values));
  }

  /**
   * @param {number} value
   * @param {Intl.NumberFormatOptions} [options]
   */
  number(value, options = {}) {
    const key = JSON.stringify(options);
    let format = this.#formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.locale, options);
      this.#formats.set(key, format);
    }
    return format.format(value);
  }

  /** @param {number} bits A second. */
  bitrate(bits) {
    const [value, key] =
      bits >= 1e6
        ? [bits / 1e6, 'value.megabits']
        : bits >= 1e3
          ? [bits / 1e3, 'value.kilobits']
          : [bits, 'value.bits'];
    const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return this.text(key, { value: this.number(value, key === 'value.bits' ? {} : fixed) });
  }

  /** @param {number} bytes */
  bytes(bytes) {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
    const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
    const digits = step < 2 ? 0 : 1;
    return this.number(bytes / 1000 ** step, {
      style: 'unit',
      unit: units[step],
      unitDisplay: 'short',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }

  /** @param {number} share 0 to 1. */
  percent(share) {
    return this.number(share, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 });
  }

  /** @param {number} seconds */
  milliseconds(seconds) {
    return this.number(seconds * 1000, { maximumFractionDigits: seconds < 0.01 ? 1 : 0 });
  }

  /** "H.264, VP8 and AV1". @param {string[]} items */
  list(items) {
    return new Intl.ListFormat(this.locale, { type: 'conjunction' }).format(items);
  }

  /** Time of day; with the date if that is not today's. @param {number} at Date.now() time. */
  time(at) {
    const today = new Date(at).toDateString() === new Date().toDateString();
    return new Intl.DateTimeFormat(this.locale, {
      timeStyle: 'medium',
      dateStyle: today ? undefined : 'medium',
    }).format(at);
  }
}

/** @param {string} text @param {Record<string, string | number>} values For {name} in it. */
const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

/** @param {string} file */
async function load(file) {
  const response = await fetch(new URL(`./${file}.json`, import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.json();
}

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export { Words };
export const words = new Words();
