/** So few tiles always play: a browser that cannot show four cannot show one. */
export const LEAST = 4;
/** The share of a tile's frames that may be dropped. */
const MOST_DROPPED = 0.1;
/** Looks, one a second, in which half of the tiles drop more until fewer of them play. */
const BAD_LOOKS = 3;
/** Looks after that in which nothing is judged: the browser works off what has piled up. */
const SETTLE_LOOKS = 5;
/** Looks without drops until more tiles are tried; twice as many after each try that failed. */
const GOOD_LOOKS = 30;
const MOST_GOOD_LOOKS = 16 * GOOD_LOOKS;
/** Looks after which a try has succeeded. */
const TRY_LOOKS = 10;

/**
 * One tile that is to be seen.
 * @typedef {object} Seen
 * @property {string} id
 * @property {number} area Pixels.
 * @property {boolean} kept It plays whatever happens: somebody listens to it.
 * @property {{decoded: number, dropped: number} | null} frames Of its session so far; null: none.
 */

/**
 * How many tiles play, and which: as many as the browser decodes in time, the largest first. The
 * others are still pictures. A browser does not say beforehand what it can do, so it is measured by
 * the frames that it drops. A single tile that drops frames has a reason of its own, as a network
 * or a camera that stutters; when half of them do, there are too many.
 */
export class Economy {
  /** How many may play. */
  #budget = Infinity;
  /** @type {Set<string>} */
  #stills = new Set();
  /** @type {Map<string, {decoded: number, dropped: number}>} Of the look before. */
  #before = new Map();
  #bad = 0;
  #good = 0;
  #settling = 0;
  #patience = GOOD_LOOKS;
  /** What was enough before more were tried; 0: nothing is being tried. */
  #enough = 0;

  /**
   * One look, a second after the one before.
   * @param {Seen[]} tiles In the order of the wall.
   * @returns {Set<string>} Those that are to be still pictures.
   */
  look(tiles) {
    const few = tiles.length <= LEAST;
    const playing = tiles.filter(({ id }) => !this.#stills.has(id));
    const shares = playing
      .map((tile) => this.#droppedShare(tile))
      .filter((share) => share !== null);
    this.#before = new Map(tiles.flatMap(({ id, frames }) => (frames ? [[id, frames]] : [])));
    if (!few && shares.length > 1) this.#judge(shares, tiles.length);
    this.#stills = few ? new Set() : this.#choose(tiles);
    return this.#stills;
  }

  /** Since the look before; null: nothing has come. @param {Seen} tile */
  #droppedShare({ id, frames }) {
    const before = this.#before.get(id);
    if (!frames || !before) return null;
    const decoded = frames.decoded - before.decoded;
    const dropped = frames.dropped - before.dropped;
    // A session that is new counts from zero.
    if (decoded < 0 || dropped < 0 || decoded + dropped === 0) return null;
    return dropped / (decoded + dropped);
  }

  /** @param {number[]} shares @param {number} all */
  #judge(shares, all) {
    if (this.#settling > 0) {
      this.#settling--;
      return;
    }
    const dropping = shares.filter((share) => share > MOST_DROPPED).length;
    const bad = 2 * dropping >= shares.length;
    this.#bad = bad ? this.#bad + 1 : 0;
    this.#good = dropping ? 0 : this.#good + 1;
    if (this.#bad >= BAD_LOOKS) this.#lower(Math.min(this.#budget, all));
    else if (this.#enough && this.#good >= TRY_LOOKS) this.#succeed();
    else if (this.#good >= this.#patience && this.#budget < all) this.#raise();
  }

  /** @param {number} playing */
  #lower(playing) {
    if (this.#enough) this.#patience = Math.min(2 * this.#patience, MOST_GOOD_LOOKS);
    this.#budget = this.#enough || Math.max(LEAST, Math.floor((playing * 3) / 4));
    this.#enough = 0;
    this.#start();
  }

  #raise() {
    this.#enough = this.#budget;
    this.#budget += Math.max(1, this.#budget >> 3);
    this.#start();
  }

  #succeed() {
    this.#enough = 0;
    this.#patience = GOOD_LOOKS;
  }

  #start() {
    this.#bad = this.#good = 0;
    this.#settling = SETTLE_LOOKS;
  }

  /** @param {Seen[]} tiles */
  #choose(tiles) {
    if (tiles.length <= this.#budget) return /** @type {Set<string>} */ (new Set());
    // One that plays goes on before another of its size: no picture changes without need.
    const rank = (/** @type {Seen} */ { id, kept, area }) =>
      (kept ? 1e12 : 0) + area * (this.#stills.has(id) ? 1 : 1.1);
    const best = [...tiles].sort((one, other) => rank(other) - rank(one));
    return new Set(best.slice(this.#budget).map(({ id }) => id));
  }
}
