/** @import { Surroundings } from '../player/surroundings.js' */

/** Out of sight for shorter than this is a glance elsewhere, and not worth a new session. */
export const LINGER_MS = 4000;

/**
 * Tells whether an element can be seen: on the screen, in a tab that is shown. What is heard or
 * stands in a window of its own counts as seen. Until it is told otherwise, it cannot.
 */
export class Sight {
  #element;
  #surroundings;
  #isKept;
  #onChange;
  #onScreen = false;
  #lingerMs = LINGER_MS;
  #seen = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;
  #expectedUntil = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #expecting;
  #observer;
  #unsubscribe;

  /**
   * @param {Element} element
   * @param {Surroundings} surroundings
   * @param {() => boolean} isKept Whether it counts as seen wherever it is.
   * @param {(seen: boolean) => void} onChange
   */
  constructor(element, surroundings, isKept, onChange) {
    this.#element = element;
    this.#surroundings = surroundings;
    this.#isKept = isKept;
    this.#onChange = onChange;
    this.#observer = new IntersectionObserver((entries) => {
      this.#onScreen = entries.at(-1)?.isIntersecting ?? false;
      this.look();
    });
    this.#observer.observe(element);
    this.#unsubscribe = surroundings.on('hidden', () => this.look());
  }

  /** How long it counts as seen after it has left the screen. @param {number} ms */
  linger(ms) {
    if (ms === this.#lingerMs) return;
    this.#lingerMs = ms;
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.look();
  }

  /** It will be on the screen within so many milliseconds: begin before that. @param {number} ms */
  expect(ms) {
    this.#expectedUntil = Date.now() + ms;
    clearTimeout(this.#expecting);
    this.#expecting = setTimeout(() => this.look(), ms + 1);
    this.look();
  }

  /** Something that `isKept` knows has changed. */
  look() {
    const shown = this.#onScreen || Date.now() < this.#expectedUntil;
    const seen = (shown && !this.#surroundings.hidden) || this.#isKept();
    if (seen) {
      clearTimeout(this.#leaving);
      this.#leaving = undefined;
      this.#set(true);
    } else if (this.#seen) {
      const linger = this.#surroundings.hidden ? LINGER_MS : this.#lingerMs;
      this.#leaving ??= setTimeout(() => this.#set(false), linger);
    }
  }

  end() {
    this.#observer.unobserve(this.#element);
    this.#observer.disconnect();
    this.#unsubscribe();
    clearTimeout(this.#leaving);
    clearTimeout(this.#expecting);
  }

  /** @param {boolean} seen */
  #set(seen) {
    if (this.#seen === seen) return;
    this.#leaving = undefined;
    this.#seen = seen;
    this.#onChange(seen);
  }
}
