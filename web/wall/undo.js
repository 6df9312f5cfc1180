import { words } from '../i18n/words.js';

/** @import { Arrangement } from './arrangement.js' */

/** @typedef {{announce: (text: string) => string}} Announcing */

/**
 * Takes the last change of the wall back, or makes it again, and says so.
 * @param {Announcing} wall
 * @param {Arrangement} arrangement
 * @param {boolean} [again]
 * @returns {boolean} Whether there was one.
 */
export function undo(wall, arrangement, again = false) {
  const done = again ? arrangement.redo() : arrangement.undo();
  if (done) wall.announce(words.text(again ? 'undo.redone' : 'undo.undone'));
  return done;
}

/**
 * As editors do; not behind a camera that is alone, where nobody would see it.
 * @param {Announcing & {alone: string | null}} wall
 * @param {Arrangement} arrangement
 * @param {KeyboardEvent} event
 */
export function undoByKey(wall, arrangement, event) {
  // A Korean layout has other letters on the keys.
  const letter = /^[a-z]$/i.test(event.key) ? event.key : event.code.replace('Key', '');
  const key = letter.toLowerCase();
  if (event.altKey || wall.alone !== null || !['z', 'y'].includes(key)) return;
  if (undo(wall, arrangement, key === 'y' || event.shiftKey)) event.preventDefault();
}
