import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, openPage, tileOf, waitForState, watchFrames } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
const here = () => ({ page: wall.page, log: house.log });

before(async () => {
  const cameras = [
    { id: 'new', name: 'A camera of H.265 only', codec: 'h265' },
    { id: 'front', name: 'Front door' },
    { id: 'smooth', name: 'A camera with B-frames', bframes: 2, audio: 'none' },
  ];
  [house, browser] = await together(House.open(cameras), launchChromium());
  wall = await openPage(browser, house.url);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

scenario(
  'a camera that this browser cannot play is refused in words on its tile',
  here,
  async (page) => {
    const tile = tileOf(page, 'new');
    await waitForState(page, 'new', 'refused');

    assert.equal(await tile.locator('.notice-text').innerText(), 'Can’t play H.265');
    const why = await tile.locator('.notice-why').innerText();
    assert.match(why, /^The camera sends H\.265\. This browser plays .*VP8.*\.$/);
    assert.match(await tile.locator('.notice-todo').innerText(), /set the video codec to H\.264/);
    assert.match(await tile.locator('.notice-detail').innerText(), /^Hikvision: /);
    const all = await tile.locator('.notice').innerText();
    assert.equal(all.split('VP8').length, 2, 'the codecs stand there once');
    assert.equal(await tile.getByRole('button', { name: 'Retry now' }).count(), 0);
    await keepScreenshot(page, 'refused');
  },
);

scenario('the refusal of one camera leaves the others playing', here, async (page) => {
  await waitForState(page, 'front', 'live');

  await watchFrames(page, 'front', 5);
});

scenario('a camera whose B-frames are dropped says why it is slow', here, async (page) => {
  await waitForState(page, 'smooth', 'live');
  const tile = tileOf(page, 'smooth');

  await tile.locator('.badge', { hasText: 'Reduced frame rate: B-frames' }).waitFor();
  await keepScreenshot(page, 'B-frames');
  await tile.focus();
  await page.keyboard.press('i');

  await tile.locator('[data-fact="bFrames"]', { hasText: 'turn B-frames off' }).waitFor();
  assert.equal(await tileOf(page, 'front').locator('.badge:visible').count(), 0);
  await page.keyboard.press('i');
});

scenario('a server that does not know its name says so in place of cameras', here, async () => {
  // As of a page that a stranger has made lead here: the browser finds the name at the same place.
  const address = new URL(house.url);
  address.hostname = 'cameras.example.org';
  const named = await launchChromium(['--host-resolver-rules=MAP cameras.example.org 127.0.0.1']);
  try {
    const { page } = await openPage(named, address.href);
    await page
      .locator('#empty-text', { hasText: 'The server does not know this address' })
      .waitFor();
    assert.equal(
      await page.locator('#summary').innerText(),
      'The server does not know this address',
    );
    const detail = await page.locator('#empty-detail').innerText();
    assert.match(detail, /server\.hosts: \[cameras\.example\.org\]/);
    await keepScreenshot(page, 'a name that is not known');
  } finally {
    await named.close();
  }
});
