import { Emitter } from '../player/emitter.js';

/** @import { Layout } from './types.js' */

const NAMED = 'fanlight.layouts';
const CURRENT = 'fanlight.layout';

/**
 * The layouts this browser keeps: those with names, and the one that was last in use. Sends `change`
 * when one gets a name or loses it.
 * @extends {Emitter<{change: void}>}
 */
export class Library extends Emitter {
  /** In the order they were saved. @returns {Map<string, Layout>} */
  get named() {
    return new Map(Object.entries(read(NAMED) ?? {}));
  }

  /** @param {string} name @param {Layout} layout */
  save(name, layout) {
    write(NAMED, { ...(read(NAMED) ?? {}), [name]: layout });
    this.emit('change', undefined);
  }

  /** @param {string} name */
  remove(name) {
    const named = this.named;
    named.delete(name);
    write(NAMED, Object.fromEntries(named));
    this.emit('change', undefined);
  }

  /** @returns {Layout | null} */
  get current() {
    return read(CURRENT);
  }

  set current(layout) {
    write(CURRENT, layout);
  }
}

/** @param {string} key */
function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null');
    return value && typeof value === 'object' ? value : null;
  } catch {
    return null; // Forbidden, or not ours.
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Forbidden or full: it then lasts as long as the page.
  }
}
