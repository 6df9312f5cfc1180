/** A mouse that has not moved for this long is not there. */
const STILL_MS = 3000;

/** A screen without people: nothing but pictures, and no pointer. */
export class Kiosk {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #still;

  constructor() {
    document.body.dataset.kiosk = '';
    addEventListener('pointermove', () => this.#stir());
    this.#stir();
  }

  #stir() {
    clearTimeout(this.#still);
    document.body.toggleAttribute('data-still', false);
    this.#still = setTimeout(() => document.body.toggleAttribute('data-still', true), STILL_MS);
  }
}
