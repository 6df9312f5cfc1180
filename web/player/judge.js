/** @import { Signalling } from './signalling.js' */
/** @import { Camera, Reason, StateName } from './types.js' */

/** @type {Reason} */
const OUT_OF_SIGHT = { code: 'out_of_sight', message: '' };

/**
 * The state of a player, of all that it knows: what is wrong farthest from the picture goes first.
 * @param {object} facts
 * @param {boolean} facts.wanted
 * @param {boolean} facts.seen
 * @param {Pick<Signalling, 'phase' | 'refusal' | 'suspicion' | 'retryAt'>} facts.signalling
 * @param {Camera} facts.camera
 * @param {boolean} facts.offline Whether the server has lost the camera.
 * @param {Reason | null} facts.refusal Why trying has stopped.
 * @param {Reason | null} facts.failure Of the last session, while the next one waits.
 * @param {boolean} facts.playing
 * @param {boolean} facts.stalled
 * @returns {{name: StateName, reason: Reason | null}}
 */
export function judge(facts) {
  const { wanted, seen, signalling, camera, offline, refusal, failure, playing, stalled } = facts;
  const waits = (camera.key_frame_wait_ms ?? -1) >= 0;
  const words = { code: codeOf(camera, waits), message: camera.reason ?? '' };
  if (!wanted) return { name: 'paused', reason: null };
  if (signalling.phase !== 'open') {
    if (signalling.refusal) return { name: 'refused', reason: signalling.refusal };
    if (signalling.retryAt > 0) return { name: 'gone', reason: signalling.suspicion };
    return { name: 'connecting', reason: null };
  }
  if (refusal) return { name: 'refused', reason: refusal };
  if (camera.state === 'refused') return { name: 'refused', reason: words };
  if (offline) return { name: 'offline', reason: words };
  if (!seen) return { name: 'paused', reason: OUT_OF_SIGHT };
  if (playing) return { name: stalled ? 'stalled' : 'live', reason: null };
  if (failure) return { name: 'retrying', reason: failure };
  return { name: 'connecting', reason: waits ? words : null };
}

/**
 * @param {Camera} camera
 * @param {boolean} waits Video arrives, but no key frame.
 */
function codeOf({ state }, waits) {
  if (!waits) return `camera_${state}`;
  return state === 'refused' ? 'no_key_frames' : 'waiting_for_key_frame';
}
