import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import {
  keepScreenshot,
  openPage,
  shownCameras,
  sizeOfJpeg,
  tileOf,
  waitForCameras,
  waitUntilAllLive,
  watchFrames,
} from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** One camera alone on the wall: the magnifier, the numbers, what can be taken along. */

const CAMERAS = [
  { id: 'front', name: 'Front door', size: '1280x720', bitrate: 2000 },
  { id: 'garden', name: 'Garden' },
  { id: 'garage', name: 'Garage', audio: 'none' },
];
const ALL = CAMERAS.map(({ id }) => id);

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
const here = () => ({ page: wall.page, log: house.log });

before(async () => {
  [house, browser] = await together(House.open(CAMERAS), launchChromium());
  wall = await openPage(browser, house.url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await waitUntilAllLive(wall.page);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** @param {import('playwright-core').Page} page */
const scale = (page) =>
  page.evaluate(() => {
    const content = document.querySelector('[data-focused] .content');
    return content ? new DOMMatrix(getComputedStyle(content).transform).a : 0;
  });

/** @param {import('playwright-core').Page} page */
async function showFrontAlone(page) {
  if ((await shownCameras(page)).length === 1) return;
  await tileOf(page, 'front').locator('.picture').click();
  await waitForCameras(page, ['front']);
}

scenario('a click shows one camera alone, Escape all again', here, async (page) => {
  await tileOf(page, 'garden').locator('.picture').click();
  await waitForCameras(page, ['garden']);
  await watchFrames(page, 'garden', 3);
  await keepScreenshot(page, 'one camera');

  await page.keyboard.press('Escape');

  await waitForCameras(page, ALL);
});

scenario('Enter shows one camera alone, arrows the next, the way back all', here, async (page) => {
  await tileOf(page, 'front').focus();
  await page.keyboard.press('Enter');
  await waitForCameras(page, ['front']);
  await page.keyboard.press('ArrowRight');
  await waitForCameras(page, ['garden']);

  await page.goBack();

  await waitForCameras(page, ALL);
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('data-camera')),
    'garden',
  );
});

/** Camera and id of each session on the server. */
async function sessions() {
  const answer = await fetch(new URL('api/sessions', house.url));
  /** @type {{camera: string, id: string}[]} */
  const all = (await answer.json()).sessions;
  return all.map(({ camera, id }) => `${camera} ${id}`).sort();
}

/**
 * Has the others play on for so long while one is alone.
 * @param {import('playwright-core').Page} page
 * @param {number} ms
 */
const letLinger = (page, ms) =>
  page.evaluate((linger) => {
    for (const tile of document.querySelectorAll('fanlight-tile')) {
      /** @type {any} */ (tile).sight.linger(linger);
    }
  }, ms);

scenario('who comes back soon finds the others as they were', here, async (page) => {
  await waitUntilAllLive(page);
  const before = await sessions();
  await showFrontAlone(page);
  await letLinger(page, 3600000);
  await watchFrames(page, 'front', 150);

  await page.keyboard.press('Escape');

  await waitUntilAllLive(page);
  assert.deepEqual(await sessions(), before);
});

scenario('the others pull nothing after half a minute', here, async (page) => {
  await showFrontAlone(page);
  await letLinger(page, 0);
  await page.waitForFunction(
    () =>
      /** @type {any} */ (document.querySelector('[data-camera="garden"]')).player.state.name ===
      'paused',
  );
  const cameras = async () => (await sessions()).map((session) => session.split(' ')[0]);
  assert.deepEqual(await cameras(), ['front']);

  await page.keyboard.press('Escape');
  await waitUntilAllLive(page);
  assert.deepEqual(await cameras(), [...ALL].sort());
});

scenario('wheel, keys and buttons magnify; dragging moves the picture', here, async (page) => {
  await showFrontAlone(page);
  await page.mouse.move(900, 300);
  await page.mouse.wheel(0, -300);
  await page.waitForFunction(() => document.querySelector('[data-focused] .content[style]'));
  const wheeled = await scale(page);
  assert.ok(wheeled > 1.2, `scale ${wheeled}`);
  await page.keyboard.press('Equal');
  assert.ok((await scale(page)) > wheeled);

  const left = () =>
    page.evaluate(
      () => document.querySelector('[data-focused] .content')?.getBoundingClientRect().left,
    );
  const before = /** @type {number} */ (await left());
  await page.mouse.move(600, 400);
  await page.mouse.down();
  await page.mouse.move(520, 400, { steps: 4 });
  await page.mouse.up();
  assert.ok(Math.abs(/** @type {number} */ (await left()) - (before - 80)) < 2);
  await keepScreenshot(page, 'magnified');
  const dragged = /** @type {number} */ (await left());
  await page.keyboard.press('ArrowRight');
  assert.ok(/** @type {number} */ (await left()) < dragged);
  assert.deepEqual(await shownCameras(page), ['front'], 'an arrow left the magnified picture');

  await page.getByRole('button', { name: 'Reset zoom' }).click();
  assert.equal(await scale(page), 1);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  assert.ok((await scale(page)) > 1);
  await page.keyboard.press('0');
  assert.equal(await scale(page), 1);
});

scenario('two fingers magnify', here, async (page) => {
  await showFrontAlone(page);
  const session = await page.context().newCDPSession(page);
  const touch = (/** @type {string} */ type, /** @type {number[][]} */ points) =>
    session.send('Input.dispatchTouchEvent', {
      type: /** @type {any} */ (type),
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });

  await touch('touchStart', [[560, 400]]);
  await touch('touchStart', [
    [560, 400],
    [660, 400],
  ]);
  for (let by = 20; by <= 100; by += 20) {
    await touch('touchMove', [
      [560 - by, 400],
      [660 + by, 400],
    ]);
  }
  await touch('touchEnd', []);

  const pinched = await scale(page);
  assert.ok(pinched > 2, `scale ${pinched}`);
  await page.keyboard.press('0');
});

scenario('a snapshot is the shown frame, as large as the camera sent it', here, async (page) => {
  await showFrontAlone(page);
  const coming = page.waitForEvent('download');
  await page.keyboard.press('s');
  const download = await coming;

  assert.match(download.suggestedFilename(), /^Front door \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.jpg$/);
  const path = await download.path();
  assert.ok((await stat(path)).size > 10000);
  const size = await sizeOfJpeg(page, path);
  assert.deepEqual(size, [1280, 720]);
});

scenario('picture-in-picture takes the camera along, and keeps it playing', here, async (page) => {
  await showFrontAlone(page);
  await page.keyboard.press('p');
  await page.waitForFunction(() => document.pictureInPictureElement !== null);
  await page.keyboard.press('ArrowRight');
  await waitForCameras(page, ['garden']);
  await letLinger(page, 0);

  await page.waitForFunction(
    () =>
      /** @type {any} */ (document.querySelector('[data-camera="garage"]')).player.state.name ===
      'paused',
  );
  assert.equal(
    await page.evaluate(
      () => /** @type {any} */ (document.querySelector('[data-camera="front"]')).player.state.name,
    ),
    'live',
  );

  await page.evaluate(() => document.exitPictureInPicture());
  await page.keyboard.press('Escape');
  await waitForCameras(page, ALL);
});

scenario('what draws the statistics is loaded when they are shown', here, async (page) => {
  await showFrontAlone(page);
  const panel = tileOf(page, 'front').locator('.panel');
  await page.route('**/picture/panel.js', (route) => route.abort());
  const warned = page.waitForEvent('console', {
    predicate: (message) => message.text().startsWith('fanlight: statistics:'),
  });
  await page.keyboard.press('i');
  await warned;
  assert.equal(await panel.count(), 0);

  await page.unroute('**/picture/panel.js');
  await page.keyboard.press('i');
  await panel.waitFor();
  await page.keyboard.press('i');
  await panel.waitFor({ state: 'hidden' });
});

scenario(
  'the numbers of a camera, its last minute, and a copy for a bug report',
  here,
  async (page) => {
    await showFrontAlone(page);
    await page.keyboard.press('i');
    const panel = tileOf(page, 'front').locator('.panel');
    for (const fact of [
      'videoCodec',
      'size',
      'fps',
      'bitrate',
      'latency',
      'rtt',
      'buffered',
      'decoding',
      'loss',
      'repair',
      'packets',
      'bytes',
      'frames',
      'dropped',
      'freezes',
      'audioCodec',
      'path',
      'pair',
    ]) {
      await panel.locator(`[data-fact="${fact}"]`, { hasText: /\S/ }).waitFor();
    }
    assert.match(await panel.locator('[data-fact="path"]').innerText(), /^host (udp|tcp)$/);
    assert.match(await panel.locator('[data-fact="pair"]').innerText(), /:\d+ ⇄ \S+:\d+$/);
    await page.waitForFunction(() => {
      const line = document.querySelector('[data-curve="bitrate"] .graph-line');
      return (line?.getAttribute('d')?.split('L').length ?? 0) > 5;
    });
    await keepScreenshot(page, 'statistics of one camera');

    await panel.getByRole('button', { name: 'Copy as JSON' }).click();
    await panel.getByRole('button', { name: 'Copied' }).waitFor();
    const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));

    assert.equal(report.camera.id, 'front');
    assert.equal(report.state.name, 'live');
    assert.equal(report.statistics.videoCodec, 'H264');
    assert.equal(report.statistics.width, 1280);
    assert.ok(report.session.pictured_ms > 0);
    assert.ok(report.last_minute.bitrate.length > 5);
    assert.match(report.browser, /Chrom/);
    await page.keyboard.press('i');
    await panel.waitFor({ state: 'hidden' });
  },
);

scenario('the picture alone goes to the full screen and back', here, async (page) => {
  await showFrontAlone(page);
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement?.matches('[data-camera="front"]'));
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement === null);

  assert.deepEqual(wall.faults, []);
});
