import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  keepScreenshot,
  tileOf,
  waitForCameras,
  waitUntilAllLive,
  TEST_MS,
} from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** More tiles than a browser decodes in time. */

const openOne = pagesOfOneBrowser();

const CAMERAS = Array.from({ length: 9 }, (_, at) => ({
  id: `camera-${at}`,
  name: `Camera ${at}`,
  width: 320,
  height: 180,
  audio_codec: '',
}));
const LAST = 'camera-8';

/** From now on the browser says that it drops every other frame. */
function dropFrames() {
  const getStats = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function () {
    const report = await getStats.call(this);
    const entries = [...report.values()].map((entry) =>
      entry.type === 'inbound-rtp' && entry.kind === 'video'
        ? { ...entry, framesDropped: entry.framesDecoded }
        : entry,
    );
    return new Map(entries.map((entry) => [entry.id, entry]));
  };
}

test(
  'tiles that the browser cannot decode in time become still pictures; one of them alone plays',
  { timeout: TEST_MS },
  async () => {
    const { page } = await openOne('', CAMERAS);
    await waitUntilAllLive(page);
    assert.equal(await page.locator('canvas.slow').count(), 0);
    const tile = tileOf(page, LAST);
    const still = tile.locator('canvas.slow');

    await page.evaluate(dropFrames);
    await still.waitFor();

    assert.equal(
      await tile.locator('.badge:visible').innerText(),
      'Still picture: too many to play',
    );
    assert.ok(CAMERAS.length - (await page.locator('canvas.slow').count()) >= 4);
    // It goes on: three pictures that differ.
    for (let pictures = 0; pictures < 3; pictures++) {
      const before = await still.evaluate((canvas) =>
        /** @type {HTMLCanvasElement} */ (canvas).toDataURL(),
      );
      await page.waitForFunction(
        ([camera, old]) => {
          const canvas = document.querySelector(`[data-camera="${camera}"] canvas.slow`);
          return /** @type {HTMLCanvasElement} */ (canvas).toDataURL() !== old;
        },
        [LAST, before],
      );
    }
    await keepScreenshot(page, 'still pictures among those that play');

    await tile.locator('.picture').click();
    await waitForCameras(page, [LAST]);
    await still.waitFor({ state: 'detached' });
    assert.equal(await tile.locator('.badge:visible').count(), 0);
  },
);
