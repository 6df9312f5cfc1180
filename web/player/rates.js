/** @import { Statistics } from './types.js' */

/** Looks that are kept, one a second. */
const KEPT = 15;
/** Looks whose middle is the frame rate, and whose mean is the bit rate. */
const USUAL = 5;
/** Frames a second of a camera that is too slow for such a short time. */
const SLOW = 2;

/** @typedef {{at: number, frames: number, bytes: number}} Look */
/** What the server says of the stream that is shown. @typedef {{fps?: number, bitrate?: number}} Known */

/**
 * Rates over several seconds. A browser that catches up decodes hundreds of frames in one second,
 * and a slow camera sends none in most of them: neither is the rate of the picture.
 */
export class Rates {
  /** @type {Look[]} */
  #looks = [];

  /** A session has ended. */
  clear() {
    this.#looks = [];
  }

  /**
   * Writes the rates that are true into new statistics.
   * @param {Statistics} statistics
   * @param {Known} [known]
   */
  steady(statistics, { fps: usual = 0, bitrate: usualBits = 0 } = {}) {
    const { at, framesDecoded: frames, bytes } = statistics;
    this.#looks.push({ at, frames, bytes });
    this.#looks = this.#looks.slice(-KEPT - 1);
    const middle = this.#middleRate();
    const slow = usual > 0 ? usual < SLOW : middle !== null && middle < SLOW;
    if (slow) {
      const all = this.#looks[0];
      const seconds = (at - all.at) / 1000;
      statistics.fps = frames - all.frames > 1 ? (frames - all.frames) / seconds : usual || null;
      statistics.bitrate =
        (seconds > 0 && ((bytes - all.bytes) * 8) / seconds) || usualBits || null;
      return;
    }
    // Of few looks the first may be the one that caught up.
    const few = this.#looks.length <= USUAL / 2 + 1;
    if (middle !== null) statistics.fps = few && usual > 0 ? Math.min(middle, usual) : middle;
    else statistics.fps = usual || statistics.fps;
    const first = this.#looks.at(-USUAL - 1) ?? this.#looks[0];
    const seconds = (at - first.at) / 1000;
    if (seconds > 0) statistics.bitrate = ((bytes - first.bytes) * 8) / seconds;
  }

  /** The middle one of the last looks' frame rates. */
  #middleRate() {
    const looks = this.#looks.slice(-USUAL - 1);
    const rates = looks
      .slice(1)
      .map(({ at, frames }, i) => ((frames - looks[i].frames) * 1000) / (at - looks[i].at || 1000))
      .sort((a, b) => a - b);
    return rates[rates.length >> 1] ?? null;
  }
}
