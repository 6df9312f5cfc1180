/**
 * Waiting times before the next try: they double up to a cap, and each is drawn at random from a
 * wide range, so that thousands of pages do not come back to a restarted server in one instant.
 */
export class Backoff {
  #tries = 0;
  #first;
  #cap;
  #random;

  /** @param {{first?: number, cap?: number, random?: () => number}} [options] Milliseconds. */
  constructor({ first = 1000, cap = 30000, random = Math.random } = {}) {
    this.#first = first;
    this.#cap = cap;
    this.#random = random;
  }

  /** @returns {number} Milliseconds to wait, between a tenth and the whole of the current step. */
  next() {
    const step = Math.min(this.#cap, this.#first * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 30);
    return step * (0.1 + 0.9 * this.#random());
  }

  reset() {
    this.#tries = 0;
  }
}
