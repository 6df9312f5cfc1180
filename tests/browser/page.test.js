import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { installLoopback } from './support/loopback.js';
import {
  frameNumber,
  keepScreenshot,
  openPage,
  tileOf,
  waitForState,
  waitUntilAllLive,
  watchFrames,
} from './support/page.js';
import { serveWeb } from './support/static_server.js';

/** What the page does with a server that misbehaves on command: a stand-in inside the page. */

/** @type {Awaited<ReturnType<typeof serveWeb>>} */
let web;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let opened;

before(async () => {
  [web, browser] = await Promise.all([serveWeb(), launchChromium()]);
});

after(async () => {
  await browser?.close();
  await web?.close();
});

afterEach(async () => {
  assert.deepEqual(opened.faults, []);
  await opened.close();
});

const FRONT = { id: 'front', name: 'Front door' };
const GARDEN = { id: 'garden', name: 'Garden' };

/**
 * @param {object[]} cameras
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function open(cameras, options) {
  opened = await openPage(browser, web.url, {
    ...options,
    init: (page) => page.addInitScript(installLoopback, cameras),
  });
  return opened.page;
}

/**
 * Does something to the stand-in server.
 * @param {import('playwright-core').Page} page
 * @param {string} script `loopback` is the server.
 */
const command = (page, script) => page.evaluate(`{ const loopback = window.loopback; ${script} }`);

test(
  'a picture that stands still silently is said, kept dimmed, and replaced',
  { timeout: 60000 },
  async () => {
    const page = await open([FRONT, GARDEN]);
    await waitUntilAllLive(page);

    await command(page, `loopback.source('front').frozen = true`);
    await waitForState(page, 'front', 'stalled');
    const last = await frameNumber(page, 'front');
    assert.equal(
      await tileOf(page, 'front').locator('.notice-text').innerText(),
      'Picture has stopped',
    );
    await keepScreenshot(page, 'stalled');
    await page.waitForFunction(() => /** @type {any} */ (window).loopback.watches === 3);
    await command(page, `loopback.source('front').frozen = false`);

    await waitForState(page, 'front', 'live');
    const [next] = await watchFrames(page, 'front', 1);
    assert.ok(last !== null && next > last);
    assert.equal(await tileOf(page, 'garden').getAttribute('data-state'), 'live');
  },
);

test(
  'a server with no room is asked again, in words and after a while',
  { timeout: 60000 },
  async () => {
    const page = await open([FRONT]);
    await waitUntilAllLive(page);
    await command(page, `loopback.refusals.front = { code: 'busy', message: '1 of 1 viewers' }`);
    await page.locator('#connect-all').click();
    await page.locator('#connect-all').click();

    await waitForState(page, 'front', 'retrying');
    const tile = tileOf(page, 'front');
    assert.match(await tile.locator('.notice-text').innerText(), /^Trying again in \d s$/);
    assert.match(await tile.locator('.notice-why').innerText(), /as many viewers as it may have/);
    assert.equal(await tile.locator('.notice-detail').innerText(), '1 of 1 viewers');

    await command(page, `loopback.refusals = {}`);
    await tile.getByRole('button', { name: 'Try now' }).click();
    await waitForState(page, 'front', 'live');
  },
);

test('words from the server are shown as text, never as markup', { timeout: 60000 }, async () => {
  const name = '<img src=x onerror="document.title=1">';
  const page = await open([{ ...FRONT, name, state: 'refused', reason: '<b>no</b>' }]);
  await waitForState(page, 'front', 'refused');

  assert.equal(await tileOf(page, 'front').locator('.name').innerText(), name);
  assert.equal(await tileOf(page, 'front').locator('.notice-detail').innerText(), '<b>no</b>');
  assert.equal(await page.locator('fanlight-tile img').count(), 0);
});

test('tiles follow the list of the server that comes back', { timeout: 60000 }, async () => {
  const page = await open([FRONT, GARDEN]);
  await waitUntilAllLive(page);

  await command(page, `loopback.kill(); loopback.sources.shift(); loopback.start()`);

  await page.waitForFunction(() => document.querySelectorAll('fanlight-tile').length === 1);
  await waitForState(page, 'garden', 'live');
});

test('without cameras the page says what to do', { timeout: 60000 }, async () => {
  const page = await open([], { colorScheme: 'light' });

  await page.getByText('No cameras yet').waitFor();
  await keepScreenshot(page, 'no cameras');
});

test(
  'a touch brings the buttons of a tile, and only a second one presses them',
  { timeout: 60000 },
  async () => {
    const page = await open([FRONT], {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 844 },
    });
    await waitUntilAllLive(page);
    const where = await tileOf(page, 'front').locator('.connect').boundingBox();
    assert.ok(where);
    const [x, y] = [where.x + where.width / 2, where.y + where.height / 2];

    await page.touchscreen.tap(x, y);
    assert.equal(await tileOf(page, 'front').getAttribute('data-state'), 'live');
    await page.touchscreen.tap(x, y);

    await waitForState(page, 'front', 'idle');
  },
);

test('sixteen tiles fit the window and all play', { timeout: 60000 }, async () => {
  const cameras = Array.from({ length: 16 }, (_, i) => ({
    id: `camera-${i + 1}`,
    name: `Camera ${i + 1}`,
    width: 320,
    height: 180,
    audio_codec: '',
  }));
  const page = await open(cameras);

  await waitUntilAllLive(page);

  const scrolls = await page.evaluate(() => {
    const wall = /** @type {HTMLElement} */ (document.getElementById('wall'));
    return wall.scrollHeight > wall.clientHeight;
  });
  assert.equal(scrolls, false);
  await keepScreenshot(page, 'sixteen cameras');
});
