import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { graveFaults } from './support/axe.js';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, openPage, waitForState } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** An empty wall leads to its first camera: make, address and login, picture and name. */

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
const here = () => ({ page, log: house.log });
const ORDINARY = { audio: 'none', gop: 25, loop: 4 };

before(async () => {
  const strangers = [
    {
      id: 'front',
      name: 'Front door',
      ...ORDINARY,
      auth: 'digest',
      user: 'admin',
      password: 'p@ss#1',
    },
    { id: 'garden', name: 'Garden', ...ORDINARY },
    { id: 'street', name: 'Street', ...ORDINARY, codec: 'h265' },
  ];
  [house, browser] = await together(House.open([], '', { strangers }), launchChromium());
  ({ page } = await openPage(browser, house.url, { viewport: { width: 1100, height: 800 } }));
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** Where a simulated camera is: "127.0.0.1:8554", and its path. @param {string} id */
function placeOf(id) {
  const { host, pathname } = new URL(house.camera(id).all[0].url);
  return { address: host, path: pathname };
}
const field = (/** @type {string} */ name) => page.locator(`.guide [name="${name}"]`);
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
/** Ids of the cameras that the server has. @returns {Promise<string[]>} */
const cameras = async () => {
  const all = await (await fetch(`${house.url}api/settings`)).json();
  return all.cameras.map((/** @type {{id: string}} */ { id }) => id);
};
/** Waits until the server has these cameras. @param {string[]} wanted */
const waitForCameras = (wanted) =>
  page.waitForFunction(async (ids) => {
    const { cameras: all } = await (await fetch('api/settings')).json();
    return all.map((/** @type {{id: string}} */ { id }) => id).join() === ids;
  }, wanted.join());
/** @param {string} id @param {{username?: string, password?: string}} [login] */
async function enter(id, { username = '', password = '' } = {}) {
  const { address, path } = placeOf(id);
  await field('address').fill(address);
  await field('path').fill(path);
  await field('username').fill(username);
  await field('password').fill(password);
}
const test = () => page.locator('.guide .primary').click();
const sees = () =>
  page.waitForFunction(() => {
    const video = document.querySelector('.preview[data-state="live"] video');
    return video instanceof HTMLVideoElement && video.videoWidth === 640;
  });

scenario('an empty wall offers to add the first camera', here, async () => {
  await page.getByText('No cameras yet').waitFor();
  const offer = page.getByRole('link', { name: 'Add your first camera' });
  await offer.waitFor();
  await keepScreenshot(page, 'first camera');
  assert.deepEqual(await graveFaults(page), []);

  await offer.click();

  await page.getByRole('dialog', { name: 'Add a camera: its make' }).waitFor();
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('data-make')),
    'amcrest',
    'the first make has the focus',
  );
  assert.deepEqual(await graveFaults(page), []);
  await keepScreenshot(page, 'guide make');
});

scenario('a make asks for what its cameras need', here, async () => {
  await page.locator('[data-make="hikvision"]').click();
  await page.getByRole('dialog', { name: 'Hikvision: address and login' }).waitFor();
  assert.equal(await focused(), 'address');
  assert.equal(await field('path').count(), 0);
  assert.equal(await field('channel').inputValue(), '1');
  await test();
  await page.locator('.guide .complaint', { hasText: 'Required' }).waitFor();

  await page.locator('.guide .back').click();
  await page.locator('[data-make="other"]').click();

  await field('path').waitFor();
  assert.equal(await field('channel').count(), 0);
});

scenario('an address that nobody has leads back to the address', here, async () => {
  await enter('garden');
  await field('address').fill('127.0.0.1:1');

  await test();

  await page
    .locator('.guide .complaint', { hasText: 'The server can’t reach this address' })
    .waitFor();
  assert.equal(await focused(), 'address');
  await keepScreenshot(page, 'guide unreachable');
});

scenario('a path that the camera does not have leads to the path', here, async () => {
  await enter('garden');
  await field('path').fill('/cellar');

  await test();

  await page.locator('.guide .complaint', { hasText: 'no stream at this path' }).waitFor();
  assert.equal(await focused(), 'path');
});

scenario(
  'a missing login leads to the user, and a wrong password to the password',
  here,
  async () => {
    await enter('front');
    await test();
    await page.locator('.guide .complaint', { hasText: 'requires a login' }).waitFor();
    assert.equal(await focused(), 'username');

    await enter('front', { username: 'admin', password: 'wrong' });
    await test();

    await page.locator('.guide .complaint', { hasText: 'rejects the login' }).waitFor();
    assert.equal(await focused(), 'password');
    assert.equal(await field('address').inputValue(), placeOf('front').address, 'nothing is lost');
    assert.deepEqual(await graveFaults(page), []);
    await keepScreenshot(page, 'guide wrong password');
  },
);

scenario('the picture is seen before the camera is kept', here, async () => {
  await field('password').fill('p@ss#1');

  await page.keyboard.press('Enter');

  await sees();
  await page.locator('.guide .hint', { hasText: /^H264 640×360, / }).waitFor();
  assert.equal(await focused(), 'name');
  assert.equal(await field('name').inputValue(), 'Camera 1');
  assert.deepEqual(await graveFaults(page), []);
  await keepScreenshot(page, 'guide picture');
  assert.deepEqual(await cameras(), ['camera-1'], 'which only the guide has added');
});

scenario('who goes back takes the camera back', here, async () => {
  await page.locator('.guide .back').click();

  await field('address').waitFor();
  await waitForCameras([]);
  assert.equal(await field('password').inputValue(), 'p@ss#1');
});

scenario('who leaves the page takes the camera back', here, async () => {
  await test();
  await sees();
  const asked = page.waitForEvent('dialog').then((dialog) => dialog.accept());

  await Promise.all([asked, page.goto(house.url)]);

  await waitForCameras([]);
  await page.getByRole('link', { name: 'Add your first camera' }).click();
  await page.locator('[data-make="other"]').click();
});

scenario('who closes the steps takes the camera back, after a question', here, async () => {
  await enter('front', { username: 'admin', password: 'p@ss#1' });
  await test();
  await sees();
  page.once('dialog', (dialog) => void dialog.dismiss());
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.guide').count(), 1);
  page.once('dialog', (dialog) => void dialog.accept());

  await page.keyboard.press('Escape');

  await page.locator('.guide').waitFor({ state: 'detached' });
  await waitForCameras([]);
  await page.waitForFunction(() => document.activeElement?.matches('#tools .add'));
});

scenario('a name is the end of it, and the wall shows the camera', here, async () => {
  await page.locator('#tools .add').click();
  await page.locator('[data-make="other"]').click();
  await enter('front', { username: 'admin', password: 'p@ss#1' });
  await test();
  await sees();
  await field('name').fill('Front door');

  await page.keyboard.press('Enter');

  await page.getByRole('dialog', { name: 'Camera added' }).waitFor();
  assert.deepEqual(await cameras(), ['front-door']);
  const { streams } = await (await fetch(`${house.url}api/cameras/front-door/settings`)).json();
  assert.equal(streams[0].pull, 'always');
  assert.equal(streams[0].has_password, true);
  await keepScreenshot(page, 'guide done');
  await page.getByRole('link', { name: 'Show the wall' }).click();
  await waitForState(page, 'front-door', 'live');
});

scenario(
  'the next camera is likely to be of the same make, with the same login',
  here,
  async () => {
    await page.goto(`${house.url}settings.html?add`);
    await page.locator('[data-make="other"]').click();
    await field('address').fill(house.camera('garden').all[0].url);
    await test();
    await sees();
    await field('name').fill('Garden');
    await page.locator('.guide .primary').click();
    await page.locator('.guide .more').click();

    assert.equal(await field('address').inputValue(), '');
    assert.equal(await focused(), 'address');
    await field('address').fill(house.camera('garden').all[0].url);
    await test();
    await page
      .locator('.guide .complaint', { hasText: 'Camera “garden” already has this URL' })
      .waitFor();
  },
);

scenario('H.265 is told with what to do', here, async () => {
  const plays = await page.evaluate(() =>
    RTCRtpReceiver.getCapabilities('video')?.codecs.some(
      ({ mimeType }) => mimeType === 'video/H265',
    ),
  );
  await enter('street');

  await test();

  const says = plays ? 'This browser plays it, but others can’t' : 'which this browser can’t play';
  await page.locator('.guide .note', { hasText: says }).waitFor();
  if (!plays) await page.locator('.preview', { hasText: 'can’t play H.265' }).waitFor();
  await keepScreenshot(page, 'guide H.265');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.locator('.guide .close').click();
  await waitForCameras(['front-door', 'garden']);
});

scenario('what was entered so far goes on to the form with all settings', here, async () => {
  await page.locator('#tools .add').click();
  await page.locator('[data-make="axis"]').click();
  await field('address').fill('192.0.2.10');
  await field('username').fill('root');

  await page.locator('.guide .by-hand').click();

  await page.locator('.camera-form').waitFor();
  const [main] = await page.getByLabel('RTSP URL').all();
  assert.equal(await main.inputValue(), 'rtsp://192.0.2.10/axis-media/media.amp');
  assert.equal(await page.getByLabel('User name').first().inputValue(), 'root');
  const question = page.waitForEvent('dialog');
  const left = page.locator('.camera-form .cancel').click();
  await (await question).accept();
  await left;
  await page.locator('.camera-form').waitFor({ state: 'detached' });
});

scenario('it works on a phone, in Korean', here, async () => {
  const { page: phone, close } = await openPage(browser, `${house.url}settings.html?add&lang=ko`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await phone.getByRole('dialog', { name: '카메라 추가: 제조사' }).waitFor();
  await keepScreenshot(phone, 'guide phone make');
  await phone.locator('[data-make="reolink"]').tap();
  await phone.getByRole('button', { name: '연결 테스트' }).waitFor();
  await keepScreenshot(phone, 'guide phone address');

  const small = await phone.locator('.guide :is(button, input)').evaluateAll((all) =>
    all
      .map((element) => element.getBoundingClientRect())
      .filter(({ width, height, right }) => height < 44 || width < 44 || right > innerWidth)
      .map(({ width, height }) => `${width}×${height}`),
  );
  assert.deepEqual(small, []);
  assert.deepEqual(await graveFaults(phone), []);
  await close();
});

scenario('where settings may not be changed, the wall says what to do instead', here, async () => {
  const other = await House.open([], '  settings: none\n');
  try {
    const { page: wall, close } = await openPage(browser, other.url);
    await wall.getByText('This browser may not add cameras').waitFor();

    assert.equal(await wall.locator('#empty-add').isVisible(), false);
    const detail = await wall.locator('#empty-detail').innerText();
    assert.match(detail, /configuration file/);
    assert.doesNotMatch(detail, /network/, 'nor would it from there');
    await keepScreenshot(wall, 'first camera elsewhere');
    await close();
  } finally {
    await other.close();
  }
});
