/** @import { Camera } from '../player/types.js' */

/** Ids of cameras by the names of their groups, both in the server's order. @typedef {Map<string, string[]>} Groups */

/** @param {Camera[]} cameras @returns {Groups} */
export function groupsOf(cameras) {
  /** @type {Groups} */
  const groups = new Map();
  for (const { id, groups: names = [] } of cameras) {
    for (const name of names) groups.set(name, [...(groups.get(name) ?? []), id]);
  }
  return groups;
}

/** Whether a name in a wall stands for a group. @param {string} name */
export const isGroup = (name) => name.startsWith('@');
