import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fingersOn,
  keepScreenshot,
  pictureShare,
  tileOf,
  waitForCameras,
  waitForState,
  waitUntilAllLive,
  TEST_MS,
} from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** How people make tiles larger and smaller. */

const openOne = pagesOfOneBrowser();

const IDS = Array.from({ length: 9 }, (_, at) => `c${at}`);
const CAMERAS = IDS.map((id, at) => ({
  id,
  name: `Camera ${at}`,
  width: 160,
  height: 90,
  audio_codec: '',
}));
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/**
 * @param {string} [query]
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function open(query = '', options = { viewport: { width: 1440, height: 900 } }) {
  const { page } = await openOne(query, CAMERAS, options);
  await waitForState(page, 'c0', 'live');
  return page;
}

/** @param {import('playwright-core').Page} page @param {string} camera */
async function boxOf(page, camera) {
  const box = await tileOf(page, camera).boundingBox();
  assert.ok(box);
  return box;
}

/**
 * Waits until a tile has so many columns of the wall.
 * @param {import('playwright-core').Page} page @param {string} camera @param {number} columns
 */
const waitForColumns = (page, camera, columns) =>
  page.waitForFunction(([id, count]) => {
    const tile = document.querySelector(`[data-camera="${id}"]`);
    const { clientWidth } = /** @type {Element} */ (document.querySelector('#wall'));
    const wanted = (clientWidth * Number(count)) / 12;
    return tile && Math.abs(tile.getBoundingClientRect().width - wanted) <= 1;
  }, /** @type {const} */ ([camera, columns]));

/** Drags the corner of a tile. @param {import('playwright-core').Page} page @param {string} camera @param {number} columns How wide it is then. */
async function dragCorner(page, camera, columns) {
  const tile = tileOf(page, camera);
  await tile.hover();
  const [box, corner] = [await boxOf(page, camera), await tile.locator('.corner').boundingBox()];
  const width = await page.evaluate(() => document.querySelector('#wall')?.clientWidth ?? 0);
  assert.ok(corner);
  await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
  await page.mouse.down();
  // Not quite there: it snaps.
  await page.mouse.move(box.x + (width * columns) / 12 + 20, box.y + box.height, { steps: 6 });
}

test(
  'a corner is dragged: the tile snaps to columns, the others make room, a reload keeps it',
  { timeout: TEST_MS },
  async () => {
    const page = await open();
    await waitUntilAllLive(page);
    const before = await boxOf(page, 'c0');

    await dragCorner(page, 'c0', 7);
    await page.locator('.frame', { hasText: '7 / 12' }).waitFor();
    await keepScreenshot(page, 'resizing');
    await page.mouse.up();

    await waitForColumns(page, 'c0', 7);
    assert.equal(
      await page.locator('#announcer').textContent(),
      'Camera 0 is 7 of 12 columns wide',
    );
    assert.equal(await page.locator('[data-focused]').count(), 0, 'it was taken for a click');
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).loopback.watches), 9);
    assert.ok((await pictureShare(page)) >= 0.85);
    await keepScreenshot(page, 'resized');

    await page.reload();
    await waitForColumns(page, 'c0', 7);
    await tileOf(page, 'c0').focus();
    await page.keyboard.press('0');
    await page.waitForFunction(
      (width) => document.querySelector('[data-camera="c0"]')?.clientWidth === width,
      before.width,
    );
  },
);

test(
  'what was moved or resized is undone, by button and by keys',
  { timeout: TEST_MS },
  async () => {
    const page = await open();
    await waitUntilAllLive(page);
    const before = await boxOf(page, 'c4');
    await dragCorner(page, 'c4', 6);
    await page.mouse.up();
    await waitForColumns(page, 'c4', 6);

    await page.getByRole('button', { name: 'Undo' }).click();
    await page.waitForFunction(
      (width) => document.querySelector('[data-camera="c4"]')?.clientWidth === width,
      before.width,
    );
    assert.equal(await page.locator('#offer').isVisible(), false);
    await page.keyboard.press('Control+Shift+Z');
    await waitForColumns(page, 'c4', 6);

    await tileOf(page, 'c0').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await waitForCameras(page, ['c1', 'c0', ...IDS.slice(2)]);
    await page.locator('#offer', { hasText: 'Camera 0 is now number 2 of 9' }).waitFor();
    await page.keyboard.press('Control+z');
    await waitForCameras(page, IDS);
    await page.locator('#offer').waitFor({ state: 'hidden' });
    assert.equal(
      await page.locator('#announcer').textContent(),
      'The last change of the wall is undone',
    );
    await waitForColumns(page, 'c4', 6);
  },
);

test('a drag that is given up resizes nothing', { timeout: TEST_MS }, async () => {
  const page = await open();
  const before = await boxOf(page, 'c0');
  await dragCorner(page, 'c0', 8);
  await page.locator('.frame').waitFor();

  await page.keyboard.press('Escape');
  await page.mouse.up();

  assert.equal(await page.locator('.frame').isVisible(), false);
  assert.deepEqual(await boxOf(page, 'c0'), before);
});

test('keys and the menu make a tile larger, smaller and usual', { timeout: TEST_MS }, async () => {
  const page = await open();
  const tile = tileOf(page, 'c0');
  await tile.focus();
  // Where keyboards have them: Shift and "=", and the number pad.
  await page.keyboard.press('Shift+Equal');
  await waitForColumns(page, 'c0', 5);
  await page.keyboard.press('NumpadAdd');
  await waitForColumns(page, 'c0', 6);
  await page.keyboard.press('NumpadSubtract');
  await waitForColumns(page, 'c0', 5);

  await tile.hover();
  await tile.getByRole('button', { name: 'More' }).click();
  await tile.getByRole('button', { name: 'Larger tile' }).click();
  await waitForColumns(page, 'c0', 6);
  await tile.getByRole('button', { name: 'Usual size' }).click();
  assert.equal(await page.locator('#announcer').textContent(), 'Camera 0 has its usual size again');
  await tile.getByRole('button', { name: 'Usual size' }).waitFor({ state: 'hidden' });
});

test('a link has the sizes', { timeout: TEST_MS }, async () => {
  const page = await open('?wall=*&span=c8:6,c0:3');

  await waitForColumns(page, 'c8', 6);
  await waitForColumns(page, 'c0', 3);
});

test(
  'a tile that is large on a phone has its usual size beside it',
  { timeout: TEST_MS },
  async () => {
    const page = await open('?columns=2', PHONE);
    const tile = tileOf(page, 'c0');
    await tile.focus();
    await page.keyboard.press('NumpadAdd');
    await waitForColumns(page, 'c0', 12);

    await page.setViewportSize({ width: 1440, height: 900 });

    await page.waitForFunction(() => {
      const widths = [...document.querySelectorAll('fanlight-tile')].map((one) => one.clientWidth);
      return widths[0] < 600 && Math.max(...widths) - Math.min(...widths) <= 1;
    });
  },
);

test(
  'on a phone, a long press lets fingers move and resize tiles, until it is done',
  { timeout: TEST_MS },
  async () => {
    const page = await open('?columns=2', PHONE);
    const fingers = await fingersOn(page);
    const { x, y, width, height } = await boxOf(page, 'c0');

    await fingers.press([x + width / 2, y + height / 2]);
    const bar = page.getByRole('group', { name: /Drag the corner/ });
    await bar.waitFor();
    const corner = await tileOf(page, 'c0').locator('.corner').boundingBox();
    assert.ok(corner && corner.width >= 44 && corner.height >= 44);
    await keepScreenshot(page, 'arranging by fingers');
    await fingers.swipe([corner.x + 24, corner.y + 24], [380, corner.y + 90]);
    await waitForColumns(page, 'c0', 12);
    assert.ok((await boxOf(page, 'c1')).y > (await boxOf(page, 'c0')).y + height);

    const grip = await tileOf(page, 'c2').locator('.mover').boundingBox();
    assert.ok(grip);
    await fingers.swipe([grip.x + 24, grip.y + 24], [x + width / 2, y + height / 2]);
    await page.waitForFunction(
      () => document.querySelector('fanlight-tile')?.getAttribute('data-camera') === 'c2',
    );
    // A tap enlarges none now.
    await tileOf(page, 'c2').locator('.picture').tap();
    assert.equal(await page.locator('[data-focused]').count(), 0);

    await bar.getByRole('button', { name: 'Undo' }).tap();
    await page.waitForFunction(
      () => document.querySelector('fanlight-tile')?.getAttribute('data-camera') === 'c0',
    );
    await bar.getByRole('button', { name: 'Done' }).tap();
    await bar.waitFor({ state: 'hidden' });
    await tileOf(page, 'c1').locator('.picture').tap();
    await waitForCameras(page, ['c1']);
  },
);
