import { Drag } from '../order/drag.js';
import { resize } from './fit.js';
import { Offer } from './offer.js';
import { Resizer } from './resize.js';
import { packResized } from './resized.js';
import { Tile } from './tile.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Wall } from './wall.js' */

/**
 * Lets people move and resize tiles, and take that back.
 * @param {HTMLElement} element Has the tiles.
 * @param {Wall} wall
 * @param {Arrangement} arrangement
 */
export function arrangeByHand(element, wall, arrangement) {
  const mayStart = (/** @type {PointerEvent} */ { pointerType, target }) => {
    if (wall.alone !== null || !(target instanceof Element)) return false;
    if (target.closest('.mover')) return true;
    return pointerType === 'mouse' && !target.closest('button, input, .panel');
  };
  new Drag(element, 'fanlight-tile', mayStart, (item, target) =>
    wall.move(/** @type {Tile} */ (item), /** @type {Tile} */ (target)),
  );
  wall.plan.use(packResized);
  new Resizer(element, wall, (tile, span) => resize(tile, span, wall, arrangement));
  element.addEventListener('fanlight-span', (event) => {
    if (!(event.target instanceof Tile)) return;
    const span = /** @type {CustomEvent<number>} */ (event).detail;
    resize(event.target, span, wall, arrangement);
  });
  new Offer(document.body, wall, arrangement);
}
