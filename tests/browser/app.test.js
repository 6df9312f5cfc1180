import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { graveFaults } from './support/axe.js';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, openPage, TEST_MS, waitUntilAllLive } from './support/page.js';
import { serveWebBelow } from './support/static_server.js';
import { together } from './support/together.js';

/** The page as an app of its own: icons, and what it shows without a server. */

/** @type {House} */
let house;
/** @type {Awaited<ReturnType<typeof serveWebBelow>>} */
let proxy;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const cameras = [{ id: 'front', name: 'Front door', audio: 'none' }];
  [house, browser] = await together(House.open(cameras), launchChromium());
  proxy = await serveWebBelow('/cameras/');
});

after(async () => {
  await browser?.close();
  await proxy?.close();
  await house?.close();
});

/**
 * A page whose service worker has all that it needs.
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function openWithWorker(url, options = {}) {
  const opened = await openPage(browser, url, { serviceWorkers: 'allow', ...options });
  await opened.page.evaluate(() => navigator.serviceWorker.ready);
  return opened;
}

/** @param {import('playwright-core').Page} page */
const title = (page) => page.getByRole('heading', { level: 1 }).textContent();

test('Chromium finds nothing that keeps the page from being installed', async () => {
  const { page, close } = await openWithWorker(house.url);
  const devtools = await page.context().newCDPSession(page);

  const { errors, url, data } = await devtools.send('Page.getAppManifest');
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');

  assert.deepEqual(errors, []);
  assert.equal(url, `${house.url}manifest.webmanifest`);
  // A window of a test is one of those that keep nothing.
  const ids = installabilityErrors.map(({ errorId }) => errorId);
  assert.deepEqual(
    ids.filter((id) => id !== 'in-incognito'),
    [],
  );
  for (const { src, sizes, type } of JSON.parse(data ?? '{}').icons) {
    const shown = await page.evaluate(async (address) => {
      const response = await fetch(address);
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      return {
        type: response.headers.get('content-type'),
        sizes: `${picture.naturalWidth}x${picture.naturalHeight}`,
      };
    }, src);
    assert.equal(shown.type, type, src);
    if (sizes !== 'any') assert.equal(shown.sizes, sizes, src);
  }
  for (const [name, type] of [
    ['favicon.ico', 'image/vnd.microsoft.icon'],
    ['icons/touch.png', 'image/png'],
  ]) {
    const answer = await fetch(new URL(name, house.url));
    assert.equal(answer.status, 200, name);
    assert.equal(answer.headers.get('content-type'), type, name);
  }
  await close();
});

test(
  'a page that is opened without its server says so, and comes back with it',
  { timeout: TEST_MS },
  async () => {
    const { page, faults, close } = await openWithWorker(house.url);
    await waitUntilAllLive(page);
    await house.stopServer();

    await page.reload();
    assert.equal(await title(page), 'Can’t reach the server');
    assert.equal(await page.title(), 'Can’t reach the server – Fanlight');
    await page.getByText('Retrying in').waitFor();
    await keepScreenshot(page, 'no server');
    assert.deepEqual(await graveFaults(page), []);
    await page.goto(`${house.url}settings.html`);
    assert.equal(await title(page), 'Can’t reach the server');

    await page.goto(`${house.url}?kiosk`);
    await house.startServer();
    await waitUntilAllLive(page);
    assert.equal(new URL(page.url()).search, '?kiosk');
    assert.deepEqual(faults, []);
    await close();
  },
);

test('on a phone, in Korean, by a press of the button', { timeout: TEST_MS }, async () => {
  const { page, close } = await openWithWorker(house.url, {
    viewport: { width: 390, height: 844 },
    locale: 'ko-KR',
    colorScheme: 'light',
  });
  await house.stopServer();
  await page.reload();
  assert.equal(await title(page), '서버에 연결할 수 없습니다');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko');
  await keepScreenshot(page, 'no server, phone');

  await house.startServer();
  await page.getByRole('button', { name: '지금 다시 시도' }).click();

  await waitUntilAllLive(page);
  await close();
});

test(
  'it works below a path, behind a proxy that is still there',
  { timeout: TEST_MS },
  async () => {
    const { page, close } = await openWithWorker(proxy.url);
    const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
    assert.equal(scope, proxy.url);
    proxy.there = false;

    await page.reload();
    assert.equal(await title(page), 'Can’t reach the server');

    proxy.there = true;
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.locator('#wall').waitFor({ state: 'attached' });
    await close();
  },
);

test('nothing but the page without a server is kept', { timeout: TEST_MS }, async () => {
  const { page, close } = await openWithWorker(house.url);
  await waitUntilAllLive(page);

  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => url.slice(document.baseURI.length));
  });

  assert.ok(kept.includes('offline.html'));
  for (const name of kept) assert.match(name, /^(offline|favicon|page|i18n|picture|player)/);
  assert.ok(!kept.some((name) => /api|whep|wall|app\.js|index|settings/.test(name)), String(kept));
  await close();
});
