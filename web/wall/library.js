import { Emitter } from '../player/emitter.js';
import { sound } from './arrangement.js';

/** @import { Signalling } from '../player/signalling.js' */
/** @import { Kept, Layout } from './types.js' */

const NAMED = 'fanlight.layouts';
const CURRENT = 'fanlight.layout';
/** What the server last had: a page shows it before the server has answered. */
const SHARED = 'fanlight.layouts.shared';

/**
 * Layouts with names: those of the server, which all devices share, and those that this browser
 * keeps; and the one that was last in use here. Sends `change` when one of those with names is
 * another.
 * @extends {Emitter<{change: void}>}
 */
export class Library extends Emitter {
  /** Whether the server keeps layouts. */
  shares = false;
  #fetch;
  #loads = 0;
  /** Which of the loads was the last one to be kept. */
  #loaded = 0;
  /** Of the server. Other pages of this browser store it, too. @type {{fingerprint: string, layouts: Kept[]}} */
  #shared = read(SHARED) ?? { fingerprint: '', layouts: [] };

  /** @param {typeof globalThis.fetch} [fetch] */
  constructor(fetch = globalThis.fetch) {
    super();
    this.#fetch = fetch.bind(globalThis);
  }

  /** Follows what the server has. @param {Signalling} signalling */
  follow(signalling) {
    const compare = () => {
      if (signalling.phase !== 'open') return;
      this.shares = signalling.layouts !== '';
      // One that keeps none now, as without its database, may keep them again: they stay here.
      if (this.shares && signalling.layouts !== this.#shared.fingerprint) void this.load();
    };
    signalling.on('phase', compare);
    signalling.on('layouts', compare);
  }

  /** Asks the server for its layouts. */
  async load() {
    if (!this.shares) return;
    const load = ++this.#loads;
    try {
      const answer = await this.#fetch(new URL('api/layouts', document.baseURI));
      if (!answer.ok) return;
      const { layouts } = await answer.json();
      if (load < this.#loaded) return; // A later question has its answer already.
      this.#loaded = load;
      // A proxy that compresses makes the tag a weak one.
      this.#keep((answer.headers.get('ETag') ?? '').replace(/^W\/|"/g, ''), layouts);
    } catch {
      // The server is gone again: it is asked once it is back.
    }
  }

  /** @param {string} fingerprint @param {Kept[]} layouts */
  #keep(fingerprint, layouts) {
    const before = JSON.stringify(this.#shared.layouts);
    this.#shared = { fingerprint, layouts };
    write(SHARED, this.#shared);
    if (JSON.stringify(layouts) !== before) this.emit('change', undefined);
  }

  /** All, the server's first. @returns {Kept[]} */
  get all() {
    const own = Object.entries(read(NAMED) ?? {});
    return [
      ...this.#shared.layouts.map((kept) => ({
        ...kept,
        layout: sound(kept.layout),
        shared: true,
      })),
      ...own.map(([name, layout]) => {
        return { id: '', name, layout: sound(layout), revision: 0, shared: false };
      }),
    ];
  }

  /** By id, or else by name. @param {string} name @returns {Kept | undefined} */
  find(name) {
    const { all } = this;
    return all.find(({ id }) => id !== '' && id === name) ?? all.find((kept) => kept.name === name);
  }

  /** Of those that this browser keeps. @param {string} name @returns {Layout | undefined} */
  own(name) {
    return this.all.find((kept) => !kept.shared && kept.name === name)?.layout;
  }

  /** Keeps a layout in this browser. @param {string} name @param {Layout} layout */
  save(name, layout) {
    write(NAMED, { ...(read(NAMED) ?? {}), [name]: layout });
    this.emit('change', undefined);
  }

  /** Of those that this browser keeps. @param {string} name */
  remove(name) {
    const named = { ...(read(NAMED) ?? {}) };
    delete named[name];
    write(NAMED, named);
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

/** For a browser that stores nothing. @type {Map<string, any>} */
const remembered = new Map();

/** @param {string} key */
function read(key) {
  if (remembered.has(key)) return remembered.get(key);
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
    remembered.delete(key);
  } catch {
    // Forbidden or full: it then lasts as long as the page.
    remembered.set(key, value);
  }
}
