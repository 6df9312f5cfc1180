import { Emitter } from './emitter.js';

/** Longer between two ticks of a clock that ticks each second: the machine was asleep. */
const SLEPT_MS = 10000;
/** News closer together than this are one: a laptop that wakes up gives several. */
const ONCE_MS = 1000;

/**
 * What happens around a page: the machine slept, the network is another, the tab was hidden.
 * `upheaval` says that connections which were good may be dead without having said so.
 * @extends {Emitter<{upheaval: void, hidden: boolean}>}
 */
export class Surroundings extends Emitter {
  hidden = document.hidden;
  #lastTick = Date.now();
  #lastNews = 0;

  constructor() {
    super();
    setInterval(() => this.#tick(), 1000);
    const upheaval = () => this.#upheaval();
    addEventListener('online', upheaval);
    // Chromium alone tells of a change from one network to another.
    /** @type {any} */ (navigator).connection?.addEventListener?.('change', upheaval);
    document.addEventListener('resume', upheaval);
    document.addEventListener('visibilitychange', () => this.#look());
    addEventListener('pageshow', () => this.#look());
  }

  #look() {
    if (this.hidden === document.hidden) return;
    this.hidden = document.hidden;
    this.#lastTick = Date.now();
    this.emit('hidden', this.hidden);
    if (!this.hidden) this.#upheaval();
  }

  #tick() {
    const slept = Date.now() - this.#lastTick > SLEPT_MS;
    this.#lastTick = Date.now();
    // Timers of hidden tabs are slow without any sleep.
    if (slept && !document.hidden) this.#upheaval();
  }

  #upheaval() {
    if (Date.now() - this.#lastNews < ONCE_MS) return;
    this.#lastNews = Date.now();
    this.emit('upheaval', undefined);
  }
}
