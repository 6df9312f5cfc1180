import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import {
  keepScreenshot,
  openPage,
  tileOf,
  waitForState,
  waitUntilAllLive,
  watchFrames,
  TEST_MS,
} from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

const CAMERAS = [
  { id: 'front', name: 'Front door' },
  { id: 'garden', name: 'Garden', profile: 'high', audio: 'pcma' },
  { id: 'garage', name: 'Garage', profile: 'baseline', audio: 'none' },
  { id: 'street', name: 'Street', audio: 'opus' },
];

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
const here = () => ({ page: wall.page, log: house.log });

before(async () => {
  [house, browser] = await together(House.open(CAMERAS), launchChromium());
  wall = await openPage(browser, house.url);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

scenario('four cameras play at once', here, async (page) => {
  await waitUntilAllLive(page);

  assert.equal(
    await page.locator('#summary').innerText(),
    '4 of 4 cameras live · 4 of 4 playing here',
  );
  const frames = await Promise.all(CAMERAS.map(({ id }) => watchFrames(page, id, 8)));
  for (const seen of frames) {
    // A looped clip starts again at 0, once at most in so short a time.
    const back = seen.filter((number, at) => at > 0 && number < seen[at - 1]);
    assert.ok(back.length <= 1, `frames out of order: ${seen}`);
  }
});

scenario(
  'each tile shows its name, and codec, size, rates, counts, loss and round trip',
  here,
  async (page) => {
    for (const { id, name } of CAMERAS) {
      const tile = tileOf(page, id);
      assert.equal(await tile.locator('.name').innerText(), name);
      await tile.hover();
      await tile
        .locator('.facts [data-fact="bitrate"]', { hasText: /^[\d.,]+ [kM]bit\/s$/ })
        .waitFor();
      const fact = (/** @type {string} */ of) =>
        tile.locator(`.facts [data-fact="${of}"]`).textContent();
      assert.equal(await fact('videoCodec'), 'H.264');
      assert.equal(await fact('size'), '640×360');
      await tile
        .locator('.facts [data-fact="fps"]', { hasText: /^[1-9]\d* fps$/ })
        .waitFor({ state: 'attached' });
      assert.match((await fact('loss')) ?? '', /^\d+(\.\d)?% lost$/);
      assert.match((await fact('packets')) ?? '', /^[\d,]+ packets$/);
      assert.match((await fact('bytes')) ?? '', /^[\d.,]+ [kM]B$/);
      await tile
        .locator('.facts [data-fact="rtt"]', { hasText: /^[\d.]+ ms rtt$/ })
        .waitFor({ state: 'attached' });
    }
    await keepScreenshot(page, 'four cameras, dark');
  },
);

scenario(
  'the statistics button opens the whole table on every tile, and counts go up',
  here,
  async (page) => {
    await page.locator('#statistics').click();
    const frames = tileOf(page, 'front').locator('.panel [data-fact="frames"]');
    await frames.filter({ hasText: /\d/ }).waitFor();
    const earlier = Number((await frames.innerText()).replaceAll(',', ''));

    await page.waitForFunction((before) => {
      const shown = document.querySelector('[data-camera="front"] .panel [data-fact="frames"]');
      return Number(shown?.textContent?.replaceAll(',', '')) > before;
    }, earlier);

    assert.equal(await page.locator('fanlight-tile .panel:visible').count(), CAMERAS.length);
    const sound = (/** @type {string} */ id) =>
      tileOf(page, id).locator('.panel [data-fact="audioCodec"]').innerText();
    assert.equal(await sound('front'), 'Opus');
    assert.equal(await sound('garden'), 'G.711 A-law');
    assert.equal(await sound('garage'), 'No sound');
    await keepScreenshot(page, 'statistics');
    await page.locator('#statistics').click();
    assert.equal(await page.locator('fanlight-tile .panel:visible').count(), 0);
  },
);

scenario(
  'sound arrives silently, is heard after a click, and from one tile at a time',
  here,
  async (page) => {
    /** @param {string} id */
    const heard = (id) =>
      page.evaluate((camera) => {
        const video = document.querySelector(`[data-camera="${camera}"] video`);
        return video instanceof HTMLVideoElement && !video.muted;
      }, id);
    assert.deepEqual(await Promise.all(CAMERAS.map(({ id }) => heard(id))), [
      false,
      false,
      false,
      false,
    ]);

    await tileOf(page, 'front').hover();
    await tileOf(page, 'front').getByRole('button', { name: 'Unmute' }).click();
    assert.equal(await heard('front'), true);
    // The camera's tone as the loudspeaker would get it, not only as the decoder counts it.
    await page.waitForFunction(async () => {
      const video = document.querySelector('[data-camera="front"] video');
      if (!(video instanceof HTMLVideoElement)) return false;
      const scope = /** @type {any} */ (window);
      scope.audioContext ??= new AudioContext();
      scope.analyser ??= (() => {
        const analyser = scope.audioContext.createAnalyser();
        scope.audioContext.createMediaStreamSource(video.srcObject).connect(analyser);
        return analyser;
      })();
      const samples = new Float32Array(scope.analyser.fftSize);
      scope.analyser.getFloatTimeDomainData(samples);
      return Math.max(...samples.map(Math.abs)) > 0.01;
    });
    await keepScreenshot(page, 'sound on');

    // AAC that became Opus was heard above; G.711 and Opus pass through.
    for (const id of ['garden', 'street']) {
      await tileOf(page, id).hover();
      await tileOf(page, id).getByRole('button', { name: 'Unmute' }).click();
      const all = await Promise.all(CAMERAS.map((camera) => heard(camera.id)));
      assert.deepEqual(
        all,
        CAMERAS.map((camera) => camera.id === id),
      );
      await page.waitForFunction((camera) => {
        const tile = /** @type {any} */ (document.querySelector(`[data-camera="${camera}"]`));
        return tile.player.statistics?.audioEnergy > 0;
      }, id);
    }
    await tileOf(page, 'street').getByRole('button', { name: 'Mute' }).click();
    assert.equal(await heard('street'), false);
  },
);

scenario('a camera without sound says so instead of offering it', here, async (page) => {
  await tileOf(page, 'garage').hover();
  const button = tileOf(page, 'garage').getByRole('button', { name: /^No sound/ });

  assert.equal(await button.isDisabled(), true);
});

scenario(
  'a tile pauses and plays by its button, alone, and keeps its last picture',
  here,
  async (page) => {
    await tileOf(page, 'garden').hover();
    await tileOf(page, 'garden').getByRole('button', { name: 'Pause' }).click();
    await waitForState(page, 'garden', 'paused');
    assert.equal(await tileOf(page, 'garden').locator('.notice-text').innerText(), 'Paused');
    assert.equal(await tileOf(page, 'garden').locator('canvas.still').isVisible(), true);
    await page
      .locator('#summary', { hasText: '4 of 4 cameras live · 3 of 4 playing here' })
      .waitFor();
    await keepScreenshot(page, 'paused');

    await tileOf(page, 'garden').locator('.notice').getByRole('button', { name: 'Play' }).click();

    await waitForState(page, 'garden', 'live');
    await watchFrames(page, 'garden', 3);
  },
);

scenario('all tiles pause and play by one button', here, async (page) => {
  await page.getByRole('button', { name: 'Pause all' }).click();
  await Promise.all(CAMERAS.map(({ id }) => waitForState(page, id, 'paused')));

  await page.getByRole('button', { name: 'Play all' }).click();

  await waitUntilAllLive(page);
});

scenario('everything on a tile can be done by keyboard', here, async (page) => {
  const focused = () =>
    page.evaluate(() =>
      document.activeElement?.closest('fanlight-tile')?.getAttribute('data-camera'),
    );
  await page.locator('#arrange').focus();
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'front');

  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'garden');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'street');
  await keepScreenshot(page, 'keyboard focus');

  await page.keyboard.press('m');
  assert.equal(await tileOf(page, 'street').getAttribute('data-sound'), 'on');
  await page.keyboard.press('m');
  assert.equal(await tileOf(page, 'street').getAttribute('data-sound'), 'off');
  await page.keyboard.press('i');
  await tileOf(page, 'street').locator('.panel').waitFor();
  await page.keyboard.press('i');
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement?.matches('[data-camera="street"]'));
  await keepScreenshot(page, 'full screen');
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement === null);
  await page.keyboard.press('Space');
  await waitForState(page, 'street', 'paused');
  await page.keyboard.press('Space');
  await waitForState(page, 'street', 'live');

  await page.keyboard.press('Tab');
  const button = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.equal(await button(), 'Pause');
  await page.keyboard.press('Tab');
  assert.equal(await button(), 'Unmute');
});

scenario(
  'the whole wall goes to full screen, and a list of keys is a key away',
  here,
  async (page) => {
    await page.keyboard.press('Shift+F');
    await page.waitForFunction(() => document.fullscreenElement === document.documentElement);
    assert.equal(await page.locator('header').isVisible(), false);
    await page.keyboard.press('Shift+F');
    await page.waitForFunction(() => document.fullscreenElement === null);

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' });
  },
);

scenario('one WebSocket carries all tiles', here, async (page) => {
  /** @type {string[]} */
  const sockets = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));

  await page.reload();
  await waitUntilAllLive(page);

  assert.equal(sockets.length, 1);
});

scenario('the page talks to its own server only, and nothing went wrong in it', here, async () => {
  assert.deepEqual([...wall.hosts], [new URL(house.url).host]);
  assert.deepEqual(wall.faults, []);
});

test(
  'a browser in Korean gets Korean, and the choice of a language is kept',
  { timeout: TEST_MS },
  async () => {
    const korean = await openPage(browser, house.url, { locale: 'ko-KR', colorScheme: 'light' });
    const { page } = korean;
    await waitUntilAllLive(page);
    assert.equal(
      await page.locator('#summary').innerText(),
      '카메라 4대 중 4대 실시간 · 이 화면 4대 중 4대 재생 중',
    );
    assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
    await page.locator('#statistics').click();
    await tileOf(page, 'front')
      .locator('.panel [data-fact="bitrate"]', { hasText: 'bit/s' })
      .waitFor();
    assert.equal(await tileOf(page, 'front').locator('.panel dt').first().innerText(), '영상');
    await keepScreenshot(page, 'Korean, light');

    await page.locator('#language').selectOption('en');
    await page
      .locator('#summary', { hasText: '4 of 4 cameras live · 4 of 4 playing here' })
      .waitFor();
    assert.equal(await tileOf(page, 'front').locator('.panel dt').first().innerText(), 'Video');
    await page.reload();
    await page
      .locator('#summary', { hasText: '4 of 4 cameras live · 4 of 4 playing here' })
      .waitFor();
    await korean.close();
  },
);

test(
  'a light page, a phone and a large screen show all cameras without scrolling',
  { timeout: TEST_MS },
  async () => {
    const sizes = {
      'four cameras, light': { width: 1280, height: 760 },
      phone: { width: 390, height: 844 },
      'phone on its side': { width: 844, height: 390 },
      '4K': { width: 3840, height: 2160 },
    };
    const { page, close } = await openPage(browser, house.url, { colorScheme: 'light' });
    await waitUntilAllLive(page);
    await tileOf(page, 'front')
      .locator('[data-fact="bitrate"]', { hasText: 'bit/s' })
      .first()
      .waitFor({ state: 'attached' });
    for (const [name, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await page.waitForFunction(() => {
        const inside = (/** @type {Element} */ tile) => {
          const { top, left, bottom, right } = tile.getBoundingClientRect();
          return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
        };
        return [...document.querySelectorAll('fanlight-tile')].every(inside);
      });
      await keepScreenshot(page, name);
    }
    await close();
  },
);
