/** @import { Player } from './player.js' */
/** @import { Signalling } from './signalling.js' */

/**
 * What a bug report needs to know about a picture. No password is in it: the server never says any.
 * @param {Player} player
 * @param {Signalling} signalling
 */
export function reportOf(player, signalling) {
  const { camera, state, answer, moments, statistics, history } = player;
  const at = (/** @type {number} */ moment) => moment && Math.round(moment - moments.asked);
  return {
    at: new Date().toISOString(),
    server: { version: signalling.version, phase: signalling.phase },
    browser: navigator.userAgent,
    camera,
    state: { ...state, since: new Date(state.since).toISOString() },
    session: answer && {
      id: answer.id,
      transport: answer.transport,
      video_codec: answer.video_codec,
      audio_codec: answer.audio_codec,
      codec_reason: answer.codec_reason,
      answered_ms: at(moments.answered),
      connected_ms: at(moments.connected),
      pictured_ms: at(moments.pictured),
    },
    statistics,
    last_minute: history.series,
  };
}
