import { words } from './i18n.js';

/** @typedef {import('./player.js').State} State */
/** @typedef {import('./signalling.js').Reason} Reason */

/**
 * A player's state in words.
 * @typedef {object} Status
 * @property {string} brief Two or three words, without numbers: for the caption when space is short.
 * @property {string} text The same with times; changes each second.
 * @property {string} why For people.
 * @property {string} detail In the server's own words (English), for whoever looks after it.
 */

/**
 * @param {State} state
 * @param {number} [now] Date.now() time.
 * @returns {Status}
 */
export function describe(state, now = Date.now()) {
  const brief = words.text(`state.${state.name}`);
  const status = {
    brief,
    text: brief,
    why: why(state.reason),
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

/** @param {Reason | null} reason */
function why(reason) {
  const key = `reason.${reason?.code}`;
  return words.has(key) ? words.text(key) : '';
}
