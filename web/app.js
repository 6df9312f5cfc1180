import { Words, words } from './i18n.js';
import { icon } from './icons.js';
import { Signalling } from './signalling.js';
import { Wall } from './wall.js';

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const address = new URL('ws', document.baseURI);
address.protocol = address.protocol.replace('http', 'ws');
const signalling = new Signalling(address.href);
const wall = new Wall(byId('wall'), byId('announcer'), signalling);
let statisticsShown = false;

/** The line beside the name, and what stands in place of tiles while there are none. */
function showSummary() {
  const { phase, retryAt, cameras } = signalling;
  const live = wall.tiles.filter(({ player }) => player.state.name === 'live').length;
  const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  const counts = { live: words.number(live), all: words.number(cameras.length) };
  const gone = phase !== 'open' && retryAt > 0;
  const retry =
    phase === 'waiting'
      ? words.text('wall.gone.retry', { seconds: words.number(seconds) }, seconds)
      : words.text('wall.gone.trying');

  document.body.dataset.server = gone ? 'gone' : phase === 'open' ? 'here' : 'connecting';
  byId('summary').textContent = gone ? words.text('wall.gone') : words.text('wall.live', counts);
  byId('summary').hidden = !gone && cameras.length === 0;
  byId('retry-text').textContent = retry;
  byId('retry').hidden = !gone;
  byId('empty').hidden = wall.tiles.length > 0;
  byId('connect-all').hidden = byId('statistics').hidden = wall.tiles.length === 0;
  byId('empty-text').textContent = gone
    ? words.text('wall.gone')
    : words.text(phase === 'open' ? 'wall.empty' : 'wall.connecting');
  byId('empty-detail').textContent = gone
    ? retry
    : phase === 'open'
      ? words.text('wall.empty.detail')
      : '';
  const wanted = wall.tiles.some(({ player }) => player.wanted);
  byId('connect-all').dataset.does = wanted ? 'disconnect' : 'connect';
  setButton(
    'connect-all',
    wanted ? 'wall.disconnect' : 'wall.connect',
    wanted ? 'disconnect' : 'connect',
  );
}

/**
 * @param {string} id
 * @param {string} key
 * @param {Parameters<typeof icon>[0]} picture
 */
function setButton(id, key, picture) {
  const button = byId(id);
  const text = words.text(key);
  if (button.title === text) return;
  const label = document.createElement('span');
  label.textContent = text;
  button.title = text;
  button.replaceChildren(icon(picture), label);
}

function showTexts() {
  document.documentElement.lang = words.language;
  byId('wall').setAttribute('aria-label', words.text('wall.label'));
  byId('language').setAttribute('aria-label', words.text('language.choose'));
  byId('try-now').textContent = words.text('action.retry');
  setButton('statistics', 'wall.statistics', 'statistics');
  showSummary();
}

async function start() {
  const language = /** @type {HTMLSelectElement} */ (byId('language'));
  await words.use(Words.preferred());
  language.value = words.language;
  language.addEventListener('change', () => {
    words.remember(language.value);
    void words.use(language.value);
  });
  words.addEventListener('change', showTexts);
  showTexts();

  byId('connect-all').addEventListener('click', () => {
    if (byId('connect-all').dataset.does === 'connect') wall.connectAll();
    else wall.disconnectAll();
    showSummary();
  });
  byId('statistics').addEventListener('click', () => {
    statisticsShown = !statisticsShown;
    byId('statistics').setAttribute('aria-pressed', String(statisticsShown));
    wall.showStatistics(statisticsShown);
  });
  byId('try-now').addEventListener('click', () => signalling.retryNow());
  wall.addEventListener('change', showSummary);
  signalling.on('phase', showSummary);
  setInterval(showSummary, 1000);
  // A network that is back, or a laptop that woke up, need not wait for the next try.
  addEventListener('online', () => signalling.retryNow());
  addEventListener('pagehide', () => signalling.stop());
  addEventListener('pageshow', () => signalling.start());
  signalling.start();
}

void start();
