import { Drag } from '../order/drag.js';
import { Offer } from './offer.js';
import { Resizer } from './resize.js';
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
  new Resizer(element, (tile, span) => wall.resize(tile, span));
  element.addEventListener('fanlight-span', (event) => {
    if (!(event.target instanceof Tile)) return;
    wall.resize(event.target, /** @type {CustomEvent<number>} */ (event).detail);
  });
  new Offer(document.body, wall, arrangement);
}
