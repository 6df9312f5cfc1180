import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { graveFaults } from './support/axe.js';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

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
  [house, browser] = await together(House.open(cameras), launchChromium());
  page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(`${house.url}settings.html`);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** The form with all settings, for a new camera. */
async function openForm() {
  await page.locator('#tools .add').click();
  await page.locator('.guide .by-hand').click();
}
const row = (/** @type {string} */ id) => page.locator(`[data-camera="${id}"]`);
const order = () =>
  page
    .locator('[data-camera]')
    .evaluateAll((rows) => rows.map((element) => element.getAttribute('data-camera')));
const grip = (/** @type {string} */ id) => row(id).locator('.grip');

/** @param {import('playwright-core').Locator} of */
async function middle(of) {
  const box = await of.boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/**
 * @param {import('playwright-core').Locator} from
 * @param {import('playwright-core').Locator} to
 * @param {() => Promise<void>} look Before it is let go.
 */
async function drag(from, to, look) {
  const [a, b] = [await middle(from), await middle(to)];
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  await page.mouse.move(b.x, b.y, { steps: 6 });
  await look();
  await page.mouse.up();
}

/**
 * @param {import('playwright-core').Locator} from
 * @param {import('playwright-core').Locator} to
 */
async function touchDrag(from, to) {
  const [a, b] = [await middle(from), await middle(to)];
  const devtools = await page.context().newCDPSession(page);
  const touch = (/** @type {string} */ type, /** @type {{x: number, y: number}[]} */ ...at) =>
    devtools.send('Input.dispatchTouchEvent', {
      type: /** @type {'touchStart'} */ (type),
      touchPoints: at,
    });
  await touch('touchStart', a);
  for (let i = 1; i <= 6; i++) {
    await touch('touchMove', { x: b.x, y: a.y + ((b.y - a.y) * i) / 6 });
  }
  await touch('touchEnd');
  await devtools.detach();
}

/** What a screen reader calls it that has the focus. */
const focused = () =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent;
  });

/** The camera's own picture once more, under an address that the server does not know yet. */
const otherUrl = () => `${house.camera('front').all[0].url}?again=1`;

scenario('a camera of the configuration says where it is to be changed', here, async () => {
  await row('front').locator('.elsewhere').waitFor();

  assert.match(await row('front').locator('.elsewhere').innerText(), /fanlight\.yaml, line \d+/);
  assert.equal(await row('front').locator('.edit').count(), 0);
});

scenario('Cancel closes a form in which nothing was changed', here, async () => {
  const form = page.locator('form', { has: page.getByLabel('RTSP URL') });
  await openForm();
  await form.waitFor();

  await page.locator('.cancel').click();

  await form.waitFor({ state: 'detached' });
});

scenario('a refusal stands beside the field that it is about', here, async () => {
  await openForm();
  await page.getByLabel('Name', { exact: true }).fill('Back yard');
  await page.locator('.primary').click();
  await page.locator('.complaint', { hasText: 'Required' }).waitFor();
  assert.equal(await page.getByLabel('ID (used in links)').inputValue(), 'back-yard');
  await page.getByLabel('RTSP URL').fill('http://192.0.2.1/');
  assert.equal(await page.locator('.complaint', { hasText: 'Required' }).count(), 0, 'filled');

  await page.locator('.primary').click();

  await page.locator('.complaint', { hasText: 'is not an RTSP URL' }).waitFor();
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('name')),
    'streams[0].url',
  );
});

scenario('a password that a URL cuts leads to the field for passwords', here, async () => {
  await page.getByLabel('RTSP URL').fill('rtsp://me:p@ss#1@127.0.0.1/live');

  await page.locator('button.test').click();

  await page.locator('.complaint', { hasText: 'Remove user name and password' }).waitFor();
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('name')),
    'streams[0].password',
  );
  await page.getByLabel('Password').fill('p@ss#1');
  assert.equal(await page.locator('.complaint:not(:empty)').count(), 0);
  await page.getByLabel('Password').fill('');
});

scenario('what is typed is not lost without a question', here, async () => {
  /** @type {string[]} */
  const asked = [];
  const refuse = (/** @type {import('playwright-core').Dialog} */ dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  };
  page.on('dialog', refuse);

  await page.locator('.cancel').click();
  await page.locator('#tools .add').click();
  const left = page.waitForEvent('dialog');
  await page.locator('#back').click({ noWaitAfter: true });
  await left;

  page.off('dialog', refuse);
  assert.deepEqual(asked, ['confirm', 'confirm', 'beforeunload']);
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Back yard');
});

scenario('a camera is tried before it is added, and is live without a restart', here, async () => {
  await page.getByLabel('RTSP URL').fill(otherUrl());
  await page.getByLabel('Groups, separated by commas').fill('Yard, a@b');
  await page.locator('.primary').click();
  await page.locator('.complaint', { hasText: 'not the name of a group' }).waitFor();
  await page.getByLabel('Groups, separated by commas').fill('Yard, Night');
  await page.locator('button.test').click();
  await page.locator('.found[data-ok="true"]').waitFor();
  assert.match(
    await page.locator('.found').innerText(),
    /^H264 640×360, .* a key frame every [\d.]+ s/,
  );
  await keepScreenshot(page, 'settings');

  await page.locator('.primary').click();

  await row('back-yard').locator('.state', { hasText: 'live' }).waitFor();
  assert.deepEqual(await order(), ['front', 'back-yard']);
  const { groups } = await (await fetch(new URL('api/cameras/back-yard', house.url))).json();
  assert.deepEqual(groups, ['Yard', 'Night']);
  await page.locator('#announcer', { hasText: '“Back yard” was saved' }).waitFor();
  await keepScreenshot(page, 'settings saved');
  assert.equal(await focused(), 'Edit: Back yard');
});

scenario('cameras are put in order, whoever wrote them', here, async () => {
  await row('back-yard').locator('.up').click();

  await page.waitForFunction(
    () => document.querySelector('[data-camera]')?.getAttribute('data-camera') === 'back-yard',
  );
  assert.deepEqual(await order(), ['back-yard', 'front']);
});

scenario('a camera is carried to another place, which the server keeps', here, async () => {
  await drag(grip('front'), grip('back-yard'), async () => {
    await page.locator('[data-camera="back-yard"][data-drop="before"]').waitFor();
    await keepScreenshot(page, 'settings drag');
  });

  await page.waitForFunction(
    () => document.querySelector('[data-camera]')?.getAttribute('data-camera') === 'front',
  );
  // The server may tell the new order before the page has the answer to its request.
  await page.locator('#announcer', { hasText: 'Front door is now number 1 of 2' }).waitFor();
  await page.reload();
  await row('front').waitFor();
  assert.deepEqual(await order(), ['front', 'back-yard']);
});

scenario('a finger carries a camera, too', here, async () => {
  await touchDrag(grip('back-yard'), grip('front'));

  await page.waitForFunction(
    () => document.querySelector('[data-camera]')?.getAttribute('data-camera') === 'back-yard',
  );
});

scenario('a carried camera scrolls a long list', here, async () => {
  await page.setViewportSize({ width: 500, height: 240 });
  const from = await grip('back-yard').boundingBox();
  assert.ok(from);
  await page.mouse.move(from.x + 9, from.y + 9);
  await page.mouse.down();
  await page.mouse.move(from.x + 9, 238, { steps: 4 });

  await page.waitForFunction(
    () => scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 400,
  );
  await page.keyboard.press('Escape');
  await page.mouse.up();
  assert.deepEqual(await order(), ['back-yard', 'front'], 'Escape gives it up');
  await page.setViewportSize({ width: 1100, height: 900 });
});

scenario('a camera gets another name', here, async () => {
  await row('back-yard').locator('.edit').click();
  await page.getByLabel('Name', { exact: true }).fill('Yard');

  await page.locator('.primary').click();

  await row('back-yard')
    .locator('h2', { hasText: /^Yard$/ })
    .waitFor();
});

scenario('what few need is there, and what is not touched stays what it was', here, async () => {
  const settings = () =>
    page.evaluate(() => fetch('api/cameras/back-yard/settings').then((answer) => answer.json()));
  await page.evaluate(
    async (/** @type {any} */ camera) => {
      camera.codecs = ['h264'];
      camera.webrtc_transport = 'webrtcbin';
      Object.assign(camera.streams[0], { username: 'me', password: 'secret', latency: '250ms' });
      camera.streams[0].tls_fingerprint = 'AB:'.repeat(31).concat('CD');
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify(camera);
      await fetch('api/cameras/back-yard/settings', { method: 'PUT', headers, body });
    },
    await settings(),
  );
  const before = await settings();
  await page.reload();
  await row('back-yard').locator('.edit').click();
  assert.equal(await page.getByLabel('Jitter buffer').isVisible(), false);
  for (const summary of await page.locator('summary').all()) await summary.click();
  assert.equal(await page.getByLabel('Jitter buffer').inputValue(), '250ms');
  assert.equal(await page.getByLabel('SHA-256').isVisible(), false, 'the camera has no TLS');
  assert.equal(await page.getByLabel('Read by').inputValue(), before.streams[0].source);
  await page.getByLabel('Read by').selectOption('direct');
  await page.getByLabel('Reconnect after').fill('12');
  await page.locator('.advanced > summary').first().click();

  await page.locator('.primary').click();
  await page.locator('.complaint', { hasText: 'unit' }).waitFor();
  assert.deepEqual(await graveFaults(page), []);
  await keepScreenshot(page, 'settings advanced');
  await page.getByLabel('Reconnect after').fill('12s');
  await page.locator('.primary').click();

  await page.locator('.camera-form').waitFor({ state: 'detached' });
  Object.assign(before.streams[0], { health_timeout: '12s', source: 'direct' });
  assert.deepEqual(await settings(), before);
});

scenario('who takes out the user takes out the password', here, async () => {
  await row('back-yard').locator('.edit').click();
  assert.equal(await page.getByLabel('Password').getAttribute('placeholder'), 'unchanged');
  await page.getByLabel('User name').fill('');
  assert.equal(await page.getByLabel('Password').getAttribute('placeholder'), '');

  await page.locator('.primary').click();

  await page.locator('.camera-form').waitFor({ state: 'detached' });
  const has = await page.evaluate(() =>
    fetch('api/cameras/back-yard/settings')
      .then((answer) => answer.json())
      .then(({ streams }) => streams[0].has_password),
  );
  assert.equal(has, false);
});

scenario('news from the server leave the focus where it is', here, async () => {
  await row('back-yard').locator('.edit').focus();

  await page.evaluate(async () => {
    const camera = await (await fetch('api/cameras/back-yard/settings')).json();
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ ...camera, name: 'Courtyard' });
    await fetch('api/cameras/back-yard/settings', { method: 'PUT', headers, body });
  });
  await page.locator('h2', { hasText: 'Courtyard' }).waitFor();

  assert.equal(await focused(), 'Edit: Courtyard');
});

scenario('a file that the server rejects is told until it is right', here, async () => {
  const { config_file: file } = await (await fetch(`${house.url}api/settings`)).json();
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, `${right}\ncamera: []\n`);
  assert.equal((await fetch(`${house.url}api/reload`, { method: 'POST' })).status, 422);

  await page.reload();
  await page.locator('#rejected', { hasText: 'did you mean cameras?' }).waitFor();
  writeFileSync(file, right);
  await page.locator('#tools .reload').click();

  await page.locator('#rejected').waitFor({ state: 'hidden' });
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
  await page.locator('#announcer', { hasText: '“Courtyard” was removed' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('button'));
});
