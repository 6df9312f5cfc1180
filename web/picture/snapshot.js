/** @import { Screen } from './screen.js' */
/** @import { Look } from './types.js' */

/**
 * The frame that is on the screen now, as large as the camera sent it.
 * @param {Screen} screen
 * @param {Pick<Look, 'mirror' | 'turn'>} [look] How it is turned there.
 * @returns {Promise<Blob | null>} A JPEG; null: nothing is shown.
 */
export async function takeSnapshot(screen, { mirror, turn } = { mirror: false, turn: 0 }) {
  const { shown } = screen;
  if (!shown) return null;
  const { width, height } = shown;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = turn % 180 ? [height, width] : [width, height];
  const context = canvas.getContext('2d');
  context?.translate(canvas.width / 2, canvas.height / 2);
  if (mirror) context?.scale(-1, 1);
  context?.rotate((turn * Math.PI) / 180);
  context?.drawImage(shown.source, -width / 2, -height / 2);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
}

/**
 * "Front door 2026-11-25 07.17.56.jpg", in local time: what every file system takes, and sorts.
 * @param {string} name Of the camera.
 * @param {Date} at
 */
export function snapshotName(name, at) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.');
  const safe = name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim() || 'camera';
  return `${safe} ${day} ${time}.jpg`;
}

/**
 * Hands a file to the browser's downloads.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
