import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { WATCHDOG_MS } from './support/page.js';
import { together } from './support/together.js';

/** @typedef {{type: string, session: string, [member: string]: any}} Message */
/**
 * A viewing over the WebSocket, in the page. `ask` sends a message and returns the answer to it, or
 * the error; `states` are those that the connection went through.
 * @typedef {{
 *   peer: RTCPeerConnection,
 *   ask: (message: Record<string, unknown>) => Promise<Message>,
 *   states: string[],
 * }} Viewing
 */

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [house, browser] = await together(House.open([{ id: 'front', audio: 'opus' }]), launchChromium());
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** Runs in the page. @returns {Promise<Viewing>} */
async function begin() {
  const socket = new WebSocket(new URL('/ws', location.href.replace('http', 'ws')));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no WebSocket')));
  });
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  /** @type {string[]} */
  const states = [];
  peer.onconnectionstatechange = () => states.push(peer.connectionState);
  peer.onicecandidate = ({ candidate }) =>
    socket.send(JSON.stringify({ type: 'candidate', session: 'tile', candidate }));
  socket.addEventListener('message', ({ data }) => {
    const { type, candidate } = JSON.parse(data);
    if (type === 'candidate' && candidate) void peer.addIceCandidate(candidate);
  });
  /** @param {Record<string, unknown>} message */
  const ask = (message) =>
    new Promise((resolve) => {
      /** @param {MessageEvent} event */
      const onMessage = ({ data }) => {
        const said = JSON.parse(data);
        if (!['answer', 'error', 'closed'].includes(said.type)) return;
        socket.removeEventListener('message', onMessage);
        resolve(said);
      };
      socket.addEventListener('message', onMessage);
      socket.send(JSON.stringify({ session: 'tile', ...message }));
    });
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.addTransceiver('audio', { direction: 'recvonly' });
  await peer.setLocalDescription();
  const sdp = peer.localDescription?.sdp;
  const answer = await ask({ type: 'watch', camera: 'front', sdp });
  await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
  return { peer, ask, states };
}

/**
 * Runs in the page: how many packets of each kind have come.
 * @param {Viewing} viewing
 * @returns {Promise<Record<string, number>>}
 */
async function received({ peer }) {
  const reports = [...(await peer.getStats()).values()];
  const inbound = reports.filter(({ type }) => type === 'inbound-rtp');
  return Object.fromEntries(inbound.map(({ kind, packetsReceived }) => [kind, packetsReceived]));
}

/** A page that watches until both picture and sound come. */
async function watch() {
  const page = await browser.newPage();
  page.setDefaultTimeout(WATCHDOG_MS);
  await page.goto(new URL('style.css', house.url).href); // Of the server, and signals nothing itself.
  const viewing = await page.evaluateHandle(begin);
  /** Waits until more of each kind has come. */
  const goesOn = async (kinds = ['video', 'audio']) => {
    const before = await viewing.evaluate(received);
    await page.waitForFunction(
      async ([{ peer }, wanted]) => {
        const reports = [...(await peer.getStats()).values()];
        return Object.entries(wanted).every(([kind, count]) =>
          reports.some((report) => report.kind === kind && report.packetsReceived >= count),
        );
      },
      /** @type {const} */ ([
        viewing,
        Object.fromEntries(kinds.map((kind) => [kind, (before[kind] ?? 0) + 20])),
      ]),
    );
  };
  await goesOn();
  return { page, viewing, goesOn };
}

/** @param {string} sdp */
const ufragOf = (sdp) => sdp.match(/^a=ice-ufrag:(.*)$/m)?.[1];

test('a later offer with the same credentials changes nothing', async () => {
  const { page, viewing, goesOn } = await watch();

  const { answer, before } = await viewing.evaluate(async ({ peer, ask, states }) => {
    const before = peer.remoteDescription?.sdp ?? '';
    states.length = 0;
    await peer.setLocalDescription();
    const answer = await ask({ type: 'restart', sdp: peer.localDescription?.sdp });
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    return { answer, before };
  });

  assert.equal(answer.type, 'answer');
  assert.equal(ufragOf(answer.sdp), ufragOf(before));
  await goesOn();
  assert.deepEqual(await viewing.evaluate(({ states }) => states), []);
  await page.close();
});

test('a later offer with new credentials restarts ICE', async () => {
  const { page, viewing, goesOn } = await watch();

  const { answer, before } = await viewing.evaluate(async ({ peer, ask }) => {
    const before = peer.remoteDescription?.sdp ?? '';
    peer.restartIce();
    await peer.setLocalDescription();
    const answer = await ask({ type: 'restart', sdp: peer.localDescription?.sdp });
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    return { answer, before };
  });

  assert.equal(answer.type, 'answer');
  assert.notEqual(ufragOf(answer.sdp), ufragOf(before));
  await goesOn();
  assert.equal(await viewing.evaluate(({ peer }) => peer.connectionState), 'connected');
  await page.close();
});

test('an offer that takes the sound away is refused in words, and the session goes on', async () => {
  const { page, viewing, goesOn } = await watch();

  const refused = await viewing.evaluate(async ({ peer, ask }) => {
    peer.getTransceivers()[1].direction = 'inactive';
    await peer.setLocalDescription();
    const refused = await ask({ type: 'restart', sdp: peer.localDescription?.sdp });
    await peer.setLocalDescription({ type: 'rollback' });
    return refused;
  });
  assert.equal(refused.type, 'error');
  assert.equal(refused.code, 'bad_message');
  assert.match(refused.message, /the media and codecs of the first offer, and receive them/);
  await goesOn(['video']); // The browser itself has stopped the sound until its next offer.

  // A page may say that it could send, too; it still only receives.
  const answer = await viewing.evaluate(async ({ peer, ask }) => {
    peer.getTransceivers()[1].direction = 'sendrecv';
    await peer.setLocalDescription();
    const answer = await ask({ type: 'restart', sdp: peer.localDescription?.sdp });
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    return answer;
  });
  assert.equal(answer.type, 'answer');
  assert.equal(answer.sdp.match(/^a=sendonly$/gm).length, 2);
  await goesOn();
  await page.close();
});
