import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fingersOn,
  keepScreenshot,
  tileOf,
  waitForCameras,
  waitForState,
  TEST_MS,
} from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** The wall on a phone, by one hand. */

const openOne = pagesOfOneBrowser();

const NAMES = ['Front door', 'Garden', 'Garage', 'Street', 'Hall', 'Cellar', 'Attic', 'Yard'];
const CAMERAS = NAMES.map((name, at) => ({
  id: name.split(' ')[0].toLowerCase(),
  name,
  width: at === 2 ? 240 : 320,
  height: 180,
  audio_codec: '',
}));
const IDS = CAMERAS.map(({ id }) => id);
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const ON_ITS_SIDE = { ...PHONE, viewport: { width: 844, height: 390 } };

/** What keeps the bar in the window, however slow the machine. */
const stir = () => {
  setInterval(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' })), 1000);
};

/**
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @param {(page: import('playwright-core').Page) => Promise<unknown>} [init]
 */
async function open(options = PHONE, init = (page) => page.addInitScript(stir)) {
  const { page } = await openOne('', CAMERAS, { ...options, init });
  await waitForState(page, 'front', 'live');
  return page;
}

/** @param {import('playwright-core').Page} page @param {string} camera */
async function boxOf(page, camera) {
  const box = await tileOf(page, camera).boundingBox();
  assert.ok(box);
  return box;
}

/** @param {import('playwright-core').Page} page @param {boolean} idle */
const waitForIdle = (page, idle) =>
  page.waitForFunction((wanted) => document.body.hasAttribute('data-idle') === wanted, idle);

/** Waits until the bar is in the window, or out of it. @param {import('playwright-core').Page} page @param {boolean} there */
const waitForBar = (page, there) =>
  page.waitForFunction((wanted) => {
    const { bottom } = /** @type {Element} */ (
      document.querySelector('#header')
    ).getBoundingClientRect();
    return wanted ? bottom <= innerHeight : bottom > innerHeight + 20;
  }, there);

/** Shows a camera alone, as a finger does. @param {import('playwright-core').Page} page @param {string} camera */
async function enlarge(page, camera) {
  await tileOf(page, camera).locator('.picture').tap();
  await waitForCameras(page, [camera]);
}

test('pictures are as wide as the phone, and scroll', { timeout: TEST_MS }, async () => {
  const page = await open();
  const fingers = await fingersOn(page);
  assert.equal((await boxOf(page, 'front')).width, 390);
  assert.equal((await boxOf(page, 'garage')).width, 390);
  await keepScreenshot(page, 'phone, a column');
  await waitForState(page, 'yard', 'paused');

  for (let times = 0; times < 6; times++) await fingers.swipe([200, 600], [200, 100]);

  await waitForState(page, 'yard', 'live');
  await waitForState(page, 'front', 'paused');
  const { y, height } = await boxOf(page, 'yard');
  const bar = await page.locator('#header').boundingBox();
  assert.ok(bar && y + height <= 844 - bar.height, 'the bar covers the last picture for ever');
});

test('two columns by choice, which the phone keeps', { timeout: TEST_MS }, async () => {
  const page = await open();

  await page.getByRole('button', { name: 'Two columns' }).tap();
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll('fanlight-tile')];
    return tiles.every((tile) => tile.getBoundingClientRect().width === 194);
  });
  const [front, garden] = [await boxOf(page, 'front'), await boxOf(page, 'garden')];
  assert.equal(front.y, garden.y);
  await keepScreenshot(page, 'phone, two columns');

  await page.reload();
  await page.getByRole('button', { name: 'One column' }).tap();
  await page.waitForFunction(
    () => document.querySelector('fanlight-tile')?.getBoundingClientRect().width === 390,
  );
});

test('the bar is at the thumb; scrolling down hides it', { timeout: TEST_MS }, async () => {
  const page = await open(PHONE, async () => {});
  const fingers = await fingersOn(page);
  await page.waitForFunction(() => {
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }));
    const bar = document.querySelector('#header')?.getBoundingClientRect();
    return bar && bar.bottom <= innerHeight && bar.top > innerHeight * 0.8;
  });

  await fingers.swipe([200, 600], [200, 200]);
  await waitForBar(page, false);
  await fingers.swipe([200, 300], [200, 500]);
  await waitForBar(page, true);
});

test('whoever only looks sees no bar and no buttons', { timeout: TEST_MS }, async () => {
  const page = await open(PHONE, async () => {});
  await waitForBar(page, false);
  await enlarge(page, 'front');
  await waitForIdle(page, true);
  await page.waitForFunction(
    () =>
      getComputedStyle(/** @type {Element} */ (document.querySelector('[data-focused] .controls')))
        .opacity === '0',
  );
  await keepScreenshot(page, 'phone, only looking');
  await page.touchscreen.tap(195, 420);
  await waitForIdle(page, false);
  await page.waitForFunction(
    () =>
      getComputedStyle(/** @type {Element} */ (document.querySelector('[data-focused] .controls')))
        .opacity === '1',
  );
  await page.touchscreen.tap(195, 420);
  await waitForIdle(page, true);
});

test('a finger goes from camera to camera, and back to all', { timeout: TEST_MS }, async () => {
  const page = await open();
  const fingers = await fingersOn(page);
  await enlarge(page, 'front');

  await fingers.swipe([300, 420], [60, 430]);
  await waitForCameras(page, ['garden']);
  await waitForState(page, 'garden', 'live');
  await fingers.swipe([60, 420], [300, 430]);
  await waitForCameras(page, ['front']);
  // There is none before the first.
  await fingers.swipe([60, 420], [300, 430]);
  await waitForCameras(page, ['front']);
  assert.equal(await tileOf(page, 'front').evaluate((tile) => tile.style.translate), '');

  await fingers.swipe([195, 300], [200, 560]);
  await waitForCameras(page, IDS);
});

test('two fingers zoom; then one moves the picture', { timeout: TEST_MS }, async () => {
  const page = await open();
  const fingers = await fingersOn(page);
  await enlarge(page, 'front');
  const view = () =>
    page.evaluate(() => {
      const content = document.querySelector('[data-focused] .content');
      const { a, e } = new DOMMatrix(content ? getComputedStyle(content).transform : '');
      return { scale: a, x: e };
    });

  await fingers.pinch([195, 420], 130);
  const pinched = await view();
  assert.ok(pinched.scale > 2, `scale ${pinched.scale}`);
  await fingers.swipe([300, 420], [200, 420]);
  assert.ok((await view()).x < pinched.x - 50, 'the picture did not move');
  await waitForCameras(page, ['front']);

  await page.locator('[data-focused] .picture').evaluate((picture) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    picture.dispatchEvent(
      new MouseEvent('dblclick', {
        bubbles: true,
        clientX: left + width / 2,
        clientY: top + height / 2,
      }),
    );
  });
  assert.equal((await view()).scale, 1);
});

test('what a finger presses is 44 pixels or more', { timeout: TEST_MS }, async () => {
  const page = await open();
  const small = (/** @type {string} */ within) =>
    page.evaluate(
      (selector) =>
        [...document.querySelectorAll(`${selector} :is(button, select, input, a, .grip)`)]
          // Of a box with words beside it, it is the label that is pressed.
          .map((element) => element.closest('label') ?? element)
          .filter((element) => element.getClientRects().length > 0)
          .map((element) => ({ element, ...element.getBoundingClientRect().toJSON() }))
          .filter(({ width, height }) => width < 44 || height < 44)
          .map(
            ({ element, width, height }) => `${element.outerHTML.slice(0, 60)} ${width}×${height}`,
          ),
      within,
    );
  assert.deepEqual(await small('#header'), []);

  await page.getByRole('button', { name: 'Arrange' }).tap();
  await page.locator('#drawer').waitFor();
  await keepScreenshot(page, 'phone, the drawer');
  assert.deepEqual(await small('#drawer'), []);
  await page.locator('#drawer').getByRole('button', { name: 'Close' }).tap();

  await enlarge(page, 'front');
  await page.locator('[data-focused] .more').tap();
  await keepScreenshot(page, 'phone, the menu');
  assert.deepEqual(await small('[data-focused]'), []);
  const where = await page.locator('[data-focused] [data-action="focus"]').boundingBox();
  assert.ok(where && where.y > 844 * 0.8, 'the way back is out of reach');
});

test('on its side one camera has the whole screen', { timeout: TEST_MS }, async () => {
  const page = await open(ON_ITS_SIDE);
  await keepScreenshot(page, 'phone on its side, the wall');
  await enlarge(page, 'front');

  assert.deepEqual(await boxOf(page, 'front'), { x: 0, y: 0, width: 844, height: 390 });
  assert.equal(await page.locator('#header').isVisible(), false);
  await keepScreenshot(page, 'phone on its side, one camera');

  // Turned upright, it is the same camera.
  await page.setViewportSize(PHONE.viewport);
  await page.waitForFunction(
    () => document.querySelector('[data-focused]')?.getBoundingClientRect().height === 844,
  );
});

test('nothing is under a notch or the line of the home gesture', { timeout: TEST_MS }, async () => {
  const page = await open();
  const session = await page.context().newCDPSession(page);
  const insets = { top: 47, bottom: 34 };
  await session.send(/** @type {any} */ ('Emulation.setSafeAreaInsetsOverride'), { insets });

  await page.waitForFunction(({ bottom }) => {
    const bar = document.querySelector('#header')?.getBoundingClientRect();
    return bar && bar.bottom <= innerHeight - bottom && bar.top > 0;
  }, insets);
  assert.ok((await boxOf(page, 'front')).y >= insets.top);
  await enlarge(page, 'front');
  const controls = await page.locator('[data-focused] .controls').boundingBox();
  assert.ok(controls && controls.y + controls.height <= 844 - insets.bottom);
  const name = await page.locator('[data-focused] .name').boundingBox();
  assert.ok(name && name.y >= insets.top);
});

/** Counts what the page asks of the screen. @param {import('playwright-core').Page} page */
const countLocks = async (page) => {
  await page.addInitScript(stir);
  await page.addInitScript(() => {
    const locks = { held: 0 };
    const request = async () => {
      locks.held++;
      return { released: false, release: async () => void locks.held-- };
    };
    Object.assign(window, { locks });
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
};

test('the screen stays on, unless somebody says otherwise', { timeout: TEST_MS }, async () => {
  const page = await open(PHONE, countLocks);
  const held = (/** @type {number} */ count) =>
    page.waitForFunction((wanted) => /** @type {any} */ (window).locks.held === wanted, count);
  await held(1);

  await page.getByRole('button', { name: 'Arrange' }).tap();
  await page.getByRole('checkbox', { name: 'Keep the screen on' }).uncheck();
  await held(0);
  await page.reload();
  await waitForState(page, 'front', 'live');
  await held(0);
});

test('a page that may not keep the screen on says so', { timeout: TEST_MS }, async () => {
  const page = await open(PHONE, async (made) => {
    await made.addInitScript(stir);
    await made.addInitScript(() => void delete (/** @type {any} */ (Navigator.prototype).wakeLock));
  });

  await page.getByRole('button', { name: 'Arrange' }).tap();

  await page.getByText('The browser lets a page keep the screen on only over HTTPS.').waitFor();
  assert.equal(await page.getByRole('checkbox', { name: 'Keep the screen on' }).isDisabled(), true);
});
