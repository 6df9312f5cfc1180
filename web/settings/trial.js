import { api } from './api.js';
import { bodyOf } from './draft.js';

/** @import { Settings } from './types.js' */

/**
 * A camera that is on the server so that its picture can be looked at, until it is kept under its
 * name or taken back. It connects only while somebody looks: if this page is lost, an ordinary
 * camera stays, which can be edited and removed like any other.
 */
export class Trial {
  /** '': there is none. */
  #id = '';
  /** What the last call waits for: calls come one after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();

  get id() {
    return this.#id;
  }

  /** @param {Settings} settings Of a camera that the server does not have. */
  begin(settings) {
    return this.#next(async () => {
      const streams = settings.streams.map((stream) => ({ ...stream, pull: 'on_demand' }));
      await api.add(bodyOf({ ...settings, streams }));
      this.#id = settings.id;
    });
  }

  /** Takes it back. */
  end() {
    return this.#next(async () => {
      const id = this.#id;
      if (!id) return;
      this.#id = '';
      await api.remove(id);
    });
  }

  /**
   * Makes it a camera that stays. With another id it is another camera, which takes its place in
   * the same step: a failure leaves the trial as it is.
   * @param {Settings} settings
   */
  keep(settings) {
    return this.#next(async () => {
      const body = bodyOf(settings);
      if (body.id === this.#id) await api.change(body.id, body);
      // A line of JSON is YAML, too.
      else await api.import({ yaml: `- ${JSON.stringify(body)}`, remove: [this.#id] });
      this.#id = '';
    });
  }

  /** The page goes: the request that takes it back goes on without the page. */
  abandon() {
    if (this.#id) void api.remove(this.#id, { keepalive: true }).catch(() => {});
    this.#id = '';
  }

  /** @param {() => Promise<void>} act */
  #next(act) {
    const next = this.#last.then(act);
    this.#last = next.catch(() => {});
    return next;
  }
}
