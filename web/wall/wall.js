import { words } from '../i18n/words.js';
import { mark } from '../picture/element.js';
import { LINGER_MS } from '../picture/sight.js';
import { Emitter } from '../player/emitter.js';
import { Player } from '../player/player.js';
import { cameraOf, entry, withCamera } from './address.js';
import { pageSize } from './grid.js';
import { groupsOf } from './groups.js';
import { stepBy } from './neighbours.js';
import { isUpright } from './placing.js';
import { Plan } from './plan.js';
import { Tile } from './tile.js';

/** @import { Camera } from '../player/types.js' */
/** @import { Box } from './slices.js' */
/** @import { Around, Layout, Removed } from './types.js' */

/** The next page begins to play this long before it is turned to. */
const AHEAD_MS = 2500;
/** The others go on for so long behind one that is shown alone: many come back soon. */
const BEHIND_MS = 30000;
/** Walls with more room than this are seen from afar: what is written on them is larger. */
const LARGE = { width: 2200, height: 1100, scale: 1.5 };
const GAP = 2;

/**
 * The cameras of an arrangement, as large as its space allows, page by page, or one of them alone.
 * Sends `change` when what it shows, or a tile's state, is another, and what somebody has done by
 * hand, in words: `arranged`, moved or resized a tile; `removed`, deleted a layout.
 * @extends {Emitter<{change: void, arranged: string, removed: Removed}>}
 */
export class Wall extends Emitter {
  /** Which page is shown, from 0. */
  page = entry().page ?? 0;
  pages = 1;
  #element;
  #announcer;
  #signalling;
  #arrangement;
  #around;
  #kiosk;
  /** @type {Map<string, Tile>} In the order of the wall. */
  #tiles = new Map();
  /** Which camera is to be shown alone; it may come later, or not at all. @type {string | null} */
  #asked = cameraOf(location.href);
  /** Which camera is shown alone. @type {string | null} */
  #alone = null;
  #size = 1;
  /** Of the tiles of this page. */
  plan = new Plan(() => this.#arrangeSoon());
  #frame = 0;
  /** Where the wall was scrolled to before one was alone. */
  #scrolled = 0;
  #turnAt = 0;
  #playing = true;
  /** @type {Set<string>} */
  #holders = new Set();

  /**
   * @param {HTMLElement} element Gets the tiles.
   * @param {HTMLElement} announcer Tells changes of state to screen readers.
   * @param {Around} around
   */
  constructor(element, announcer, around) {
    super();
    this.#element = element;
    this.#announcer = announcer;
    this.#around = around;
    this.#signalling = around.signalling;
    this.#arrangement = around.arrangement;
    this.#kiosk = around.kiosk;
    this.#signalling.on('cameras', () => this.#follow());
    this.#arrangement.on('change', () => this.#follow());
    around.surroundings.on('upheaval', () => {
      for (const { player } of this.tiles) player.doubt();
    });
    new ResizeObserver(() => this.#arrangeSoon()).observe(element);
    element.addEventListener('fanlight-shape', () => this.#arrangeSoon());
    element.addEventListener('fanlight-focus', ({ target }) => {
      if (target instanceof Tile) this.focusOn(target.focused ? null : target.player.camera.id);
    });
    element.addEventListener('keydown', (event) => this.#key(event));
    addEventListener('popstate', () => this.#show(cameraOf(location.href)));
    setInterval(() => this.#tick(), 1000);
  }

  /** Whether somebody is at it: pages stay, whatever the arrangement says, and so does the page. */
  get held() {
    return this.#holders.size > 0;
  }

  /** @param {string} what Of the things that hold it, each for itself. @param {boolean} on */
  hold(what, on) {
    if (on) this.#holders.add(what);
    else this.#holders.delete(what);
  }

  /** All, also of other pages. */
  get tiles() {
    return [...this.#tiles.values()];
  }

  /** Those of the page, or the one that is shown alone. */
  get shownTiles() {
    return this.tiles.filter(({ hidden }) => !hidden);
  }

  get alone() {
    return this.#alone;
  }

  /** Whether it is on a phone that is held upright: pictures are below each other, and scroll. */
  get upright() {
    return this.plan.scrolls;
  }

  /** Whether tiles are to play; those that come later too. */
  get playing() {
    return this.#playing;
  }

  set playing(playing) {
    this.#playing = playing;
    for (const { player } of this.tiles) {
      if (!playing) player.disconnect();
      else if (!player.wanted) player.connect();
    }
    this.emit('change', undefined);
  }

  get statisticsShown() {
    return this.shownTiles.some(({ picture }) => picture.panel.shown);
  }

  set statisticsShown(shown) {
    for (const { picture } of this.tiles) picture.panel.shown = shown;
    this.emit('change', undefined);
  }

  /** Goes on by so many pages, and from the last to the first. @param {number} step */
  turn(step) {
    this.page = (this.page + step + this.pages) % this.pages;
    this.keepPage();
    this.#arrange();
    if (this.pages > 1) {
      const [page, pages] = [words.number(this.page + 1), words.number(this.pages)];
      this.announce(words.text('pager.page', { page, pages }));
    }
  }

  /**
   * Shows one camera alone, or all again. The browser's way back leads back to all.
   * @param {string | null} camera
   */
  focusOn(camera) {
    if (camera === this.#alone) return;
    if (camera === null && entry().inside) return history.back();
    const url = withCamera(location.href, camera);
    // From one camera to the next is no step: the way back leads to all of them.
    if (camera !== null && this.#alone !== null) history.replaceState(history.state, '', url);
    else history.pushState({ ...entry(), inside: camera !== null }, '', url);
    this.#show(camera);
  }

  /** When it is loaded anew, it shows the same cameras again. */
  keepPage() {
    history.replaceState({ ...entry(), page: this.page }, '');
  }

  /** @param {string | null} camera */
  #show(camera) {
    const before = this.#alone;
    if (before === null) this.#scrolled = this.#element.scrollTop;
    this.#asked = camera;
    this.#fill();
    const tile = this.#tiles.get(this.#alone ?? before ?? '');
    if (this.#alone === null && tile) this.page = Math.floor(this.#placeOf(tile) / this.#size);
    this.#arrange();
    if (this.#alone === null) this.#element.scrollTop = this.#scrolled;
    tile?.focus({ preventScroll: true });
    if (this.#alone === null) tile?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Tile} tile */
  #placeOf(tile) {
    return this.tiles.indexOf(tile);
  }

  #follow() {
    this.#fill();
    this.#arrange();
  }

  /** Makes the tiles what the server and the arrangement say. */
  #fill() {
    const cameras = new Map(this.#signalling.cameras.map((camera) => [camera.id, camera]));
    this.#arrangement.follow([...cameras.keys()], groupsOf(this.#signalling.cameras));
    const before = this.tiles;
    /** @type {Map<string, Tile>} */
    const tiles = new Map();
    const { shown } = this.#arrangement;
    // A link leads to a camera although this wall does not have it.
    const guest = this.#asked !== null && cameras.has(this.#asked) && !shown.includes(this.#asked);
    for (const id of guest ? [...shown, /** @type {string} */ (this.#asked)] : shown) {
      const camera = /** @type {Camera} */ (cameras.get(id));
      const tile = this.#tiles.get(id) ?? this.#tile(camera);
      tile.picture.look = this.#arrangement.lookOf(id);
      tiles.set(id, tile);
    }
    for (const tile of before) {
      if (tiles.get(tile.player.camera.id) === tile) continue;
      tile.dispose();
      tile.player.dispose();
    }
    this.#tiles = tiles;
    this.#putInOrder();
    this.#alone = this.#asked !== null && tiles.has(this.#asked) ? this.#asked : null;
  }

  /** Moves as few as can be: one that is moved may blink. */
  #putInOrder() {
    const focused = document.activeElement;
    this.tiles.forEach((tile, at) => {
      const there = this.#element.children[at];
      if (there !== tile) this.#element.insertBefore(tile, there ?? null);
    });
    if (focused instanceof HTMLElement && focused !== document.activeElement) {
      focused.focus({ preventScroll: true });
    }
  }

  /** @param {Camera} camera */
  #tile(camera) {
    const player = new Player(this.#signalling, camera);
    const tile = new Tile(player, this.#around);
    player.on('state', ({ name }) => {
      if (!tile.hidden && name !== 'connecting') {
        this.announce(`${tile.picture.name}: ${words.text(`state.${name}`)}`);
      }
      this.emit('change', undefined);
    });
    if (this.#playing) player.connect();
    return tile;
  }

  /** Once before the browser draws, however much happens until then: it may take a while. */
  #arrangeSoon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#arrange());
  }

  #arrange() {
    const { left, top, width, height } = this.#space();
    if (width <= 0 || height <= 0) return;
    const { tiles } = this;
    const { grid, cycle } = this.#arrangement;
    this.#size =
      isUpright({ width, height }) && !grid
        ? Math.max(1, tiles.length)
        : pageSize(grid, tiles.length, width, height);
    this.pages = Math.max(1, Math.ceil(tiles.length / this.#size));
    // Without cameras yet, the page that was asked for is still to come.
    if (tiles.length) this.page = Math.min(this.page, this.pages - 1);
    this.#turnAt = Date.now() + cycle * 1000;
    tiles.forEach((tile, at) => {
      const alone = tile.player.camera.id === this.#alone;
      tile.hidden = this.#alone ? !alone : Math.floor(at / this.#size) !== this.page;
      tile.focused = alone;
      tile.sight.linger(this.#alone ? BEHIND_MS : LINGER_MS);
    });
    this.#element.toggleAttribute('data-alone', this.#alone !== null);
    document.body.toggleAttribute('data-alone', this.#alone !== null);
    this.#place({ x: left, y: top, width, height });
    this.emit('change', undefined);
  }

  /** Without what a notch and rounded corners take of it. */
  #space() {
    const style = getComputedStyle(this.#element);
    const [left, top] = [parseFloat(style.paddingLeft), parseFloat(style.paddingTop)];
    return {
      left,
      top,
      width: this.#element.clientWidth - left - parseFloat(style.paddingRight),
      height: this.#element.clientHeight - top - parseFloat(style.paddingBottom),
    };
  }

  /** @param {Box} space */
  #place({ x, y, width, height }) {
    const large = width > LARGE.width && height > LARGE.height;
    const captions = this.#arrangement.captions ?? (this.#kiosk ? 'hidden' : 'over');
    const room = {
      width,
      height,
      size: this.#arrangement.grid,
      columns: this.#arrangement.columns,
      gap: this.#kiosk ? 0 : GAP,
      captioned: captions === 'below',
      scale: large ? LARGE.scale : 1,
    };
    const shown = this.shownTiles;
    const pictures = shown.map(({ picture, player }) => ({
      aspect: picture.aspect,
      fills: picture.look.fill,
      span: this.#arrangement.spanOf(player.camera.id),
      across: this.#arrangement.isAcross(player.camera.id),
    }));
    if (this.#alone === null) this.plan.make(pictures, room);
    const { boxes, scrolls, short } = this.plan;
    this.plan.corner = { x, y };
    shown.forEach((tile, at) => {
      const box = boxes[at];
      tile.place(this.#alone === null ? { ...box, x: x + box.x, y: y + box.y } : null);
    });
    const end = Math.max(0, ...boxes.map((box) => box.y + box.height));
    this.#element.style.setProperty('--end', end > height ? `${y + end}px` : '0');
    mark(this.#element, 'data-captions', captions);
    mark(this.#element, 'data-columns', String(room.columns));
    this.#element.toggleAttribute('data-large', large);
    this.#element.toggleAttribute('data-compact', short);
    this.#element.toggleAttribute('data-upright', scrolls && this.#alone === null);
  }

  /** Moves a tile to the place of another. @param {Tile} tile @param {Tile} target */
  move(tile, target) {
    const before = this.#arrangement.layout;
    this.#arrangement.move(tile.player.camera.id, this.#placeOf(target));
    const place = words.number(this.#placeOf(tile) + 1);
    const all = words.number(this.#tiles.size);
    const { name } = tile.picture;
    this.tell(before, words.text('arrange.moved', { name, place, all }));
  }

  /** Says what somebody has done, which may have changed nothing. @param {Layout} before @param {string} text */
  tell(before, text) {
    this.announce(text);
    if (before !== this.#arrangement.layout) this.emit('arranged', text);
  }

  /** To screen readers. @param {string} text */
  announce(text) {
    this.#announcer.textContent = text;
    return text;
  }

  #tick() {
    for (const tile of this.shownTiles) tile.tick();
    const { cycle } = this.#arrangement;
    if (!cycle || this.pages < 2 || this.held || this.#alone || document.hidden) {
      this.#turnAt = Date.now() + cycle * 1000;
      return;
    }
    const left = this.#turnAt - Date.now();
    if (left <= 0) return this.turn(1);
    if (left > AHEAD_MS) return;
    const next = (this.page + 1) % this.pages;
    for (const tile of this.tiles.slice(next * this.#size, (next + 1) * this.#size)) {
      tile.sight.expect(AHEAD_MS);
    }
  }

  /**
   * Arrows go from tile to tile; with Shift they carry it along. @param {KeyboardEvent} event
   */
  #key(event) {
    const { tiles } = this;
    const at = /** @type {Element} */ (event.target);
    // The statistics scroll by arrows.
    const from = at.closest('.panel') ? -1 : tiles.findIndex((tile) => tile.contains(at));
    const first = this.page * this.#size;
    const page = this.#alone ? null : { first, size: this.#size, boxes: this.plan.boxes };
    const step = from < 0 ? 0 : stepBy(event.key, from, page);
    const to = tiles[from + step];
    if (!step || !to || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey && !this.#alone) return this.move(tiles[from], to);
    if (this.#alone) return this.focusOn(to.player.camera.id);
    if (to.hidden) this.turn(Math.sign(step));
    to.focus();
  }
}
