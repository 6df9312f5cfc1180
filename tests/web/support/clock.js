/** Timers and Date.now() that move only when told, so that minutes pass in no time. */
export class Clock {
  now = 1_700_000_000_000;
  #last = 0;
  /** @type {Map<number, {at: number, every: number, run: () => void}>} */
  #timers = new Map();
  #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    now: Date.now,
  };

  install() {
    const clear = (/** @type {number} */ id) => void this.#timers.delete(id);
    Object.assign(globalThis, {
      setTimeout: (/** @type {() => void} */ run, ms = 0) => this.#add(run, ms, 0),
      setInterval: (/** @type {() => void} */ run, ms = 0) => this.#add(run, ms, ms),
      clearTimeout: clear,
      clearInterval: clear,
    });
    Date.now = () => this.now;
    return this;
  }

  uninstall() {
    const { now, ...timers } = this.#real;
    Object.assign(globalThis, timers);
    Date.now = now;
  }

  /** @param {number} ms */
  async advance(ms) {
    const end = this.now + ms;
    for (;;) {
      const [id, next] = [...this.#timers].sort((a, b) => a[1].at - b[1].at)[0] ?? [0, null];
      if (!next || next.at > end) break;
      this.now = next.at;
      if (next.every) next.at += next.every;
      else this.#timers.delete(id);
      next.run();
      await settle();
    }
    this.now = end;
    await settle();
  }

  /**
   * @param {() => void} run
   * @param {number} ms
   * @param {number} every
   */
  #add(run, ms, every) {
    this.#timers.set(++this.#last, { at: this.now + ms, every, run });
    return this.#last;
  }
}

/** Lets promises that are due run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
