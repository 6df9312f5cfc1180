import { Still } from '../picture/still.js';
import { Economy } from './economy.js';

/** @import { Tile } from './tile.js' */
/** @import { Seen } from './economy.js' */
/** @import { Wall } from './wall.js' */

const LOOK_MS = 1000;

/**
 * Makes still pictures of the tiles that are too many for the browser, as long as they are.
 * @param {Wall} wall
 */
export function limitPlaying(wall) {
  const economy = new Economy();
  /** @type {Map<Tile, Still>} */
  const stills = new Map();
  const end = (/** @type {Tile} */ tile) => {
    stills.get(tile)?.end();
    stills.delete(tile);
  };

  setInterval(() => {
    if (document.hidden) return;
    const { shownTiles } = wall;
    const wanted = economy.look(shownTiles.map(seen));
    for (const tile of stills.keys()) if (!tile.isConnected) end(tile);
    for (const tile of shownTiles) {
      if (!wanted.has(tile.player.camera.id)) end(tile);
      else if (!stills.has(tile)) stills.set(tile, new Still(tile.picture));
    }
  }, LOOK_MS);
  // Whoever enlarges a camera does not wait for the next look.
  wall.on('change', () => {
    for (const tile of stills.keys()) if (tile.focused) end(tile);
  });
}

/** @param {Tile} tile @returns {Seen} */
function seen(tile) {
  const { picture, player } = tile;
  const { statistics } = player;
  return {
    id: player.camera.id,
    area: tile.offsetWidth * tile.offsetHeight,
    kept: tile.focused || picture.heard || picture.inPictureInPicture,
    frames: statistics && {
      decoded: statistics.framesDecoded,
      dropped: statistics.framesDropped,
    },
  };
}
