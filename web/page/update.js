import { Emitter } from '../player/emitter.js';

/** @import { Signalling } from '../player/signalling.js' */

/** Who has touched nothing for so long does not use the page. */
const IDLE_MS = 60000;
/** Thousands of pages notice a new server at once; they load it within so long after each other. */
const SPREAD_MS = 60000;
const LOOK_MS = 1000;
const STIRS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'input'];

/**
 * Notices that the server has another page than this one, and loads it when nobody uses this one.
 * Until then it is `available`, for somebody to load it by hand.
 * @extends {Emitter<{available: void}>}
 */
export class Update extends Emitter {
  available = false;
  #signalling;
  #busy;
  #reload;
  #random;
  /** What the first server said that this page spoke with. @type {string | null} */
  #first = null;
  #stirredAt = Date.now();
  #notBefore = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {Signalling} signalling
   * @param {object} around
   * @param {() => boolean} around.busy Whether a reload would take something away from somebody.
   * @param {() => void} around.reload
   * @param {Pick<EventTarget, 'addEventListener'>} [around.target] Gets what people do.
   * @param {() => number} [around.random]
   */
  constructor(signalling, { busy, reload, target = globalThis, random = Math.random }) {
    super();
    this.#signalling = signalling;
    this.#busy = busy;
    this.#reload = reload;
    this.#random = random;
    const stir = () => (this.#stirredAt = Date.now());
    for (const name of STIRS) target.addEventListener(name, stir, { capture: true, passive: true });
    signalling.on('phase', () => this.#compare());
  }

  #compare() {
    const { phase, version, pageVersion } = this.#signalling;
    if (phase !== 'open') return;
    const now = `${version} ${pageVersion}`;
    this.#first ??= now;
    const available = now !== this.#first;
    if (available === this.available) return;
    this.available = available;
    clearInterval(this.#timer);
    if (available) {
      this.#notBefore = Date.now() + this.#random() * SPREAD_MS;
      this.#timer = setInterval(() => this.#look(), LOOK_MS);
    }
    this.emit('available', undefined);
  }

  #look() {
    const now = Date.now();
    const idle = now - this.#stirredAt >= IDLE_MS || globalThis.document?.hidden;
    // Without the server there is nothing to load.
    if (this.#signalling.phase !== 'open' || !idle || now < this.#notBefore || this.#busy()) return;
    clearInterval(this.#timer);
    this.#reload();
  }
}
