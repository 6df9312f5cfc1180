import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  keepScreenshot,
  shownCameras,
  tileOf,
  waitForCameras,
  waitForState,
  waitUntilAllLive,
  TEST_MS,
} from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** How people arrange a wall, with a stand-in server inside the page. */

const openOne = pagesOfOneBrowser();

const NAMES = ['Front door', 'Garden', 'Garage', 'Street', 'Hall', 'Cellar'];
const IDS = NAMES.map((name) => name.split(' ')[0].toLowerCase());
const CAMERAS = NAMES.map((name, at) => ({ id: IDS[at], name, audio_codec: '' }));
const [FRONT, GARDEN, GARAGE, STREET, HALL, CELLAR] = IDS;

/**
 * @param {string} [query]
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function open(query = '', options = {}) {
  const { page } = await openOne(query, CAMERAS, options);
  await waitUntilAllLive(page);
  return page;
}

/** @param {import('playwright-core').Page} page */
const announced = (page) => page.locator('#announcer').textContent();

/**
 * Carries one thing to another with the mouse.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} from
 * @param {import('playwright-core').Locator} to
 */
async function drag(page, from, to) {
  const [a, b] = [await from.boundingBox(), await to.boundingBox()];
  assert.ok(a && b);
  await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
  await page.mouse.down();
  await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 8 });
  await page.mouse.up();
}

/** @param {import('playwright-core').Page} page */
const scrolls = (page) =>
  page.evaluate(() =>
    [document.documentElement, document.querySelector('#wall')].some(
      (element) => element && element.scrollHeight > element.clientHeight,
    ),
  );

test(
  'a page has as many cameras as is chosen; arrows and keys turn pages',
  { timeout: TEST_MS },
  async () => {
    const page = await open();
    assert.deepEqual(await shownCameras(page), IDS);

    await page.locator('#grid').selectOption('4');
    await waitForCameras(page, [FRONT, GARDEN, GARAGE, STREET]);
    assert.equal(await page.locator('#page').innerText(), '1 / 2');
    await page.getByRole('button', { name: 'Next page' }).click();
    await waitForCameras(page, [HALL, CELLAR]);
    await waitUntilAllLive(page);
    assert.equal(await scrolls(page), false);
    await keepScreenshot(page, 'second page');
    await page.keyboard.press('PageDown');
    await waitForCameras(page, [FRONT, GARDEN, GARAGE, STREET]);
    assert.equal(await announced(page), 'Page 1 of 2');
    await page.keyboard.press('PageUp');
    await waitForCameras(page, [HALL, CELLAR]);

    for (const size of [1, 9, 16, 25]) {
      await page.locator('#grid').selectOption(String(size));
      await page.waitForFunction(
        (count) => document.querySelectorAll('fanlight-tile:not([hidden])').length === count,
        Math.min(size, IDS.length),
      );
      assert.equal(await scrolls(page), false);
    }
  },
);

test('tiles of another page pull nothing until it is turned to', { timeout: TEST_MS }, async () => {
  const page = await open('?grid=4');
  const watches = () => page.evaluate(() => /** @type {any} */ (window).loopback.watches);
  assert.equal(await watches(), 4);

  await page.keyboard.press('PageDown');
  await waitUntilAllLive(page);
  assert.equal(await watches(), 6);

  await page.waitForFunction(
    (id) =>
      /** @type {any} */ (document.querySelector(`[data-camera="${id}"]`)).player.state.name ===
      'paused',
    FRONT,
  );
});

test(
  'pages turn by themselves, and the next one plays before it is seen',
  { timeout: TEST_MS },
  async () => {
    const page = await open('?grid=4&cycle=4');

    await page.waitForFunction(
      (id) =>
        /** @type {any} */ (document.querySelector(`[data-camera="${id}"][hidden]`))?.player.state
          .name === 'live',
      HALL,
    );
    await waitForCameras(page, [HALL, CELLAR]);
    assert.deepEqual(
      await Promise.all([HALL, CELLAR].map((id) => tileOf(page, id).getAttribute('data-state'))),
      ['live', 'live'],
    );
    await waitForCameras(page, [FRONT, GARDEN, GARAGE, STREET]);

    await page.getByRole('button', { name: 'Rotate pages' }).click();
    assert.equal(
      await page.getByRole('button', { name: 'Rotate pages' }).getAttribute('aria-pressed'),
      'false',
    );
  },
);

test(
  'tiles are put in order by drag, without interrupting a picture',
  { timeout: TEST_MS },
  async () => {
    const page = await open();

    await drag(
      page,
      tileOf(page, CELLAR).locator('.picture'),
      tileOf(page, FRONT).locator('.picture'),
    );

    await waitForCameras(page, [CELLAR, FRONT, GARDEN, GARAGE, STREET, HALL]);
    assert.equal(await announced(page), 'Cellar is now number 1 of 6');
    assert.equal(await page.locator('[data-focused]').count(), 0, 'the drag was taken for a click');
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).loopback.watches), 6);
    const paused = await page.evaluate(
      () => [...document.querySelectorAll('video')].filter((video) => video.paused).length,
    );
    assert.equal(paused, 0);

    await page.reload();
    await waitForCameras(page, [CELLAR, FRONT, GARDEN, GARAGE, STREET, HALL]);
  },
);

test('tiles are put in order by keyboard', { timeout: TEST_MS }, async () => {
  const page = await open();
  await tileOf(page, FRONT).focus();

  await page.keyboard.press('Shift+ArrowRight');

  await waitForCameras(page, [GARDEN, FRONT, GARAGE, STREET, HALL, CELLAR]);
  assert.equal(await announced(page), 'Front door is now number 2 of 6');
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('data-camera')),
    FRONT,
    'the focus did not go along',
  );
});

test('a drag that is given up changes nothing', { timeout: TEST_MS }, async () => {
  const page = await open();
  const where = await tileOf(page, CELLAR).boundingBox();
  assert.ok(where);
  await page.mouse.move(where.x + 60, where.y + 60);
  await page.mouse.down();
  await page.mouse.move(where.x - 300, where.y - 200, { steps: 5 });
  await page.locator('[data-drop]').waitFor();
  await keepScreenshot(page, 'drag');

  await page.keyboard.press('Escape');
  await page.mouse.up();

  assert.deepEqual(await shownCameras(page), IDS);
});

test(
  'cameras are chosen and ordered in the drawer, by mouse and by keyboard',
  { timeout: TEST_MS },
  async () => {
    const page = await open();
    await page.keyboard.press('a');
    const drawer = page.getByRole('complementary', { name: 'Arrange' });
    await drawer.waitFor();

    await drawer.getByRole('checkbox', { name: 'Garage' }).uncheck();
    await waitForCameras(page, [FRONT, GARDEN, STREET, HALL, CELLAR]);
    await drag(
      page,
      drawer.locator('li[data-camera="cellar"] .grip'),
      drawer.locator('li[data-camera="front"] .grip'),
    );
    await waitForCameras(page, [CELLAR, FRONT, GARDEN, STREET, HALL]);
    await drawer.getByRole('button', { name: 'Move Cellar down' }).focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('Enter');
    await waitForCameras(page, [FRONT, GARDEN, STREET, HALL, CELLAR]);
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Move Cellar up',
      'the focus was lost at the end of the way',
    );
    await keepScreenshot(page, 'arrange');
    await drawer.getByRole('checkbox', { name: 'Garage' }).check();
    await waitForCameras(page, [FRONT, GARDEN, STREET, HALL, CELLAR, GARAGE]);

    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
  },
);

test('groups of cameras are shown by buttons and by links', { timeout: TEST_MS }, async () => {
  const groups = [['Entrance'], ['Yard'], ['Yard', 'Night'], ['Night'], [], []];
  const cameras = CAMERAS.map((camera, at) => ({ ...camera, groups: groups[at] }));
  const { page } = await openOne('?wall=@Yard', cameras);
  await waitForCameras(page, [GARDEN, GARAGE]);
  await page.keyboard.press('a');
  const yard = page.getByRole('button', { name: 'Yard 2', exact: true });
  await yard.waitFor();
  assert.equal(await yard.getAttribute('aria-pressed'), 'true');
  await keepScreenshot(page, 'groups of cameras');

  await page.getByRole('button', { name: 'Night 2', exact: true }).click();
  await waitForCameras(page, [GARDEN, GARAGE, STREET]);
  await yard.click();
  await waitForCameras(page, [GARAGE, STREET]);
  await page.getByRole('checkbox', { name: 'Garage' }).uncheck();
  await waitForCameras(page, [STREET]);

  await page.evaluate((joins) => {
    const { loopback } = /** @type {any} */ (window);
    loopback.source(joins).camera.groups = ['Night'];
    const cameras = loopback.list();
    for (const socket of loopback.sockets) socket.say({ type: 'cameras', cameras });
  }, HALL);
  await waitForCameras(page, [STREET, HALL]);
});

test(
  'a layout gets a name, is kept in the browser, and is used and removed again',
  { timeout: TEST_MS },
  async () => {
    const page = await open('?wall=street,hall&grid=4');
    assert.deepEqual(await shownCameras(page), [STREET, HALL]);
    await page.getByRole('button', { name: 'Arrange' }).click();
    await page.getByRole('textbox', { name: 'Name of this layout' }).fill('Night');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Night', exact: true }).waitFor();

    const home = new URL('.', page.url()).href;
    await page.goto(home);
    await waitForCameras(page, IDS);
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Night', exact: true }).click();
    await waitForCameras(page, [STREET, HALL]);
    await page.goto(`${home}?wall=Night`);
    await waitForCameras(page, [STREET, HALL]);

    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Delete layout “Night”' }).click();
    assert.equal(await page.getByRole('button', { name: 'Night', exact: true }).count(), 0);
  },
);

test(
  'a link shows the same wall in a browser that has never seen it',
  { timeout: TEST_MS },
  async () => {
    const page = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#grid').selectOption('4');
    await tileOf(page, FRONT).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const home = new URL('.', page.url()).href;
    assert.equal(link, `${home}?wall=garden,front,garage,street,hall,cellar,*&grid=4`);
    await page.getByRole('button', { name: 'Copy kiosk link' }).click();
    await page.waitForFunction(async () => /&kiosk$/.test(await navigator.clipboard.readText()));
    await page.context().close();

    const elsewhere = await open(link.slice(home.length));

    assert.deepEqual(await shownCameras(elsewhere), [GARDEN, FRONT, GARAGE, STREET]);
  },
);

test('a kiosk shows pictures and nothing else', { timeout: TEST_MS }, async () => {
  const page = await open('?wall=street,front,hall,garden&grid=4&kiosk');

  assert.deepEqual(await shownCameras(page), [STREET, FRONT, HALL, GARDEN]);
  assert.equal(await page.locator('header').isVisible(), false);
  await page.mouse.move(200, 200);
  await page.locator('body[data-still]').waitFor();
  assert.equal(
    await page.evaluate(
      () => getComputedStyle(document.querySelector('.picture') ?? document.body).cursor,
    ),
    'none',
  );
  assert.equal(await tileOf(page, STREET).locator('.controls').isVisible(), false);
  assert.equal(await scrolls(page), false);
  await keepScreenshot(page, 'kiosk');
});

test('a wall of cameras that are not there says so', { timeout: TEST_MS }, async () => {
  const { page } = await openOne('?wall=nowhere', CAMERAS);

  await page.getByText('This wall has no cameras').waitFor();
});

test('a camera that is added to the server joins a wall of all', { timeout: TEST_MS }, async () => {
  const page = await open();

  await page.evaluate(() => {
    const { loopback } = /** @type {any} */ (window);
    const Source = loopback.sources[0].constructor;
    loopback.sources.push(new Source({ id: 'new', name: 'New', audio_codec: '' }));
    for (const socket of loopback.sockets) {
      socket.say({ type: 'cameras', cameras: loopback.list() });
    }
  });

  await waitForState(page, 'new', 'live');
  assert.deepEqual(await shownCameras(page), [...IDS, 'new']);
});
