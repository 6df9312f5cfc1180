import { readFileSync } from 'node:fs';
import { words } from '../../../web/i18n/words.js';

const ENGLISH = new URL('../../../web/i18n/en.json', import.meta.url);

/** As much of a page's elements as modules of the wall need that only write, listen and focus. */
export class FakeElement extends EventTarget {
  hidden = false;
  disabled = false;
  isConnected = true;
  textContent = '';
  /** @type {FakeElement | null} */
  parent = null;
  /** @type {FakeElement[]} */
  children = [];
  /** @type {Map<string, string>} */
  #attributes = new Map();
  /** @type {Record<string, string>} */
  style = {};

  /** @param {...FakeElement} children */
  append(...children) {
    for (const child of children) {
      child.parent = this;
      this.children.push(child);
    }
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.#attributes.set(name, value);
    if (name === 'hidden') this.hidden = true;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  focus() {
    const before = /** @type {any} */ (document).activeElement;
    /** @type {any} */ (document).activeElement = this;
    before?.dispatchEvent(new Event('blur'));
    this.dispatchEvent(Object.assign(new Event('focus'), { relatedTarget: before }));
  }

  click() {
    this.dispatchEvent(new Event('click'));
  }
}

/** Gives this process a document of such elements, in English. */
export function installDocument() {
  const document = {
    body: new FakeElement(),
    /** @type {FakeElement | null} */
    activeElement: null,
    createElement: () => new FakeElement(),
  };
  Object.assign(globalThis, { document, HTMLElement: FakeElement });
  const navigator = { value: { languages: ['en'] }, configurable: true };
  Object.defineProperty(globalThis, 'navigator', navigator);
  words.set('en', JSON.parse(readFileSync(ENGLISH, 'utf8')));
  return document;
}
