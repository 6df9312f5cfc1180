/** A mouse that has not moved for this long is not there. */
const STILL_MS = 3000;

/** A screen without people: nothing but pictures, no pointer, and it does not go dark. */
export class Kiosk {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #still;

  constructor() {
    document.body.dataset.kiosk = '';
    addEventListener('pointermove', () => this.#stir());
    document.addEventListener('visibilitychange', () => void this.#stayAwake());
    this.#stir();
    void this.#stayAwake();
  }

  #stir() {
    clearTimeout(this.#still);
    document.body.toggleAttribute('data-still', false);
    this.#still = setTimeout(() => document.body.toggleAttribute('data-still', true), STILL_MS);
  }

  /** Only pages from https:// and of this machine may ask; others depend on the screen's settings. */
  async #stayAwake() {
    if (document.hidden) return;
    try {
      await navigator.wakeLock?.request('screen');
    } catch (error) {
      console.debug('fanlight: the screen may go dark:', /** @type {Error} */ (error).message);
    }
  }
}
