/**
 * Joins one camera again and again in a real Chromium and prints when what happened, as JSON.
 * node joins.js http://HOST:PORT COUNT
 */
import { launchChromium } from '../browser/support/chromium.js';

const [url, count] = process.argv.slice(2);

/** In the page: one WHEP join, from nothing to the first frame on the screen. */
async function join() {
  const connection = new RTCPeerConnection();
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, playsInline: true });
  document.body.replaceChildren(video);
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.ontrack = ({ track }) => {
    video.srcObject = new MediaStream([track]);
  };
  await connection.setLocalDescription();
  const times = {};
  const start = performance.now();
  const mark = (name) => {
    times[name] ??= performance.now() - start;
  };
  connection.oniceconnectionstatechange = () => {
    if (connection.iceConnectionState === 'connected') mark('ice');
  };
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === 'connected') mark('dtls');
  };
  const firstFrame = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('no frame within 20 s')), 20_000);
    video.requestVideoFrameCallback(() => {
      mark('frame');
      resolve();
    });
  });
  const response = await fetch('/whep/cam', {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: connection.localDescription.sdp,
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`${response.status}: ${answer}`);
  mark('answer');
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  await firstFrame;
  // What the jitter buffer holds back once joining is over: over the second after next.
  const received = async () => {
    const stats = [...(await connection.getStats()).values()];
    return stats.find(({ type }) => type === 'inbound-rtp');
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));
  await pause();
  const before = await received();
  await pause();
  const after = await received();
  times.buffer =
    (1000 * (after.jitterBufferDelay - before.jitterBufferDelay)) /
    (after.jitterBufferEmittedCount - before.jitterBufferEmittedCount);
  times.decoded = after.framesDecoded;
  times.dropped = after.framesDropped;
  times.lost = after.packetsLost;
  await fetch(new URL(response.headers.get('Location'), response.url), { method: 'DELETE' });
  connection.close();
  return times;
}

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  // Any page of the server: what follows is its own.
  await page.goto(`${url}/style.css`);
  const joins = [];
  // The first one loads codecs and fonts: it is the browser's, not the server's.
  await page.evaluate(join);
  for (let i = 0; i < Number(count); ++i) joins.push(await page.evaluate(join));
  console.log(JSON.stringify(joins));
} finally {
  await browser.close();
}
