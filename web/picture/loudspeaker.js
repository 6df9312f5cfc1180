import { Emitter } from '../player/emitter.js';

/** @import { Picture } from './picture.js' */

const STORED = 'fanlight.volume';

/**
 * Lets one picture be heard at a time; the volume is kept for the next visit.
 * @extends {Emitter<{change: void}>}
 */
export class Loudspeaker extends Emitter {
  /** @type {Picture | null} */
  #heard = null;
  #volume = 1;

  constructor() {
    super();
    try {
      const stored = Number(localStorage.getItem(STORED) ?? 1);
      if (stored >= 0 && stored <= 1) this.#volume = stored;
    } catch {
      // Storage may be forbidden.
    }
  }

  /** @param {Picture} picture */
  plays(picture) {
    return this.#heard === picture;
  }

  /** @param {Picture | null} picture Null: silence. */
  play(picture) {
    if (this.#heard && this.#heard !== picture) this.#heard.screen.muted = true;
    this.#heard = picture;
    if (picture) {
      picture.screen.volume = this.#volume;
      picture.screen.muted = false;
    }
    this.emit('change', undefined);
  }

  /** 0 to 1. */
  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = Math.min(1, Math.max(0, volume));
    if (this.#heard) this.#heard.screen.volume = this.#volume;
    try {
      localStorage.setItem(STORED, String(this.#volume));
    } catch {
      // It then lasts as long as the page.
    }
    this.emit('change', undefined);
  }
}
