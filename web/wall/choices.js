import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { SIZES, isAround } from './grid.js';

/** Fills a choice of how many cameras a page has, in the reader's language. @param {HTMLSelectElement} select */
export function writeSizes(select) {
  if (!select.length) SIZES.forEach((size) => select.append(make('option', { value: size })));
  SIZES.forEach((size, at) => write(select.options[at], sizeText(size)));
}

/** @param {import('./grid.js').Size} size */
function sizeText(size) {
  if (isAround(size)) {
    const [, count] = String(size).split('+');
    return words.text('grid.around', { count: words.number(Number(count)) });
  }
  return words.text(size ? 'grid.tiles' : 'grid.auto', { size: words.number(Number(size)) });
}
