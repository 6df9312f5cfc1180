const STORED = 'fanlight.awake';

/**
 * Keeps the screen from going dark, where somebody wants that: on phones and in a kiosk it is
 * usual. Browsers let only pages from https:// and of this machine ask for it.
 */
export class Awake {
  /** Whether this browser lets this page ask. */
  possible = 'wakeLock' in navigator;
  #usual;
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  /** Until the browser has answered, so that there are never two locks. */
  #obeying = Promise.resolve();

  /** @param {boolean} usual Where nobody has said otherwise. */
  constructor(usual) {
    this.#usual = usual;
    document.addEventListener('visibilitychange', () => this.#obeyNext());
    this.#obeyNext();
  }

  get wanted() {
    try {
      const stored = localStorage.getItem(STORED);
      return stored === null ? this.#usual : stored === 'on';
    } catch {
      return this.#usual; // Storage may be forbidden.
    }
  }

  set wanted(wanted) {
    try {
      localStorage.setItem(STORED, wanted ? 'on' : 'off');
    } catch {
      this.#usual = wanted;
    }
    this.#obeyNext();
  }

  #obeyNext() {
    this.#obeying = this.#obeying.then(() => this.#obey());
  }

  async #obey() {
    if (!this.possible) return;
    // A page that is hidden has lost its lock.
    if (document.hidden || !this.wanted) {
      const lock = this.#lock;
      this.#lock = null;
      await lock?.release();
      return;
    }
    try {
      const held = this.#lock && !this.#lock.released;
      if (!held) this.#lock = await navigator.wakeLock.request('screen');
    } catch (error) {
      console.debug('fanlight: the screen may go dark:', /** @type {Error} */ (error).message);
    }
  }
}
