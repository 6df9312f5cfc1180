import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import {
  keepScreenshot,
  openPage,
  tileOf,
  waitForState,
  waitUntilAllLive,
  watchFrames,
} from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
/** Marks the document: a reload would lose it. */
const MARK = 'not reloaded';
const here = () => ({ page: wall.page, log: house.log });

before(async () => {
  const cameras = [
    { id: 'front', name: 'Front door' },
    { id: 'garden', name: 'Garden' },
  ];
  [house, browser] = await together(House.open(cameras), launchChromium());
  wall = await openPage(browser, house.url);
  await waitUntilAllLive(wall.page);
  await wall.page.evaluate((mark) => (document.title = mark), MARK);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** Share of the picture's pixels that are not nearly black. @param {import('playwright-core').Page} page */
async function pictureRemains(page) {
  return page.evaluate(() => {
    const tile = document.querySelector('[data-camera="garden"]');
    const still = tile?.querySelector('canvas');
    const shown = still && !still.hidden ? still : tile?.querySelector('video');
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext('2d');
    if (!context || !shown) return 0;
    context.drawImage(shown, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const light = data.filter((value, at) => at % 4 === 1 && value > 24).length;
    return light / (64 * 36);
  });
}

scenario(
  'a camera that dies and returns plays on by itself; the other is not disturbed',
  here,
  async (page) => {
    await watchFrames(page, 'garden', 2);
    const session = await page.evaluate(
      () => /** @type {any} */ (document.querySelector('[data-camera="front"]')).player.answer.id,
    );

    await house.camera('garden').kill();
    await waitForState(page, 'garden', 'offline');
    assert.match(
      await tileOf(page, 'garden').locator('.notice-text').innerText(),
      /^Camera offline since \d/,
    );
    assert.ok((await pictureRemains(page)) > 0.3, 'the last picture is gone');
    await keepScreenshot(page, 'camera offline');
    await watchFrames(page, 'front', 5);

    await house.camera('garden').start();
    await waitForState(page, 'garden', 'live');
    await watchFrames(page, 'garden', 5);
    assert.equal(await page.title(), MARK);
    assert.equal(
      await page.evaluate(
        () => /** @type {any} */ (document.querySelector('[data-camera="front"]')).player.answer.id,
      ),
      session,
      'the other tile had to begin again',
    );
  },
);

scenario(
  'a server that is killed and comes back is found again by every tile',
  here,
  async (page) => {
    await house.killServer();
    await waitForState(page, 'front', 'gone');
    await waitForState(page, 'garden', 'gone');
    assert.equal(await page.locator('#summary').innerText(), 'Can’t reach the server');
    assert.ok((await pictureRemains(page)) > 0.3, 'the last picture is gone');
    await keepScreenshot(page, 'server gone');

    await house.startServer();
    await waitUntilAllLive(page);

    await Promise.all(['front', 'garden'].map((id) => watchFrames(page, id, 5)));
    assert.equal(await page.title(), MARK);
  },
);

scenario(
  'a server that is stopped in good order says goodbye and is found again',
  here,
  async (page) => {
    await house.stopServer();
    await waitForState(page, 'front', 'gone');

    await house.startServer();
    await page.locator('#try-now').click();
    await waitUntilAllLive(page);

    await watchFrames(page, 'front', 5);
    assert.equal(await page.title(), MARK);
    assert.deepEqual(wall.faults, []);
  },
);
