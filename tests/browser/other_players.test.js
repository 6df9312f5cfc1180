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

/** @param {string} name Of a file of a package of npm. */
const fileOf = (name) =>
  readFileSync(new URL(`../../node_modules/${name}`, import.meta.url), 'utf8');

/**
 * Opens `html` as a page of another origin and waits until its video element shows pictures.
 * @param {string} html
 * @param {Record<string, string>} [modules] By their paths.
 */
async function play(html, modules = {}) {
  const server = createServer(({ url }, response) => {
    const module = modules[url ?? ''];
    const type = module === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'Content-Type': type }).end(module ?? html);
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

/**
 * A module of CommonJS as one that browsers know.
 * @param {string} source
 * @param {string} [imports] What it requires, as import statements that fill `known`.
 */
const asModule = (source, imports = '') => `${imports}
  const module = { exports: {} };
  (function (module, exports, require) {
    ${source}
  })(module, module.exports, (name) => known[name] ?? {});
  export const { WebRTCPlayer } = module.exports;
  export default module.exports;`;

/** The example of docs/players.md that imports `name`. @param {string} name */
function exampleOf(name) {
  const document = readFileSync(new URL('../../docs/players.md', import.meta.url), 'utf8');
  const examples = [...document.matchAll(/```js\n([^]*?)```/g)].map(([, example]) => example);
  const [example] = examples.filter((text) => text.includes(`from '${name}'`));
  assert.ok(example?.includes('http://fanlight:8080/whep/front'), `docs/players.md on ${name}`);
  return example;
}

const WHIP_WHEP = {
  name: 'whip-whep/whep.js',
  modules: () => ({ '/player.js': fileOf('whip-whep/whep.js') }),
};

for (const { title, name, modules } of [
  { title: 'whip-whep', ...WHIP_WHEP },
  {
    title: '@binbat/whip-whep',
    ...WHIP_WHEP,
    modules: () => ({ '/player.js': fileOf('@binbat/whip-whep/whep.js') }),
  },
  {
    title: "Eyevinn's webrtc-player",
    name: '@eyevinn/webrtc-player',
    modules: () => ({
      // Its players of other protocols need more.
      '/player.js': asModule(
        fileOf('@eyevinn/webrtc-player/dist/main.js'),
        "import events from '/events.js'; const known = { events };",
      ),
      '/events.js': asModule(fileOf('events/events.js'), 'const known = {};'),
    }),
  },
]) {
  for (const [camera, what] of [
    ['front', 'with sound'],
    ['street', 'without sound'],
  ]) {
    test(`${title} plays a camera ${what}, as docs/players.md says`, async () => {
      const example = exampleOf(name).replace(
        'http://fanlight:8080/whep/front',
        `${house.url}whep/${camera}`,
      );
      await play(
        `<script type="importmap">{"imports": {"${name}": "/player.js"}}</script>
        <video autoplay muted playsinline></video>
        <script type="module">${example}</script>`,
        modules(),
      );
    });
  }
}
