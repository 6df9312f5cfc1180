/*
 * The service worker: answers for a server that cannot be reached with a page that says so and
 * comes back by itself (offline.html). Nothing else comes from a cache: the wall, its modules, the
 * API and video are always the server's.
 */
const worker = /** @type {any} */ (self);
const CACHE = 'fanlight-offline';
const PAGE = 'offline.html';
/** All that this page loads, in every language; tests/web/offline.test.js compares. */
const FILES = [
  PAGE,
  'offline.css',
  'favicon.svg',
  'page/theme.js',
  'page/offline.js',
  'page/return.js',
  'i18n/words.js',
  'i18n/offline.de.json',
  'i18n/offline.en.json',
  'i18n/offline.es.json',
  'i18n/offline.ja.json',
  'i18n/offline.ko.json',
  'i18n/offline.zh.json',
  'picture/element.js',
  'player/backoff.js',
];
/** What proxies answer for a server that is not there. */
const ABSENT = [502, 503, 504];
/** Documents that are this page. @type {Set<string>} */
const shown = new Set();

const urlOf = (/** @type {string} */ name) => new URL(name, worker.registration.scope).href;
const FILE_URLS = new Set(FILES.map(urlOf));

/** Whether it is the wall or the settings; below the folder are the API and others' players. */
function isPage(/** @type {string} */ url) {
  const { origin, pathname } = new URL(url);
  const { pathname: folder } = new URL(worker.registration.scope);
  const below = origin === location.origin && pathname.startsWith(folder);
  return below && /^(\w+\.html)?$/.test(pathname.slice(folder.length));
}

/** Keeps the page as the server has it: all files of one version, or none. */
async function keep() {
  const cache = await caches.open(CACHE);
  // A proxy's login page is none of them.
  const options = /** @type {RequestInit} */ ({ cache: 'no-cache', redirect: 'error' });
  await cache.addAll([...FILE_URLS].map((url) => new Request(url, options)));
}

async function kept(/** @type {string} */ url) {
  const cache = await caches.open(CACHE);
  return cache.match(url, { ignoreSearch: true, ignoreVary: true });
}

async function answer(/** @type {any} */ event) {
  /** @type {Response | undefined} */
  let answered;
  try {
    answered = (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    // No network, or no server.
  }
  if (answered && !ABSENT.includes(answered.status)) return answered;
  const page = await kept(urlOf(PAGE));
  if (page) shown.add(event.resultingClientId);
  return page ?? answered ?? Response.error();
}

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(keep());
  worker.skipWaiting();
});

// A page has been loaded: the server is there, and may be a newer one.
worker.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data === 'keep') event.waitUntil(keep().catch(() => {}));
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  // The request for a page need not wait until this worker runs.
  event.waitUntil(worker.registration.navigationPreload?.enable());
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request, clientId } = event;
  if (request.mode === 'navigate') {
    if (isPage(request.url)) event.respondWith(answer(event));
  } else if (shown.has(clientId) && FILE_URLS.has(request.url)) {
    event.respondWith(kept(request.url).then((file) => file ?? fetch(request)));
  }
});
