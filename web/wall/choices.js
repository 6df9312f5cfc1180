import { LANGUAGES, words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { SIZES, isAround } from './grid.js';

/** Each language in its own words. */
const NAMES = /** @type {Record<string, string>} */ ({ en: 'English', ko: '한국어' });

/** A choice of the page's language. @param {string} id */
export function languageSelect(id) {
  const select = make('select', { id });
  for (const language of LANGUAGES) {
    select.append(make('option', { value: language, lang: language }, NAMES[language]));
  }
  const follow = () => {
    select.value = words.language;
    mark(select, 'aria-label', words.text('language.choose'));
  };
  select.addEventListener('change', () => {
    words.remember(select.value);
    void words.use(select.value);
  });
  words.addEventListener('change', follow);
  follow();
  return select;
}

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
