import { words } from '../i18n/words.js';
import { nextSpan } from './spans.js';

/** @import { Action, Look } from '../picture/types.js' */
/** @import { Arrangement } from './arrangement.js' */
/** @import { Tile } from './tile.js' */

/**
 * How the camera is shown on this wall.
 * @param {Tile} tile
 * @param {Arrangement} arrangement
 * @returns {Action[]}
 */
export function lookActions({ picture, player }, arrangement) {
  const change = (/** @type {Partial<Look>} */ look) => arrangement.look(player.camera.id, look);
  return [
    {
      name: 'fill',
      rare: true,
      icon: () => 'fill',
      label: () => words.text('action.fill'),
      pressed: () => picture.look.fill,
      run: () => change({ fill: !picture.look.fill }),
    },
    {
      name: 'turn',
      rare: true,
      icon: () => 'turn',
      label: () => words.text('action.turn'),
      run: () => change({ turn: (picture.look.turn + 90) % 360 }),
    },
    {
      name: 'mirror',
      rare: true,
      icon: () => 'mirror',
      label: () => words.text('action.mirror'),
      pressed: () => picture.look.mirror,
      run: () => change({ mirror: !picture.look.mirror }),
    },
  ];
}

/**
 * How large the tile is among the others. The keys are those that zoom a camera which is alone.
 * @param {Tile} tile
 * @param {Arrangement} arrangement
 * @returns {Action[]}
 */
export function sizeActions(tile, arrangement) {
  const { id } = tile.player.camera;
  const wall = () => tile.parentElement;
  const isUpright = () => wall()?.hasAttribute('data-upright') ?? false;
  /** There is one width on a phone that shows one column. */
  const fixed = () => tile.focused || (isUpright() && arrangement.columns === 1);
  const resized = () => (isUpright() ? arrangement.isAcross(id) : arrangement.spanOf(id) > 0);
  const step = (/** @type {-1 | 1} */ larger) => {
    if (fixed()) return;
    const next = nextSpan(tile.offsetWidth, wall()?.clientWidth ?? 1, larger);
    tile.resize(isUpright() ? (larger > 0 ? 2 : 0) : next);
  };
  return [
    {
      name: 'smaller',
      key: '-',
      rare: true,
      icon: () => 'out',
      label: () => words.text('action.smaller'),
      hidden: fixed,
      run: () => step(-1),
    },
    {
      name: 'larger',
      key: 'Plus',
      rare: true,
      icon: () => 'in',
      label: () => words.text('action.larger'),
      hidden: fixed,
      run: () => step(1),
    },
    {
      name: 'usual',
      key: '0',
      rare: true,
      icon: () => 'whole',
      label: () => words.text('action.usual'),
      hidden: () => fixed() || !resized(),
      run: () => {
        if (!fixed() && resized()) tile.resize(0);
      },
    },
  ];
}
