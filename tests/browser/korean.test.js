import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, tileOf, waitForState } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** What the server says stands on the Korean pages in Korean: of the real server, from end to end. */

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
const here = () => ({ page, log: house.log });

before(async () => {
  const cameras = [{ id: 'front', name: '현관', audio: 'none', gop: 25, loop: 4 }];
  [house, browser] = await together(House.open(cameras), launchChromium());
  page = await browser.newPage({ viewport: { width: 1100, height: 900 }, locale: 'ko-KR' });
  await page.goto(`${house.url}settings.html`);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

const UNREACHABLE =
  '127.0.0.1:9에 연결할 수 없습니다. 카메라가 켜져 있는지, 주소가 맞는지 확인하세요.';

scenario('what is wrong with a field is said in Korean', here, async () => {
  await page.locator('#tools .add').click();
  await page.locator('.guide .by-hand').click();
  await page.getByLabel('이름', { exact: true }).fill('Back yard');
  await page.getByLabel('RTSP URL').fill('http://192.0.2.1/');

  await page.locator('.primary').click();

  await page.locator('.complaint', { hasText: 'RTSP URL이 아닙니다.' }).waitFor();
});

scenario('why a camera fails its test is said in Korean', here, async () => {
  await page.getByLabel('RTSP URL').fill('rtsp://127.0.0.1:9/');

  await page.locator('button.test').click();

  await page.locator('.found[data-ok="false"]').waitFor();
  assert.equal(await page.locator('.found').innerText(), UNREACHABLE);
});

scenario(
  'why a camera is not live is said in Korean, in the settings and on its tile',
  here,
  async () => {
    await page.locator('.primary').click();
    await page.locator('[data-camera="back-yard"] .state', { hasText: UNREACHABLE }).waitFor();
    await keepScreenshot(page, 'settings in Korean');

    await page.goto(house.url);

    await waitForState(page, 'back-yard', 'offline');
    const tile = tileOf(page, 'back-yard');
    await tile.locator('.notice-detail', { hasText: UNREACHABLE }).waitFor();
    await keepScreenshot(page, 'wall in Korean');
  },
);

scenario(
  'why the server refuses the files of its configuration is said in Korean',
  here,
  async () => {
    await page.goto(`${house.url}settings.html`);
    const { config_file: file } = await (await fetch(`${house.url}api/settings`)).json();
    writeFileSync(file, `${readFileSync(file, 'utf8')}\ncamera: []\n`);

    await page.locator('#tools .reload').click();

    await page
      .locator('#refused', {
        hasText: /fanlight\.yaml:\d+: camera: 여기서 쓸 수 없는 키입니다\. cameras인가요\?/,
      })
      .waitFor();
  },
);
