import { placeTiles } from './placing.js';

/** @import { Placed, Placing, PackResized, Room } from './placing.js' */

/** Where the tiles of a page are. It is made anew only for other pictures, or another room. */
export class Plan {
  /** @type {Placed[]} */
  pictures = [];
  /** @type {Room} */
  room = { width: 0, height: 0, size: 0, columns: 1, gap: 0, captioned: false, scale: 1 };
  /** Where the room begins in the wall, pixels. */
  corner = { x: 0, y: 0 };
  /** @type {Placing} */
  #placing = { boxes: [], scrolls: false, short: false };
  /** What it was made of. */
  #of = '';
  /** @type {PackResized | null} */
  #packResized = null;
  #onLoad;

  /** @param {() => void} onLoad It can do better than it did. */
  constructor(onLoad) {
    this.#onLoad = onLoad;
  }

  get boxes() {
    return this.#placing.boxes;
  }

  /** As in Placing. */
  get scrolls() {
    return this.#placing.scrolls;
  }

  /** As in Placing. */
  get short() {
    return this.#placing.short;
  }

  /** @param {Placed[]} pictures @param {Room} room */
  make(pictures, room) {
    const resized = pictures.some(({ span }) => span);
    // Most walls have no resized tiles.
    if (resized && !this.#packResized) {
      void import('./resized.js').then(({ packResized }) => this.use(packResized));
    }
    this.pictures = pictures;
    this.room = { ...room, packResized: this.#packResized };
    const of = JSON.stringify([pictures, room, resized && this.#packResized !== null]);
    if (of === this.#of) return;
    this.#of = of;
    this.#placing = placeTiles(pictures, this.room);
  }

  /** @param {PackResized} packResized Of resized.js. */
  use(packResized) {
    if (this.#packResized) return;
    this.#packResized = packResized;
    this.#onLoad();
  }
}
