import { words } from '../i18n/words.js';
import { codecText } from './facts.js';

/** @import { Camera, State } from '../player/types.js' */
/** @import { Status } from './types.js' */

/**
 * @param {State} state
 * @param {Camera} camera
 * @param {number} [now] Date.now() time.
 * @returns {Status}
 */
export function describe(state, camera, now = Date.now()) {
  const { code = '' } = state.reason ?? {};
  const brief = briefOf(state, camera);
  const status = {
    brief,
    text: brief,
    why: why(code, camera),
    todo: textOf(`todo.${code}`),
    // What the page says itself it says better, and in the reader's language.
    detail: textOf(`detail.${code}`) || words.said(state.reason ?? {}, 'message'),
  };
  const seconds = words.number(Math.max(0, Math.floor((now - state.since) / 1000)));
  const left = words.number(Math.max(0, Math.ceil((state.retryAt - now) / 1000)));
  switch (state.name) {
    case 'connecting':
      status.text = words.text('state.connecting.for', { seconds });
      break;
    case 'retrying':
      status.text = words.text('state.retrying.in', { seconds: left });
      break;
    case 'offline':
      status.text = words.text('state.offline.since', { time: words.time(state.since) });
      break;
  }
  return status;
}

/** @param {string} key */
const textOf = (key) => (words.has(key) ? words.text(key) : '');

/** A refusal is called by its cause, where that has a name. @param {State} state @param {Camera} camera */
function briefOf({ name, reason }, { video_codec }) {
  const key = `refused.${reason?.code}`;
  const sent = codecText(video_codec ?? null);
  const named = name === 'refused' && words.has(key) && (sent || reason?.code !== NO_CODEC);
  return named ? words.text(key, { sent: sent ?? '' }) : words.text(`state.${name}`);
}

/**
 * @param {string} code
 * @param {Camera} camera
 */
function why(code, { video_codec }) {
  const sent = codecText(video_codec ?? null);
  if (code !== NO_CODEC || !sent) return textOf(`reason.${code}`);
  return words.text('reason.codecs', { sent, taken: words.list(decodable()) });
}

const NO_CODEC = 'no_common_codec';
/** Mends and carries, but is no video. */
const NO_CODECS = ['RTX', 'RED', 'ULPFEC', 'FLEXFEC-03'];

/** What this browser can decode, in names for people. */
function decodable() {
  const { codecs = [] } = globalThis.RTCRtpReceiver?.getCapabilities?.('video') ?? {};
  const names = codecs.map(({ mimeType }) => mimeType.slice(mimeType.indexOf('/') + 1));
  const video = names.filter((name) => !NO_CODECS.includes(name.toUpperCase()));
  return [...new Set(video)].map((name) => codecText(name) ?? name);
}
