/** @import { Settings } from './types.js' */

/** What the list can be narrowed to, and the cameras' states that it is. */
export const STATES = /** @type {Record<string, string[]>} */ ({
  trouble: ['retrying', 'refused'],
  live: ['live'],
  connecting: ['connecting'],
  idle: ['idle'],
});

/** @param {string} text */
const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Whether a camera has every word that was typed, in its name, id or URLs, and such a state.
 * @param {Settings} camera
 * @param {string} state As the server says; '': nothing yet.
 * @param {{text: string, state: string}} wish Each '': any.
 */
export function matches(camera, state, wish) {
  if (wish.state && !STATES[wish.state]?.includes(state)) return false;
  const all = plain([camera.name, camera.id, ...camera.streams.map(({ url }) => url)].join(' '));
  return plain(wish.text)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/**
 * Names for a question about many, the rest as a number.
 * @param {string[]} names
 * @returns {{names: string[], more: number}}
 */
export function few(names, most = 5) {
  // "and 1 more" says less than the name does.
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  return { names: shown, more: names.length - shown.length };
}
