import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { WATCHDOG_MS } from './support/page.js';
import { together } from './support/together.js';

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const cameras = [{ id: 'front' }, { id: 'street', audio: 'none' }];
  [house, browser] = await together(
    House.open(cameras, 'embed: {origins: ["*"]}\n'),
    launchChromium(),
  );
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/**
 * Opens `html` as a page of another origin and waits until its video element shows pictures.
 * @param {string} html
 */
async function play(html) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const page = await browser.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction(
      () => {
        const video = document.querySelector('video');
        return video !== null && video.videoWidth > 0 && video.currentTime > 0.5;
      },
      undefined,
      { timeout: WATCHDOG_MS },
    );
    assert.deepEqual(faults, []);
  } catch (error) {
    throw new Error(`${error}\n${faults.join('\n')}\n${house.log}`);
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}

test('the player in the README plays as it is written there', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const pages = [...readme.matchAll(/```html\n([^]*?)```/g)].map(([, html]) => html);
  const html = pages.find((page) => page.includes('RTCPeerConnection')) ?? '';
  assert.ok(html.includes('http://localhost:8080/'));

  await play(html.replace('http://localhost:8080/', house.url));
});

test('a player that offers sound first sees a camera without sound', async () => {
  await play(`<video autoplay muted playsinline></video>
    <script type="module">
      const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      peer.addTransceiver('audio', { direction: 'recvonly' });
      peer.addTransceiver('video', { direction: 'recvonly' });
      peer.ontrack = ({ track, streams }) => {
        if (track.kind === 'video') document.querySelector('video').srcObject = streams[0];
      };
      await peer.setLocalDescription();
      const answer = await fetch('${house.url}whep/street', {
        method: 'POST',
        headers: { 'Content-Type': 'application/sdp' },
        body: peer.localDescription.sdp,
      });
      await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    </script>`);
});
