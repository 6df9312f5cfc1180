import { place, shapeOf } from './slices.js';

/** @import { Box, Content } from './slices.js' */

/** A column that is no longer than this many windows is made to fit. */
const NEARLY = 1.12;

/**
 * Places pictures one below the other, as wide as the space or as a column of it, for a space that
 * scrolls: a phone that is held upright.
 * @param {Content} content
 * @param {number} columns
 * @param {number} width
 * @param {number} height Of the space: no picture is higher.
 * @param {boolean[]} [across] Which are as wide as all columns.
 * @returns {Box[]}
 */
export function inColumns(content, columns, width, height, across = []) {
  const { aspects, gap, footer } = content;
  const all = { row: false, parts: aspects.map((_, at) => at) };
  const { slope, extra } = shapeOf(all, content);
  if (columns === 1 && slope * width + extra <= height * NEARLY) {
    return place(all, content, width, height);
  }
  const wide = (width - gap * (columns - 1)) / columns;
  /** How far each column has come. */
  const ends = Array.from({ length: columns }, () => 0);
  const boxes = aspects.map((aspect, at) => {
    const column = across[at] ? 0 : ends.indexOf(Math.min(...ends));
    const room = across[at] ? width : wide;
    const picture = Math.min(room, (height - footer) * aspect);
    const box = {
      x: Math.round(column * (wide + gap) + (room - picture) / 2),
      y: across[at] ? Math.max(...ends) : ends[column],
      width: Math.round(picture),
      height: Math.round(picture / aspect) + footer,
    };
    if (across[at]) ends.fill(box.y + box.height + gap);
    else ends[column] = box.y + box.height + gap;
    return box;
  });
  // Two columns of a few may end above the end of the window: in the middle they are in reach.
  const free = Math.max(0, Math.round((height - Math.max(...ends) + gap) / 2));
  return boxes.map((box) => ({ ...box, y: box.y + free }));
}
