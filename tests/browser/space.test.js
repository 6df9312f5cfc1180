import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  keepScreenshot,
  pictureShare,
  shownCameras,
  sizeOfJpeg,
  tileOf,
  waitForCameras,
  waitUntilAllLive,
  TEST_MS,
} from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** What the wall makes of a window: the screen is for pictures. */

const openOne = pagesOfOneBrowser();

const SHAPES = [
  [160, 90],
  [160, 90],
  [160, 120],
  [90, 160],
  [160, 90],
  [160, 120],
];

/** @param {number} count @param {number[][]} [shapes] */
const cameras = (count, shapes = SHAPES) =>
  Array.from({ length: count }, (_, at) => {
    const [width, height] = shapes[at % shapes.length];
    return { id: `c${at}`, name: `Camera ${at}`, width, height, audio_codec: '' };
  });

/**
 * @param {object[]} list
 * @param {string} [query]
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function open(list, query = '', options = {}) {
  const viewport = { width: 1440, height: 900 };
  const { page } = await openOne(query, list, { viewport, ...options });
  await waitUntilAllLive(page);
  return page;
}

/** @param {import('playwright-core').Page} page @param {string} camera */
async function boxOf(page, camera) {
  const box = await tileOf(page, camera).locator('.picture').boundingBox();
  assert.ok(box);
  return box;
}

/** Waits until what stands in the window has a picture. @param {import('playwright-core').Page} page */
async function waitForPictures(page) {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('fanlight-tile:not([hidden])')].every((tile) => {
      const { top, bottom } = tile.getBoundingClientRect();
      const video = /** @type {HTMLVideoElement} */ (tile.querySelector('video'));
      return bottom <= 0 || top >= innerHeight || video.videoWidth > 0;
    }),
  );
}

for (const count of [4, 7, 9, 16, 40]) {
  test(
    `pictures of ${count} cameras take 85 % of a desk, of a large screen and of a phone`,
    { timeout: TEST_MS },
    async () => {
      const page = await open(cameras(count));
      for (const [width, height] of [
        [1440, 900],
        [1920, 1080],
        [390, 844],
      ]) {
        await page.setViewportSize({ width, height });
        // The wall has followed when its last frame is drawn.
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
        );
        await waitForPictures(page);

        const share = await pictureShare(page);
        await keepScreenshot(page, `${count} cameras in ${width}x${height}`);
        assert.ok(share >= 0.85, `${width}x${height}: ${share.toFixed(3)}`);
        assert.ok(share <= 1, `${width}x${height}: pictures cover each other`);
      }
    },
  );
}

test('a kiosk has four pictures edge to edge, and nothing else', { timeout: TEST_MS }, async () => {
  const page = await open(cameras(4, [[160, 90]]), '?kiosk', {
    viewport: { width: 1920, height: 1080 },
  });

  for (const [at, [x, y]] of [
    [0, 0],
    [960, 0],
    [0, 540],
    [960, 540],
  ].entries()) {
    assert.deepEqual(await boxOf(page, `c${at}`), { x, y, width: 960, height: 540 });
  }
  const shown = await page.evaluate(
    () =>
      [...document.querySelectorAll('header, .caption, .badge, .controls')].filter((element) => {
        const { visibility, clipPath } = getComputedStyle(element);
        return (
          element.getClientRects().length > 0 && visibility === 'visible' && clipPath === 'none'
        );
      }).length,
  );
  assert.equal(shown, 0);
  assert.equal((await pictureShare(page)).toFixed(3), '1.000');
});

test('a page of four that has one camera shows it large', { timeout: TEST_MS }, async () => {
  const page = await open(cameras(2, [[160, 90]]), '?wall=c0&grid=4');

  assert.ok((await boxOf(page, 'c0')).width > 1400);
});

test('names stand over the pictures, below them, or nowhere', { timeout: TEST_MS }, async () => {
  const page = await open(cameras(4, [[160, 90]]));
  const where = () =>
    page.evaluate(() => {
      const tile = /** @type {Element} */ (document.querySelector('fanlight-tile'));
      const picture = /** @type {Element} */ (tile.querySelector('.picture'));
      const name = /** @type {Element} */ (tile.querySelector('.name'));
      const [at, frame] = [name.getBoundingClientRect(), picture.getBoundingClientRect()];
      const caption = getComputedStyle(/** @type {Element} */ (tile.querySelector('.caption')));
      if (caption.clipPath !== 'none') return 'hidden';
      return at.bottom <= frame.bottom ? 'over' : at.top >= frame.bottom ? 'below' : 'across';
    });
  assert.equal(await where(), 'over');
  await page.keyboard.press('a');

  const choice = page.getByRole('combobox', { name: 'Captions' });
  await choice.selectOption('Below the picture');
  assert.equal(await where(), 'below');
  await keepScreenshot(page, 'captions below');
  await choice.selectOption('Hidden');
  assert.equal(await where(), 'hidden');
  await page.getByRole('group', { name: 'Camera 0, Live' }).waitFor();

  await page.reload();
  await waitUntilAllLive(page);
  assert.equal(await where(), 'hidden');
});

test('one camera is large among five small ones, by choice', { timeout: TEST_MS }, async () => {
  const page = await open(cameras(8, [[160, 90]]));

  await page.locator('#grid').selectOption('1 large, 5 small');
  await waitForCameras(page, ['c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
  const [large, small] = [await boxOf(page, 'c0'), await boxOf(page, 'c5')];
  assert.ok(large.width > 1.9 * small.width, `${large.width} and ${small.width}`);
  await keepScreenshot(page, 'one large, five small');

  // Up and down go by what stands there.
  await tileOf(page, 'c2').focus();
  await page.keyboard.press('ArrowDown');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-camera'));
  assert.equal(await focused(), 'c5');
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'c2');
  await page.locator('#grid').selectOption('1 large, 7 small');
  await waitForCameras(page, ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']);
  await page.reload();
  await waitUntilAllLive(page);
  assert.equal((await shownCameras(page)).length, 8);
});

test(
  'a camera is rotated, mirrored and made to fill its tile, and stays so',
  { timeout: TEST_MS },
  async () => {
    const page = await open(cameras(2, [[160, 90]]));
    const tile = tileOf(page, 'c0');
    const before = await boxOf(page, 'c0');
    assert.ok(before.width > before.height);
    await tile.hover();
    await tile.getByRole('button', { name: 'More' }).click();
    await keepScreenshot(page, 'menu');

    await tile.getByRole('button', { name: 'Rotate 90°' }).click();
    await page.waitForFunction(() => {
      const video = document.querySelector('[data-camera="c0"] video');
      const { width = 0, height = 0 } = video?.getBoundingClientRect() ?? {};
      return height > width * 1.5;
    });
    const turned = await boxOf(page, 'c0');
    assert.ok(turned.height > turned.width, 'the tile is not as high as the picture');
    await tile.getByRole('button', { name: 'Mirror' }).click();
    await tile.getByRole('button', { name: 'Fill the tile' }).click();
    await page.keyboard.press('Escape');
    await tile.getByRole('button', { name: 'Rotate 90°' }).waitFor({ state: 'hidden' });

    await page.reload();
    await waitUntilAllLive(page);
    const { rotate, scale, objectFit } = await page.evaluate(() => {
      const style = getComputedStyle(/** @type {Element} */ (document.querySelector('video')));
      return { rotate: style.rotate, scale: style.scale, objectFit: style.objectFit };
    });
    assert.deepEqual(
      { rotate, scale, objectFit },
      { rotate: '90deg', scale: '1 -1', objectFit: 'cover' },
    );
    await keepScreenshot(page, 'rotated');
  },
);

test('a snapshot is turned as the picture is', { timeout: TEST_MS }, async () => {
  const page = await open(cameras(1, [[160, 90]]), '?turn=c0:90');
  await tileOf(page, 'c0').focus();
  const coming = page.waitForEvent('download');
  await page.keyboard.press('s');

  const size = await sizeOfJpeg(page, await (await coming).path());

  assert.deepEqual(size, [90, 160]);
});
