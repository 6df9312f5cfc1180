import { words } from '../i18n/words.js';
import { codecText } from './facts.js';

/** @import { Camera, Reason, State } from '../player/types.js' */
/** @import { Status } from './types.js' */

/**
 * @param {State} state
 * @param {Camera} camera
 * @param {number} [now] Date.now() time.
 * @returns {Status}
 */
export function describe(state, camera, now = Date.now()) {
  const brief = words.text(`state.${state.name}`);
  const status = {
    brief,
    text: brief,
    why: why(state.reason, camera),
    detail: state.reason?.message ?? '',
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

/**
 * @param {Reason | null} reason
 * @param {Camera} camera
 */
function why(reason, { video_codec }) {
  const key = `reason.${reason?.code}`;
  if (!words.has(key)) return '';
  const sent = codecText(video_codec ?? null);
  if (reason?.code !== 'no_common_codec' || !sent) return words.text(key);
  const taken = words.list(decodable());
  return `${words.text(key)} ${words.text('reason.codecs', { sent, taken })}`;
}

/** Mends and carries, but is no video. */
const NO_CODECS = ['RTX', 'RED', 'ULPFEC', 'FLEXFEC-03'];

/** What this browser can decode, in names for people. */
function decodable() {
  const { codecs = [] } = globalThis.RTCRtpReceiver?.getCapabilities?.('video') ?? {};
  const names = codecs.map(({ mimeType }) => mimeType.slice(mimeType.indexOf('/') + 1));
  const video = names.filter((name) => !NO_CODECS.includes(name.toUpperCase()));
  return [...new Set(video)].map((name) => codecText(name) ?? name);
}
