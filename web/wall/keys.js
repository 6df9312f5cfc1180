import { toggleFullscreen } from '../picture/actions.js';
import { SIZES } from './grid.js';
import { undoByKey } from './undo.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Wall } from './wall.js' */

/**
 * The keys that work wherever the focus is; those of a tile are its own.
 * @param {object} around
 * @param {Wall} around.wall
 * @param {Arrangement} around.arrangement
 * @param {{open: boolean, toggle: () => void}} around.drawer
 * @param {{open: () => void}} around.help
 */
export function listenToKeys({ wall, arrangement, drawer, help }) {
  const nextGrid = () => {
    arrangement.grid = SIZES[(SIZES.indexOf(arrangement.grid) + 1) % SIZES.length];
  };
  const plain = /** @type {Record<string, () => void>} */ ({
    Escape: () => (drawer.open ? drawer.toggle() : wall.focusOn(null)),
    PageDown: () => wall.turn(1),
    PageUp: () => wall.turn(-1),
    KeyG: nextGrid,
    KeyA: () => drawer.toggle(),
  });
  const shifted = /** @type {Record<string, () => void>} */ ({
    KeyI: () => (wall.statisticsShown = !wall.statisticsShown),
    KeyF: () => void toggleFullscreen(document.documentElement),
  });

  document.addEventListener('keydown', (event) => {
    const { target } = event;
    const typed = target instanceof Element && target.closest('input, select, textarea, dialog');
    if (!typed && (event.ctrlKey || event.metaKey)) {
      return undoByKey(wall, arrangement, event);
    }
    if (typed || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const act =
      event.key === '?' ? () => help.open() : (event.shiftKey ? shifted : plain)[event.code];
    if (act) {
      event.preventDefault();
      act();
    } else if (target === document.body) {
      lead(wall, event);
    }
  });
}

/** Where nothing has the focus, the picture alone takes the keys, or the arrows find the first tile. */
function lead(/** @type {Wall} */ wall, /** @type {KeyboardEvent} */ event) {
  const [first] = wall.shownTiles;
  if (!first) return;
  if (wall.alone) first.key(event);
  else if (event.key.startsWith('Arrow')) first.focus();
}
