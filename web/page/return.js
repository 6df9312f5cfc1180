import { Backoff } from '../player/backoff.js';

/** What proxies answer for a server that is not there; sw.js has the same. */
export const ABSENT = [502, 503, 504];
/** How long an answer may take. */
const ANSWER_MS = 10000;

/** Asks for the server again and again, and says once that it is back. */
export class Return {
  /** When it is asked again (Date.now() time); 0: now. */
  retryAt = 0;
  #url;
  #onBack;
  #fetch;
  #backoff;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} url A page of the server.
   * @param {() => void} onBack
   * @param {object} [options]
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {Backoff} [options.backoff]
   */
  constructor(url, onBack, { fetch = globalThis.fetch, backoff } = {}) {
    this.#url = url;
    this.#onBack = onBack;
    this.#fetch = fetch.bind(globalThis);
    this.#backoff = backoff ?? new Backoff({ first: 4000, cap: 30000 });
    this.#wait();
  }

  /** Asks now instead of at the end of the waiting time. */
  async ask() {
    if (!this.retryAt) return;
    clearTimeout(this.#timer);
    this.retryAt = 0;
    if (await this.#answers()) this.#onBack();
    else this.#wait();
  }

  #wait() {
    const wait = this.#backoff.next();
    this.retryAt = Date.now() + wait;
    this.#timer = setTimeout(() => void this.ask(), wait);
  }

  async #answers() {
    try {
      // A proxy that sends people to its login is there, too.
      const { status } = await this.#fetch(this.#url, {
        method: 'HEAD',
        cache: 'no-store',
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return !ABSENT.includes(status);
    } catch {
      return false;
    }
  }
}
