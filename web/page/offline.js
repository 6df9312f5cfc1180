import { Words, words } from '../i18n/words.js';
import { write } from '../picture/element.js';
import { Return } from './return.js';

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The page that sw.js gives in place of one that the server does not give. */
const language = Words.preferred();
await words.use(language, `offline.${language}`, { reasons: 'never' });
document.documentElement.lang = words.tag;
document.title = `${words.text('title')} – Fanlight`;
write(byId('title'), words.text('title'));
write(byId('detail'), words.text('detail'));
write(byId('now'), words.text('now'));

const back = new Return(location.href, () => location.reload());
const show = () => {
  const seconds = Math.max(0, Math.ceil((back.retryAt - Date.now()) / 1000));
  const text = back.retryAt
    ? words.text('retry', { seconds: words.number(seconds) }, seconds)
    : words.text('trying');
  write(byId('retry'), text);
};
const ask = () => {
  void back.ask().then(show);
  show();
};
byId('now').addEventListener('click', ask);
addEventListener('online', ask);
document.addEventListener('visibilitychange', () => document.hidden || ask());
setInterval(show, 1000);
show();
