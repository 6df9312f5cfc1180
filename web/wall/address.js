import { words } from '../i18n/words.js';
import { ALL, PARTS, urlOf } from './arrangement.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Library } from './library.js' */
/** @import { Kept, Layout } from './types.js' */
/** @import { Wall } from './wall.js' */

/**
 * What an entry of the browser's history keeps of the wall, beside its address.
 * @typedef {object} Entry
 * @property {number} [step] Counts the layouts that were chosen; edits of one are no steps.
 * @property {Layout} [layout]
 * @property {string} [name] The layout's.
 * @property {string} [of] Which kept layout it was made from: its id, or its name.
 * @property {Layout} [base] That kept layout, as it was when the wall was made from it.
 * @property {number} [revision] Of `base`.
 * @property {boolean} [own] The layout is this browser's, not a link's.
 * @property {boolean} [inside] The entry before this one is the wall without `?camera`.
 * @property {number} [page] Which page of the wall a reload comes back to, from 0.
 */

/** @typedef {Required<Pick<Entry, 'layout' | 'name' | 'of' | 'revision'>> & Pick<Entry, 'base'>} Shown */

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
  /** Which kept layout the wall shows, or was made from: its id, or its name; empty: none. */
  #of = '';
  /** That layout as the wall shows it, or as it was when the wall was made from it. */
  #base = entry().base;
  /** The revision of #base; 0: unknown. */
  #revision = entry().revision ?? 0;
  #step = entry().step ?? 0;
  /** Layouts by step, as they were last: other entries of a step have older ones. */
  #steps = /** @type {Map<number, Shown>} */ (new Map());
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
    const same = this.#keptAs(this.#layout);
    this.#name = same?.name ?? (own ? '' : linked);
    const asked = entry().of ?? new URLSearchParams(location.search).get('layout') ?? '';
    this.#of = asked || keyOf(same);
    this.#catchUp();
    this.#apply();
    // A link stays as somebody has written it, until somebody changes something.
    this.#keep(location.href);
    arrangement.on('change', () => this.#follow());
    wall.on('change', () => this.show());
    library.on('change', () => this.#followLibrary());
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

  /** The kept layout that the wall shows, or was made from. @returns {Kept | undefined} */
  get kept() {
    return this.#of ? this.#library.find(this.#of) : undefined;
  }

  /** The same, with the revision that the wall was made from: somebody else may have saved another. */
  get base() {
    const { kept } = this;
    return kept && { ...kept, revision: this.#revision };
  }

  /** Whether somebody has changed it since. */
  get changed() {
    const { kept } = this;
    return kept !== undefined && !isSame(kept.layout, this.#layout);
  }

  /** Shows a kept layout. @param {Kept} kept */
  choose(kept) {
    this.#of = keyOf(kept);
    this.#arrangement.layout = kept.layout;
    this.acknowledge();
  }

  /** The wall is made from the newest revision, or somebody has heard that there is another. */
  acknowledge(kept = this.kept) {
    this.#revision = kept?.revision ?? 0;
    this.#base = kept?.layout;
  }

  show() {
    const { tiles, alone } = this.#wall;
    const tile = tiles.find(({ player }) => player.camera.id === alone);
    const what = tile ? tile.picture.name : this.#name;
    const title = what ? `${what} – ${PRODUCT}` : PRODUCT;
    if (title !== this.#title) document.title = title;
    this.#title = title;
  }

  /** The kept one that is the same. @param {Layout} layout @returns {Kept | undefined} */
  #keptAs(layout) {
    const { kept } = this;
    if (kept && isSame(kept.layout, layout)) return kept;
    return this.#library.all.find((one) => isSame(one.layout, layout));
  }

  #follow() {
    const { layout } = this.#arrangement;
    if (this.#going || isSame(layout, this.#layout)) return;
    const same = this.#keptAs(layout);
    const name = same?.name ?? '';
    if (same || isSame(layout, ALL)) {
      this.#of = keyOf(same);
      this.acknowledge(same);
    }
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

  /** Somebody has saved the layout that is shown, changed it elsewhere, or removed it. */
  #followLibrary() {
    this.#catchUp();
    this.#apply();
    const same = this.#keptAs(this.#layout);
    const name = same?.name ?? '';
    if (same) this.acknowledge(same);
    if (name === this.#name && keyOf(same) === (this.changed ? '' : this.#of)) {
      this.#keep(location.href);
      return this.show();
    }
    this.#name = name;
    if (same) this.#of = keyOf(same);
    this.#keep(this.#url());
    this.show();
  }

  /** A wall that nobody has changed shows its layout as that is now; any other keeps its base. */
  #catchUp() {
    const { kept } = this;
    if (!kept) return;
    if (isSame(this.#base ?? ALL, this.#layout)) this.#layout = kept.layout;
    if (!this.changed) this.acknowledge();
  }

  #go() {
    const { step = 0, layout = this.#layout, name = '', of = '', base, revision = 0 } = entry();
    if (step === this.#step) return;
    this.#step = step;
    const there = this.#steps.get(step) ?? { layout, name, of, base, revision };
    ({ layout: this.#layout, name: this.#name, of: this.#of } = there);
    ({ base: this.#base, revision: this.#revision } = there);
    this.#catchUp();
    this.#going = true;
    this.#arrangement.layout = this.#layout;
    this.#going = false;
    this.show();
  }

  #apply() {
    if (!isSame(this.#arrangement.layout, this.#layout)) this.#arrangement.layout = this.#layout;
  }

  /** Writes what is shown to the entry of the history. @param {string} url */
  #keep(url) {
    const now = {
      layout: this.#layout,
      name: this.#name,
      of: this.#of,
      base: this.#base,
      revision: this.#revision,
    };
    this.#steps.set(this.#step, now);
    history.replaceState({ ...entry(), ...now, step: this.#step, own: this.#own }, '', url);
  }

  /** With the layout of a link, or one that has a name: then the address can be a bookmark. */
  #url() {
    const url = new URL(location.href);
    const parts = url.search.slice(1).split('&');
    const others = parts.filter((part) => part && !PARTS.includes(part.split('=')[0]));
    const { kept } = this;
    if (kept?.shared && !this.changed) {
      others.unshift(`layout=${kept.id}`);
    } else if (this.#name || !this.#own) {
      others.unshift(new URL(urlOf(this.#layout, url.href, { name: this.#name })).search.slice(1));
    }
    url.search = others.join('&');
    return url.href;
  }
}

/** @param {Kept | undefined} kept */
const keyOf = (kept) => (kept ? kept.id || kept.name : '');

/** @param {Layout} one @param {Layout} other */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
