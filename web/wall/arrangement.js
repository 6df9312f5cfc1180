import { placed } from '../order/sequence.js';
import { Emitter } from '../player/emitter.js';
import { SIZES } from './grid.js';
import { isGroup } from './groups.js';
import { lookOf, withLook } from './looks.js';
import { isAcross, spanOf, withAcross, withSpan } from './spans.js';

/** @import { Look } from '../picture/types.js' */
/** @import { Size } from './grid.js' */
/** @import { Groups } from './groups.js' */
/** @import { Layout } from './types.js' */

/** @type {Layout} */
export const ALL = { wall: '*', grid: 0, cycle: 0 };
/** Seconds a page may stay. */
export const CYCLES = [0, 5, 10, 15, 30, 60];
const LONGEST_CYCLE = 3600;
/** So many changes can be undone. */
const KEPT_STEPS = 50;
/** Where names and states of cameras are. The first is usual; a kiosk has the last. */
export const CAPTIONS = ['over', 'below', 'hidden'];
/** What a layout has only where somebody has asked for it. */
const EXTRAS = /** @type {const} */ (['captions', 'columns', 'fill', 'mirror', 'span', 'turn']);
/** All that the query of a link says of a layout. */
export const PARTS = ['layout', 'wall', 'grid', 'cycle', 'name', ...EXTRAS];

/**
 * Which cameras a wall shows, in which order, how many at once and for how long.
 * @extends {Emitter<{change: void}>}
 */
export class Arrangement extends Emitter {
  /** @type {Layout} */
  #layout = ALL;
  /** All that the server has, in its order. @type {string[]} */
  #known = [];
  /** @type {Groups} */
  #groups = new Map();
  /** What it was before the changes of this page, the last one last. @type {Layout[]} */
  #past = [];
  /** What has been undone, the first to be done again last. @type {Layout[]} */
  #undone = [];

  /** @param {Layout} layout */
  constructor(layout = ALL) {
    super();
    this.#layout = sound(layout);
  }

  get layout() {
    return this.#layout;
  }

  set layout(layout) {
    const wanted = sound(layout);
    // Who asks for what is there has changed nothing: it is no other layout, and nothing to undo.
    const same = JSON.stringify(wanted) === JSON.stringify(this.#layout);
    if (!same) {
      this.#past.push(this.#layout);
      this.#past.splice(0, this.#past.length - KEPT_STEPS);
      this.#undone = [];
    }
    this.#use(same ? this.#layout : wanted);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** Takes the last change back. @returns {boolean} Whether there was one. */
  undo() {
    return this.#step(this.#past, this.#undone);
  }

  /** Makes a change again that was taken back. @returns {boolean} */
  redo() {
    return this.#step(this.#undone, this.#past);
  }

  /** @param {Layout[]} from @param {Layout[]} to */
  #step(from, to) {
    const layout = from.pop();
    if (!layout) return false;
    to.push(this.#layout);
    this.#use(layout);
    return true;
  }

  /** @param {Layout} layout */
  #use(layout) {
    this.#layout = layout;
    this.emit('change', undefined);
  }

  /** Whether a camera that is added to the server one day is shown. */
  get takesNew() {
    return this.#names.some((name) => name === '*' || isGroup(name));
  }

  set takesNew(takes) {
    const { shown } = this;
    const rest = takes ? ['*', ...this.#missing(shown).map((id) => `!${id}`)] : [];
    this.layout = { ...this.#layout, wall: [...shown, ...rest].join(',') };
  }

  get grid() {
    return this.#layout.grid;
  }

  set grid(grid) {
    this.layout = { ...this.#layout, grid };
  }

  get cycle() {
    return this.#layout.cycle;
  }

  /** Undefined: nobody has chosen. */
  get captions() {
    return this.#layout.captions;
  }

  set captions(captions) {
    this.layout = { ...this.#layout, captions: captions === CAPTIONS[0] ? undefined : captions };
  }

  /** On a phone that is held upright: 1 or 2. */
  get columns() {
    return this.#layout.columns ?? 1;
  }

  set columns(columns) {
    this.layout = { ...this.#layout, columns };
  }

  /** @param {string} id */
  lookOf(id) {
    return lookOf(this.#layout, id);
  }

  /** @param {string} id @param {Partial<Look>} look What is to change. */
  look(id, look) {
    this.layout = withLook(this.#layout, id, look);
  }

  /** How wide a camera's tile is to be, in columns of the wall; 0: as wide as the others. @param {string} id */
  spanOf(id) {
    return spanOf(this.#layout, id);
  }

  /** @param {string} id @param {number} span */
  resize(id, span) {
    this.layout = withSpan(this.#layout, id, span);
  }

  /** Whether a camera's tile takes both columns of a phone that is held upright. @param {string} id */
  isAcross(id) {
    return isAcross(this.#layout, id);
  }

  /** @param {string} id @param {boolean} across */
  setAcross(id, across) {
    this.layout = withAcross(this.#layout, id, across);
  }

  get resized() {
    return Boolean(this.#layout.span);
  }

  set cycle(cycle) {
    this.layout = { ...this.#layout, cycle };
  }

  /** Ids of the cameras that are shown, in order. */
  get shown() {
    return select(this.#layout.wall, this.#known, this.#groups);
  }

  get #names() {
    return this.#layout.wall.split(',').map((name) => name.trim());
  }

  /** Ids of the others, in the server's order. */
  get left() {
    const shown = new Set(this.shown);
    return this.#known.filter((id) => !shown.has(id));
  }

  /**
   * The server's list is another; the layout stays what it is.
   * @param {string[]} known
   * @param {Groups} [groups]
   */
  follow(known, groups = new Map()) {
    this.#known = known;
    this.#groups = groups;
  }

  /** @param {string} id @param {number} place Among those that are shown, from 0. */
  move(id, place) {
    this.#arrange(placed(this.shown, id, place));
  }

  /** @param {string} id */
  show(id) {
    if (!this.shown.includes(id)) this.#arrange([...this.shown, id]);
  }

  /** @param {string} id */
  hide(id) {
    this.#arrange(this.shown.filter((other) => other !== id));
  }

  /** @param {string[]} ids */
  #arrange(ids) {
    // A camera that is added to the server, or to a group, one day is shown where all of it were.
    const open = this.takesNew ? this.#names.filter((name) => /^(\*|!?@)/.test(name)) : [];
    const all = select([...ids, ...open].join(','), this.#known, this.#groups);
    const hidden = all.filter((id) => !ids.includes(id)).map((id) => `!${id}`);
    this.layout = { ...this.#layout, wall: [...ids, ...open, ...hidden].join(',') };
  }

  /** @param {string[]} ids */
  #missing(ids) {
    return this.#known.filter((id) => !ids.includes(id));
  }
}

/**
 * @param {string} wall As in Layout.
 * @param {string[]} known
 * @param {Groups} [groups]
 * @returns {string[]}
 */
export function select(wall, known, groups = new Map()) {
  const names = wall.split(',').map((name) => name.trim());
  const membersOf = (/** @type {string} */ name) =>
    isGroup(name) ? (groups.get(name.slice(1)) ?? []) : [name];
  const inGroups = new Set(names.filter(isGroup).flatMap(membersOf));
  // By themselves, or not at all.
  const apart = new Set(
    names.filter((name) => !isGroup(name)).flatMap((name) => membersOf(name.replace(/^!/, ''))),
  );
  const shown = names.flatMap((name) => {
    if (name === '*') return known.filter((id) => !apart.has(id) && !inGroups.has(id));
    if (isGroup(name)) return membersOf(name).filter((id) => !apart.has(id));
    return known.includes(name) ? [name] : [];
  });
  return [...new Set(shown)];
}

/** What people and other versions have written, as this version can use it. @param {Layout} layout */
export function sound(layout) {
  const { wall, grid, cycle } = layout;
  /** @type {Layout} */
  const usable = {
    wall: typeof wall === 'string' ? wall : ALL.wall,
    grid: SIZES.includes(grid) ? grid : 0,
    cycle: cycle > 0 ? Math.min(LONGEST_CYCLE, Math.max(1, cycle)) : 0,
  };
  if (CAPTIONS.includes(layout.captions ?? '')) usable.captions = layout.captions;
  if (layout.columns === 2) usable.columns = 2;
  for (const list of /** @type {const} */ (['fill', 'mirror', 'span', 'turn'])) {
    if (layout[list] && typeof layout[list] === 'string') usable[list] = layout[list];
  }
  return usable;
}

/**
 * The layout a URL asks for: `?wall=front,street&grid=4&cycle=15`; null: it asks for none.
 * @param {URLSearchParams} query
 * @param {(name: string) => Layout | undefined} named `?wall=Night`, where one is kept by that name.
 * @returns {Layout | null}
 */
export function layoutOf(query, named) {
  const wall = query.get('wall');
  const extras = EXTRAS.filter((name) => query.has(name));
  if (wall === null && !query.has('grid') && !query.has('cycle') && !extras.length) return null;
  const kept = (wall && named(wall)) || ALL;
  const own = kept === ALL && wall ? wall : kept.wall;
  return sound({
    ...kept,
    ...Object.fromEntries(extras.map((name) => [name, query.get(name)])),
    wall: own,
    grid: sizeOf(query.get('grid') ?? kept.grid),
    cycle: Number(query.get('cycle') ?? kept.cycle),
    columns: Number(query.get('columns') ?? kept.columns),
  });
}

/** A plus in a query stands for a space. @param {string | number} written @returns {Size} */
export function sizeOf(written) {
  const text = String(written).replace(' ', '+');
  return text.includes('+') ? text : Number(text);
}

/**
 * @param {Layout} layout
 * @param {string} base The page's address.
 * @param {{kiosk?: boolean, name?: string}} [options] Name: what the page is called there.
 * @returns {string} A URL that shows the same wall in any browser.
 */
export function urlOf(layout, base, { kiosk = false, name = '' } = {}) {
  const { wall, grid, cycle } = layout;
  const url = new URL(base);
  // Commas, colons, stars and exclamation marks may stand in a query, and people read it.
  const plain = (/** @type {string | number} */ value) =>
    encodeURIComponent(value)
      .replace(/%2C/g, ',')
      .replace(/%3A/g, ':')
      .replace(/%2B/g, '+')
      .replace(/%40/g, '@');
  const parts = [`wall=${plain(wall)}`];
  if (grid) parts.push(`grid=${plain(grid)}`);
  if (cycle) parts.push(`cycle=${cycle}`);
  for (const extra of EXTRAS) if (layout[extra]) parts.push(`${extra}=${plain(layout[extra])}`);
  if (name) parts.push(`name=${plain(name)}`);
  if (kiosk) parts.push('kiosk');
  url.search = parts.join('&');
  url.hash = '';
  return url.href;
}
