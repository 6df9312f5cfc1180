import { Arranging } from './arranging.js';
import { Presence } from './presence.js';
import { Swipe } from './swipe.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Tile } from './tile.js' */
/** @import { Wall } from './wall.js' */
/** @import { Way } from './swipe.js' */

const COME_MS = 160;

/**
 * What fingers do on a wall; the page loads it where there are fingers.
 * @param {HTMLElement} element Has the tiles.
 * @param {Wall} wall
 * @param {Arrangement} arrangement
 */
export function listenToFingers(element, wall, arrangement) {
  new Presence(element);
  new Arranging(element, wall, arrangement);
  swipeThrough(element, wall);
}

/**
 * Sideways from one camera to the next, or from page to page, and down from one camera back to all.
 * @param {HTMLElement} element
 * @param {Wall} wall
 */
function swipeThrough(element, wall) {
  const alone = () => (wall.alone === null ? null : wall.shownTiles[0]);
  /** The one that a finger which goes this way uncovers. @param {Way} way @returns {Tile | undefined} */
  const next = (way) => {
    const { tiles } = wall;
    const at = tiles.findIndex(({ focused }) => focused);
    return tiles[way === 'left' ? at + 1 : at - 1];
  };
  new Swipe(element, {
    pushed: (way) => {
      const tile = alone();
      if (tile) return tile.picture.magnifier.zoomed ? null : tile;
      return way !== 'down' && wall.pages > 1 ? element : null;
    },
    leads: (way) => way === 'down' || !alone() || next(way) !== undefined,
    go: (way) => {
      if (!alone()) wall.turn(way === 'left' ? 1 : -1);
      else wall.focusOn(way === 'down' ? null : (next(way)?.player.camera.id ?? null));
      if (way === 'down' || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
      const from = way === 'left' ? '60%' : '-60%';
      const timing = { duration: COME_MS, easing: 'ease-out' };
      (alone() ?? element).animate([{ translate: from }, { translate: '0' }], timing);
    },
  });
}
