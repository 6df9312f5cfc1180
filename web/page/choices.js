import { LANGUAGES, tagOf, words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';

/** Each language in its own words. */
const NAMES = /** @type {Record<string, string>} */ ({
  de: 'Deutsch',
  en: 'English',
  es: 'Español',
  ja: '日本語',
  ko: '한국어',
  zh: '简体中文',
});
/** The first is usual. */
const THEMES = ['system', 'light', 'dark'];

/**
 * A choice of the page's language.
 * @param {string} id
 * @param {(language: string) => void} [use] What a choice does.
 */
export function languageSelect(id, use = (language) => void words.use(language)) {
  const select = make('select', { id });
  for (const language of LANGUAGES) {
    select.append(make('option', { value: language, lang: tagOf(language) }, NAMES[language]));
  }
  const follow = () => {
    select.value = words.language;
    mark(select, 'aria-label', words.text('language.choose'));
    mark(select, 'title', words.text('language.choose'));
  };
  select.addEventListener('change', () => {
    words.remember(select.value);
    use(select.value);
  });
  words.addEventListener('change', follow);
  follow();
  return select;
}

/** A choice of light or dark; page/theme.js does it. @param {string} id */
export function themeSelect(id) {
  const select = make('select', { id });
  for (const theme of THEMES) select.append(make('option', { value: theme }));
  const follow = () => {
    for (const option of select.options) write(option, words.text(`theme.${option.value}`));
    select.value = document.documentElement.dataset.themeChoice ?? THEMES[0];
    mark(select, 'aria-label', words.text('theme.choose'));
    mark(select, 'title', words.text('theme.choose'));
  };
  select.addEventListener('change', () => {
    dispatchEvent(new CustomEvent('fanlight-theme', { detail: select.value }));
  });
  // Chosen in another tab.
  addEventListener('storage', follow);
  words.addEventListener('change', follow);
  follow();
  return select;
}
