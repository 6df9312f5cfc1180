/** @import { Look } from '../picture/types.js' */
/** @import { Layout } from './types.js' */

/** @param {string | undefined} list */
const split = (list) => (list ? list.split(',').map((name) => name.trim()) : []);

/**
 * How a layout shows a camera.
 * @param {Layout} layout
 * @param {string} id
 * @returns {Look}
 */
export function lookOf({ fill, mirror, turn }, id) {
  const [, degrees] = split(turn)
    .map((entry) => entry.split(':'))
    .find(([name]) => name === id) ?? ['', '0'];
  const quarter = Math.round(Number(degrees) / 90) % 4;
  return {
    fill: names(fill, id),
    mirror: names(mirror, id),
    turn: Number.isFinite(quarter) ? ((quarter + 4) % 4) * 90 : 0,
  };
}

/**
 * A layout that shows a camera in another way.
 * @param {Layout} layout
 * @param {string} id
 * @param {Partial<Look>} look What is to change.
 * @returns {Layout}
 */
export function withLook(layout, id, look) {
  const { fill, mirror, turn } = { ...lookOf(layout, id), ...look };
  const turned = split(layout.turn).filter((entry) => entry.split(':')[0] !== id);
  return {
    ...layout,
    fill: renamed(layout.fill, id, fill),
    mirror: renamed(layout.mirror, id, mirror),
    turn: [...turned, ...(turn ? [`${id}:${turn}`] : [])].join(','),
  };
}

/** Whether a list has a camera in it: by its name, or by a star and no `!` before its name. */
function names(/** @type {string | undefined} */ list, /** @type {string} */ id) {
  const entries = split(list);
  return entries.includes(id) || (entries.includes('*') && !entries.includes(`!${id}`));
}

/**
 * @param {string | undefined} list
 * @param {string} id
 * @param {boolean} there
 */
function renamed(list, id, there) {
  const others = split(list).filter((entry) => entry !== id && entry !== `!${id}`);
  const all = others.includes('*');
  if (there === all) return others.join(',');
  return [...others, there ? id : `!${id}`].join(',');
}
