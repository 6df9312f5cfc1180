import { words } from '../i18n/words.js';
import { ALL, PARTS, urlOf } from './arrangement.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Library } from './library.js' */
/** @import { Layout } from './types.js' */
/** @import { Wall } from './wall.js' */

/**
 * What an entry of the browser's history keeps of the wall, beside its address.
 * @typedef {object} Entry
 * @property {number} [step] Counts the layouts that were chosen; edits of one are no steps.
 * @property {Layout} [layout]
 * @property {string} [name] The layout's.
 * @property {boolean} [own] The layout is this browser's, not a link's.
 * @property {boolean} [inside] The entry before this one is the wall without `?camera`.
 * @property {number} [page] Which page of the wall a reload comes back to, from 0.
 */

const PRODUCT = 'Fanlight';

/** @returns {Entry} */
export const entry = () => history.state ?? {};

/** Which camera an address shows alone; null: none. @param {string} href */
export const cameraOf = (href) => new URL(href).searchParams.get('camera');

/**
 * The same address with another camera alone, or none.
 * @param {string} href
 * @param {string | null} camera
 */
export function withCamera(href, camera) {
  const url = new URL(href);
  // By hand: the rest stays as people have written it.
  const parts = url.search.slice(1).split('&');
  const others = parts.filter((part) => part && !/^camera(=|$)/.test(part));
  if (camera !== null) others.unshift(`camera=${encodeURIComponent(camera)}`);
  url.search = others.join('&');
  return url.href;
}

/** A link to one camera, in any browser. @param {string} camera */
export function linkTo(camera) {
  const url = new URL(document.baseURI);
  url.search = url.hash = '';
  return withCamera(url.href, camera);
}

/**
 * Keeps the tab's title, the address and the browser's history in step with the wall: the way back
 * leads from one camera to all (wall.js), and from a layout to the one before it.
 */
export class Address {
  #wall;
  #arrangement;
  #library;
  #own;
  #layout;
  #name;
  #step = entry().step ?? 0;
  /** Layouts by step, as they were last: other entries of a step have older ones. */
  #steps = /** @type {Map<number, {layout: Layout, name: string}>} */ (new Map());
  #title = '';
  /** Whether the layout changes because somebody goes back or forward. */
  #going = false;

  /**
   * @param {object} around
   * @param {Wall} around.wall
   * @param {Arrangement} around.arrangement
   * @param {Library} around.library
   * @param {boolean} around.own Whether the layout is the browser's, not a link's.
   */
  constructor({ wall, arrangement, library, own }) {
    this.#wall = wall;
    this.#arrangement = arrangement;
    this.#library = library;
    this.#own = own;
    this.#layout = arrangement.layout;
    const linked = entry().name ?? new URLSearchParams(location.search).get('name') ?? '';
    this.#name = this.#nameOf(this.#layout) ?? (own ? '' : linked);
    // A link stays as somebody has written it, until somebody changes something.
    this.#keep(location.href);
    arrangement.on('change', () => this.#follow());
    wall.on('change', () => this.show());
    library.on('change', () => this.#rename());
    addEventListener('popstate', () => this.#go());
    words.addEventListener('change', () => this.show());
    this.show();
  }

  /** Whether the layout is to be remembered as the browser's own. */
  get own() {
    return this.#own;
  }

  /** The layout's name; empty: it has none. */
  get name() {
    return this.#name;
  }

  show() {
    const { tiles, alone } = this.#wall;
    const tile = tiles.find(({ player }) => player.camera.id === alone);
    const what = tile ? tile.picture.name : this.#name;
    const title = what ? `${what} – ${PRODUCT}` : PRODUCT;
    if (title !== this.#title) document.title = title;
    this.#title = title;
  }

  /** @param {Layout} layout @returns {string | undefined} */
  #nameOf(layout) {
    return [...this.#library.named].find(([, kept]) => isSame(kept, layout))?.[0];
  }

  #follow() {
    const { layout } = this.#arrangement;
    if (this.#going || isSame(layout, this.#layout)) return;
    const name = this.#nameOf(layout) ?? '';
    const chosen = name !== this.#name && (name !== '' || isSame(layout, ALL));
    this.#layout = layout;
    this.#name = name;
    if (chosen) {
      this.#step++;
      history.pushState({}, '', this.#url());
    }
    this.#keep(this.#url());
    this.show();
  }

  /** Somebody has saved the layout that is shown, or removed it. */
  #rename() {
    const name = this.#nameOf(this.#layout) ?? '';
    if (name === this.#name) return;
    this.#name = name;
    this.#keep(this.#url());
    this.show();
  }

  #go() {
    const { step = 0, layout = this.#layout, name = '' } = entry();
    if (step === this.#step) return;
    this.#step = step;
    ({ layout: this.#layout, name: this.#name } = this.#steps.get(step) ?? { layout, name });
    this.#going = true;
    this.#arrangement.layout = this.#layout;
    this.#going = false;
    this.show();
  }

  /** Writes what is shown to the entry of the history. @param {string} url */
  #keep(url) {
    const now = { layout: this.#layout, name: this.#name };
    this.#steps.set(this.#step, now);
    history.replaceState({ ...entry(), ...now, step: this.#step, own: this.#own }, '', url);
  }

  /** With the layout of a link, or one that has a name: then the address can be a bookmark. */
  #url() {
    const url = new URL(location.href);
    const parts = url.search.slice(1).split('&');
    const others = parts.filter((part) => part && !PARTS.includes(part.split('=')[0]));
    if (this.#name || !this.#own) {
      others.unshift(new URL(urlOf(this.#layout, url.href, { name: this.#name })).search.slice(1));
    }
    url.search = others.join('&');
    return url.href;
  }
}

/** @param {Layout} one @param {Layout} other */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
