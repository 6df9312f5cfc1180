import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { openPage, tileOf, waitForState, watchFrames } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** Cameras whose marker bits are wrong, and cameras without IDR pictures: what Chromium decodes. */

const LOOP = 20;
const FPS = 25;
const SMALL = { size: '320x180', bitrate: 300, audio: 'none', fps: FPS, loop: LOOP };

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
const here = () => ({ page: wall.page, log: house.log });

before(async () => {
  const cameras = [
    { id: 'slices', slices: 4, ...SMALL },
    { id: 'delimiters', ...SMALL },
    { id: 'refresh', refresh: 'true', ...SMALL, gop: 10, loop: 4 },
    { id: 'keyless', refresh: 'true', ...SMALL, gop: 10, loop: 4 },
  ];
  const faults = {
    slices: { markers: 'nal' },
    delimiters: { markers: 'nal', delimiters: true },
    keyless: { no_idr: true },
  };
  [house, browser] = await together(House.open(cameras, '', faults), launchChromium());
  // The page's connections, for what its statistics leave out.
  const init = (/** @type {import('playwright-core').Page} */ page) =>
    page.addInitScript(() => {
      /** @type {any[]} */
      const peers = [];
      Object.assign(globalThis, { peers });
      const Original = RTCPeerConnection;
      globalThis.RTCPeerConnection = class extends Original {
        /** @param {RTCConfiguration} [configuration] */
        constructor(configuration) {
          super(configuration);
          peers.push(this);
        }
      };
    });
  wall = await openPage(browser, house.url, { init });
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/**
 * What Chromium counts of the video that the tile shows.
 * @param {import('playwright-core').Page} page
 * @param {string} camera
 * @returns {Promise<{framesReceived: number, framesDecoded: number, keyFramesDecoded: number}>}
 */
const videoStatistics = (page, camera) =>
  page.evaluate(async (id) => {
    const video = /** @type {HTMLVideoElement} */ (
      document.querySelector(`fanlight-tile[data-camera="${id}"] video`)
    );
    const shown = /** @type {MediaStream} */ (video.srcObject).getVideoTracks()[0].id;
    for (const peer of /** @type {any} */ (globalThis).peers) {
      const receivers = /** @type {RTCRtpReceiver[]} */ (peer.getReceivers());
      const receiver = receivers.find(({ track }) => track.id === shown);
      if (!receiver) continue;
      const report = await receiver.getStats();
      for (const entry of report.values()) if (entry.type === 'inbound-rtp') return entry;
    }
    throw new Error(`no connection shows ${id}`);
  }, camera);

for (const camera of ['slices', 'delimiters']) {
  scenario(
    `every picture of a camera with odd markers is decoded: ${camera}`,
    here,
    async (page) => {
      await waitForState(page, camera, 'live');
      await watchFrames(page, camera, 10);

      // Delays of this test only make it see more pictures.
      const first = Number((await watchFrames(page, camera, 1))[0]);
      const before = await videoStatistics(page, camera);
      await watchFrames(page, camera, 100);
      const now = await videoStatistics(page, camera);
      const last = Number((await watchFrames(page, camera, 1))[0]);

      // If a slice were a frame, there would be four times as many.
      const sent = (last - first + LOOP * FPS) % (LOOP * FPS);
      const received = now.framesReceived - before.framesReceived;
      assert.ok(received < 2 * sent, `${received} frames of ${sent} pictures`);
      const decoded = now.framesDecoded - before.framesDecoded;
      const keys = now.keyFramesDecoded - before.keyFramesDecoded;
      assert.ok(decoded > 20 * keys, `${keys} of ${decoded} decoded frames are key frames`);
    },
  );
}

scenario(
  'a viewer starts at an IDR picture though there are recovery points',
  here,
  async (page) => {
    await waitForState(page, 'refresh', 'live');

    await watchFrames(page, 'refresh', 20);
  },
);

scenario('a camera without IDR pictures says on its tile what to do', here, async (page) => {
  await waitForState(page, 'keyless', 'refused');

  const tile = tileOf(page, 'keyless');
  assert.equal(await tile.locator('.notice-text').innerText(), 'No key frames');
  assert.match(await tile.locator('.notice-why').innerText(), /browsers cannot start without one/);
  assert.match(await tile.locator('.notice-todo').innerText(), /turn off intra refresh/);
});
