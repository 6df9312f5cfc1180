import { wantsOtherTransport } from './advice.js';
import { api } from './api.js';
import { bodyOf } from './draft.js';

/** @import { Finding, Stream } from './types.js' */

/** Whether this browser takes H.265 over WebRTC. */
export function playsH265() {
  const { codecs = [] } = globalThis.RTCRtpReceiver?.getCapabilities?.('video') ?? {};
  return codecs.some(({ mimeType }) => mimeType === 'video/H265');
}

/** One test of a camera's streams, one after the other: many cameras take few connections. */
export class TestRun {
  #streams;
  #say;
  #test;
  #ended = new AbortController();

  /**
   * @param {Stream[]} streams The large picture first.
   * @param {(key: string) => void} say What is under way.
   * @param {(stream: object, signal: AbortSignal) => Promise<Finding>} [test]
   */
  constructor(streams, say, test = api.test) {
    this.#streams = streams;
    this.#say = say;
    this.#test = test;
  }

  /** Nobody waits for it any more. */
  stop() {
    this.#ended.abort();
  }

  /**
   * The streams that answer, and what was found. A camera that refuses TCP gets the transport that
   * it takes.
   * @returns {Promise<{streams: Stream[], main: Finding, sub: Finding | null}>}
   */
  async run() {
    let [first, second] = this.#streams;
    this.#say('test.running');
    let main = await this.#of(first);
    if (wantsOtherTransport(main)) {
      first = { ...first, transport: 'auto' };
      if (second) second = { ...second, transport: 'auto' };
      main = await this.#of(first);
    }
    if (!main.ok || !second) return { streams: [first], main, sub: null };
    this.#say('guide.test.sub');
    const sub = await this.#of(second);
    return { streams: sub.ok ? [first, second] : [first], main, sub };
  }

  /** @param {Stream} stream */
  #of(stream) {
    const [sent] = bodyOf({ id: '', streams: [stream] }).streams;
    return this.#test(sent, this.#ended.signal);
  }
}
