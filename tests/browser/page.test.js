import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  frameNumber,
  hideTab,
  keepScreenshot,
  tileOf,
  waitForCameras,
  waitForState,
  waitUntilAllLive,
  watchFrames,
  TEST_MS,
} from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** What the page does with a server that misbehaves on command: a stand-in inside the page. */

const openOne = pagesOfOneBrowser();

const FRONT = { id: 'front', name: 'Front door' };
const GARDEN = { id: 'garden', name: 'Garden' };

/**
 * @param {object[]} cameras
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @param {string} [query]
 */
async function open(cameras, options, query = '') {
  return (await openOne(query, cameras, options)).page;
}

/**
 * Does something to the stand-in server.
 * @param {import('playwright-core').Page} page
 * @param {string} script `loopback` is the server.
 */
const command = (page, script) => page.evaluate(`{ const loopback = window.loopback; ${script} }`);

test(
  'a picture that stands still silently is said, kept dimmed, and replaced',
  { timeout: TEST_MS },
  async () => {
    const page = await open([FRONT, GARDEN]);
    await waitUntilAllLive(page);

    await command(page, `loopback.source('front').frozen = true`);
    await waitForState(page, 'front', 'stalled');
    const last = await frameNumber(page, 'front');
    assert.equal(await tileOf(page, 'front').locator('.notice-text').innerText(), 'Picture frozen');
    await keepScreenshot(page, 'stalled');
    await page.waitForFunction(() => /** @type {any} */ (window).loopback.watches >= 3);
    await command(page, `loopback.source('front').frozen = false`);

    await waitForState(page, 'front', 'live');
    const [next] = await watchFrames(page, 'front', 1);
    assert.ok(last !== null && next > last);
    assert.equal(await tileOf(page, 'garden').getAttribute('data-state'), 'live');
  },
);

test(
  'a server with no room is asked again, in words and after a while',
  { timeout: TEST_MS },
  async () => {
    const page = await open([FRONT]);
    await waitUntilAllLive(page);
    await command(page, `loopback.refusals.front = { code: 'busy', message: '1 of 1 viewers' }`);
    await page.locator('#play-all').click();
    await page.locator('#play-all').click();

    await waitForState(page, 'front', 'retrying');
    const tile = tileOf(page, 'front');
    assert.match(await tile.locator('.notice-text').innerText(), /^Retrying in \d s$/);
    assert.match(await tile.locator('.notice-why').innerText(), /maximum number of viewers/);
    assert.equal(await tile.locator('.notice-detail').innerText(), '1 of 1 viewers');

    await command(page, `loopback.refusals = {}`);
    await tile.getByRole('button', { name: 'Retry now' }).click();
    await waitForState(page, 'front', 'live');
  },
);

test('words from the server are shown as text, never as markup', { timeout: TEST_MS }, async () => {
  const name = '<img src=x onerror="document.title=1">';
  const page = await open([{ ...FRONT, name, state: 'refused', reason: '<b>no</b>' }]);
  await waitForState(page, 'front', 'refused');

  assert.equal(await tileOf(page, 'front').locator('.name').innerText(), name);
  assert.equal(await tileOf(page, 'front').locator('.notice-detail').innerText(), '<b>no</b>');
  assert.equal(await page.locator('fanlight-tile img').count(), 0);
});

test('tiles follow the list of the server that comes back', { timeout: TEST_MS }, async () => {
  const page = await open([FRONT, GARDEN]);
  await waitUntilAllLive(page);

  await command(page, `loopback.kill(); loopback.sources.shift(); loopback.start()`);

  await page.waitForFunction(() => document.querySelectorAll('fanlight-tile').length === 1);
  await waitForState(page, 'garden', 'live');
});

test('without cameras the page says what to do', { timeout: TEST_MS }, async () => {
  const page = await open([], { colorScheme: 'light' });

  await page.getByText('No cameras yet').waitFor();
  await keepScreenshot(page, 'no cameras');
});

test(
  'a touch shows a camera alone and presses no button there; the buttons then are in reach',
  { timeout: TEST_MS },
  async () => {
    const page = await open([FRONT, GARDEN], {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 844 },
    });
    await waitUntilAllLive(page);
    const where = await tileOf(page, 'front').locator('[data-action="play"]').boundingBox();
    assert.ok(where);

    await page.touchscreen.tap(where.x + where.width / 2, where.y + where.height / 2);
    await page.locator('fanlight-tile[data-focused][data-camera="front"]').waitFor();
    assert.equal(await tileOf(page, 'front').getAttribute('data-state'), 'live');
    await keepScreenshot(page, 'phone, one camera');
    await tileOf(page, 'front').locator('[data-action="play"]').tap();
    await waitForState(page, 'front', 'paused');
    await tileOf(page, 'front').locator('[data-action="focus"]').tap();

    await waitForCameras(page, ['front', 'garden']);
  },
);

for (const locale of ['en-GB', 'ko-KR']) {
  test(
    `on a telephone all of the header is in reach: ${locale}`,
    { timeout: TEST_MS },
    async () => {
      const cameras = Array.from({ length: 20 }, (_, i) => ({ id: `c${i}`, name: `Camera ${i}` }));
      const phone = { locale, viewport: { width: 390, height: 844 } };
      const page = await open(cameras, phone, '?grid=4');
      const outside = () =>
        page.evaluate(() => {
          const header = /** @type {HTMLElement} */ (document.getElementById('header'));
          const shown = [...header.querySelectorAll('p, span, button, select')].filter(
            (element) => element.getClientRects().length > 0 && element.clientWidth > 1,
          );
          const boxes = shown.map((element) => ({
            element,
            ...element.getBoundingClientRect().toJSON(),
          }));
          return boxes
            .filter(({ left, right }) => left < 0 || right > innerWidth)
            .map(({ element, left, right }) => `${element.id}: ${left} to ${right}`);
        });
      await page.locator('#page', { hasText: '1 /' }).waitFor();
      await waitUntilAllLive(page);
      assert.deepEqual(await outside(), [], 'live');

      await page.evaluate(() =>
        /** @type {HTMLElement} */ (document.getElementById('reload')).removeAttribute('hidden'),
      );
      assert.deepEqual(await outside(), [], 'with a newer page');
      await keepScreenshot(page, `header on a telephone, ${locale}`);

      await command(page, `loopback.kill()`);
      await page.locator('#retry').waitFor();
      assert.deepEqual(await outside(), [], 'gone');
    },
  );
}

test(
  'a server that does not know its name is told from one that refuses the page',
  { timeout: TEST_MS },
  async () => {
    const page = await open([FRONT], { viewport: { width: 390, height: 844 } });
    await waitUntilAllLive(page);
    const headline = page.locator('#summary');
    for (const [code, words] of [
      ['unknown_host', 'The server does not know this address'],
      ['foreign_page', 'This page is not allowed to show the cameras'],
    ]) {
      await page.route('**/ws', (route) =>
        route.fulfill({ status: 403, json: { code, detail: `the detail of ${code}` } }),
      );
      await command(page, `loopback.kill()`);
      await page.locator('#try-now').click();
      await headline.filter({ hasText: words }).waitFor();
      await page.unroute('**/ws');
      await command(page, `loopback.start()`);
      await page.locator('#try-now').click();
      await waitUntilAllLive(page);
    }
  },
);

test('sixteen tiles fit the window and all play', { timeout: TEST_MS }, async () => {
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

test(
  'a browser that plays nothing before a click says so, and plays after one',
  { timeout: TEST_MS },
  async () => {
    const { page } = await openOne('', [FRONT], {
      init: (made) =>
        made.addInitScript(() => {
          const play = HTMLMediaElement.prototype.play;
          let clicked = false;
          addEventListener('pointerdown', () => (clicked = true), true);
          Object.defineProperty(HTMLMediaElement.prototype, 'autoplay', { set() {} });
          HTMLMediaElement.prototype.play = function () {
            if (clicked) return play.call(this);
            return Promise.reject(new DOMException('no click yet', 'NotAllowedError'));
          };
        }),
    });

    await waitForState(page, 'front', 'blocked');
    assert.equal(await tileOf(page, 'front').locator('.notice-text').innerText(), 'Click to play');
    await keepScreenshot(page, 'click to play');
    await page.locator('#summary').click();

    await waitForState(page, 'front', 'live');
  },
);

test('a picture far behind wears a badge that says how far', { timeout: TEST_MS }, async () => {
  const page = await open([FRONT]);
  await waitUntilAllLive(page);
  assert.equal(await tileOf(page, 'front').locator('.badge:visible').count(), 0);

  await page.evaluate(() => {
    const getStats = RTCPeerConnection.prototype.getStats;
    RTCPeerConnection.prototype.getStats = async function () {
      const report = await getStats.call(this);
      const entries = [...report.values()].map((entry) =>
        entry.type === 'inbound-rtp' && entry.kind === 'video'
          ? { ...entry, jitterBufferDelay: entry.jitterBufferEmittedCount * 1.5 }
          : entry,
      );
      return new Map(entries.map((entry) => [entry.id, entry]));
    };
  });

  await tileOf(page, 'front')
    .locator('.badge', { hasText: /^\d\.\d s behind$/ })
    .waitFor();
  await keepScreenshot(page, 'behind');
  // In a kiosk nobody is there who could do something about it.
  await page.evaluate(() => void (document.body.dataset.kiosk = ''));
  assert.equal(await tileOf(page, 'front').locator('.badge:visible').count(), 0);
});

test(
  'in a hidden tab nothing is pulled; shown again, it plays at once',
  { timeout: TEST_MS },
  async () => {
    const page = await open([FRONT, GARDEN]);
    await waitUntilAllLive(page);
    const pulling = () =>
      page.evaluate(() => {
        const { loopback } = /** @type {any} */ (window);
        const open = (/** @type {any} */ { connections }) =>
          connections.filter(
            (/** @type {RTCPeerConnection} */ c) => c.connectionState === 'connected',
          );
        return loopback.sources.flatMap(open).length;
      });
    assert.equal(await pulling(), 2);

    await hideTab(page, true);
    await waitForState(page, 'front', 'paused');
    await waitForState(page, 'garden', 'paused');
    assert.equal(await pulling(), 0);
    assert.equal(await tileOf(page, 'front').getAttribute('aria-label'), 'Front door, Paused');
    const sockets = await page.evaluate(() => /** @type {any} */ (window).loopback.sockets.length);
    assert.equal(sockets, 1, 'the WebSocket was given up');

    await hideTab(page, false);
    await waitUntilAllLive(page);
    await watchFrames(page, 'front', 2);
  },
);

test('what is heard goes on in a hidden tab', { timeout: TEST_MS }, async () => {
  const page = await open([FRONT, GARDEN]);
  await waitUntilAllLive(page);
  await tileOf(page, 'front').focus();
  await page.keyboard.press('m');
  await page.locator('[data-camera="front"][data-sound="on"]').waitFor();

  await hideTab(page, true);
  await waitForState(page, 'garden', 'paused');

  assert.equal(await tileOf(page, 'front').getAttribute('data-state'), 'live');
});

test(
  'a laptop that slept finds its pictures again within seconds',
  { timeout: TEST_MS },
  async () => {
    const page = await open([FRONT, GARDEN]);
    await waitUntilAllLive(page);

    // Asleep: the connections die without a word, the socket too, and the clock jumps.
    await command(
      page,
      `for (const source of loopback.sources) source.connections.forEach((c) => c.close());
     loopback.sockets.length = 0;
     const now = Date.now;
     Date.now = () => now() + 3600e3;`,
    );

    await page.waitForFunction(() => /** @type {any} */ (window).loopback.watches >= 4);
    await waitUntilAllLive(page);
    await watchFrames(page, 'garden', 2);
  },
);

test('the volume and the language are kept for the next visit', { timeout: TEST_MS }, async () => {
  const page = await open([FRONT]);
  await waitUntilAllLive(page);
  await tileOf(page, 'front').focus();
  await page.keyboard.press('m');
  await tileOf(page, 'front').getByRole('slider', { name: 'Volume' }).fill('0.3');
  const volume = () =>
    page.evaluate(() => /** @type {HTMLVideoElement} */ (document.querySelector('video')).volume);
  assert.equal(await volume(), 0.3);
  await page.locator('#language').selectOption('ko');

  await page.reload();
  await waitUntilAllLive(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
  await tileOf(page, 'front').focus();
  await page.keyboard.press('m');

  assert.equal(await volume(), 0.3);
});

for (const [where, options] of /** @type {const} */ ([
  ['a desktop', {}],
  ['a screen seen from afar', { viewport: { width: 3840, height: 2160 } }],
  ['a phone', { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } }],
])) {
  test(
    `statistics do not touch the caption of an enlarged camera: ${where}`,
    { timeout: TEST_MS },
    async () => {
      const page = await open([FRONT], options, '?camera=front');
      await waitForState(page, 'front', 'live');
      const tile = tileOf(page, 'front');
      await tile.hover();
      await page.keyboard.press('i');
      await tile.locator('.panel [data-fact="size"]', { hasText: /\d/ }).waitFor();

      const overlap = await tile.evaluate((element) => {
        const boxOf = (/** @type {string} */ part) =>
          /** @type {Element} */ (element.querySelector(part)).getBoundingClientRect();
        const [panel, caption] = [boxOf('.panel'), boxOf('.caption')];
        return Math.min(panel.bottom, caption.bottom) - Math.max(panel.top, caption.top);
      });

      await keepScreenshot(page, `statistics above the caption, ${where}`);
      assert.ok(overlap <= 0, `${overlap} pixels`);
    },
  );
}
