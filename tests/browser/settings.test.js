import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { graveFaults } from './support/axe.js';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot } from './support/page.js';
import { scenario } from './support/scenario.js';

/** Cameras are added, tried, changed, put in order and removed without a restart. */

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
const here = () => ({ page, log: house.log });

before(async () => {
  const cameras = [{ id: 'front', name: 'Front door', audio: 'none', gop: 25, loop: 4 }];
  [house, browser] = await Promise.all([House.open(cameras), launchChromium()]);
  page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(`${house.url}settings.html`);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

const row = (/** @type {string} */ id) => page.locator(`[data-camera="${id}"]`);
const order = () =>
  page
    .locator('[data-camera]')
    .evaluateAll((rows) => rows.map((element) => element.getAttribute('data-camera')));
/** The camera's own picture once more, under an address that the server does not know yet. */
const otherUrl = () => `${house.camera('front').all[0].url}?again=1`;

scenario('a camera of the configuration says where it is to be changed', here, async () => {
  await row('front').locator('.elsewhere').waitFor();

  assert.match(await row('front').locator('.elsewhere').innerText(), /fanlight\.yaml, line \d+/);
  assert.equal(await row('front').locator('.edit').count(), 0);
});

scenario('a refusal stands beside the field that it is about', here, async () => {
  await page.locator('#tools .add').click();
  await page.getByLabel('Name').fill('Back yard');
  assert.equal(await page.getByLabel('Id, a part of addresses').inputValue(), 'back-yard');
  await page.getByLabel('RTSP address').fill('http://192.0.2.1/');

  await page.locator('.primary').click();

  await page.locator('.complaint', { hasText: 'is no RTSP URL' }).waitFor();
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('name')),
    'streams[0].url',
  );
});

scenario('a camera is tried before it is added, and is live without a restart', here, async () => {
  await page.getByLabel('RTSP address').fill(otherUrl());
  await page.locator('button.test').click();
  await page.locator('.found[data-ok="true"]').waitFor({ timeout: 20000 });
  assert.match(await page.locator('.found').innerText(), /^H264 640×360, .* a key frame every 1 s/);
  await keepScreenshot(page, 'settings');

  await page.locator('.primary').click();

  await row('back-yard').locator('.state', { hasText: 'live' }).waitFor();
  assert.deepEqual(await order(), ['front', 'back-yard']);
});

scenario('cameras are put in order, whoever wrote them', here, async () => {
  await row('back-yard').locator('.up').click();

  await page.waitForFunction(
    () => document.querySelector('[data-camera]')?.getAttribute('data-camera') === 'back-yard',
  );
  assert.deepEqual(await order(), ['back-yard', 'front']);
});

scenario('a camera gets another name', here, async () => {
  await row('back-yard').locator('.edit').click();
  await page.getByLabel('Name').fill('Yard');

  await page.locator('.primary').click();

  await row('back-yard')
    .locator('h2', { hasText: /^Yard$/ })
    .waitFor();
});

scenario('people with a screen reader can use it', here, async () => {
  await row('back-yard').locator('.edit').click();

  assert.deepEqual(await graveFaults(page), []);
  await page.locator('.cancel').click();
});

scenario('a camera is removed once that is sure', here, async () => {
  page.once('dialog', (dialog) => void dialog.dismiss());
  await row('back-yard').locator('.remove').click();
  assert.deepEqual(await order(), ['back-yard', 'front']);

  page.once('dialog', (dialog) => void dialog.accept());
  await row('back-yard').locator('.remove').click();

  await row('back-yard').waitFor({ state: 'detached' });
  assert.deepEqual(await order(), ['front']);
});
