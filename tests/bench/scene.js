/**
 * Watches two live cameras of fanlight-camsim side by side in a real Chromium, and prints how many
 * milliseconds after it was drawn each picture was on the screen, as JSON: an array for each camera.
 * node scene.js http://HOST:PORT SECONDS CAMERA CAMERA
 */
import { launchChromium } from '../browser/support/chromium.js';

const [url, seconds, ...cameras] = process.argv.slice(2);

/** In the page: plays a camera, and takes the times of its pictures for so many ms. */
async function watch(/** @type {[string, number]} */ [camera, duration]) {
  const connection = new RTCPeerConnection();
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, playsInline: true });
  document.body.append(video);
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.ontrack = ({ track }) => {
    video.srcObject = new MediaStream([track]);
  };
  await connection.setLocalDescription();
  const response = await fetch(`/whep/${camera}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: connection.localDescription.sdp,
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`${response.status}: ${answer}`);
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });

  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  /** The time of drawing, from the strip at the top (docs/camsim.md); null: no whole strip. */
  const drawnAt = () => {
    canvas.width = video.videoWidth;
    canvas.height = 1;
    const row = Math.round(Math.max(8, video.videoHeight / 24) / 8) * 4;
    context.drawImage(video, 0, row, canvas.width, 1, 0, 0, canvas.width, 1);
    const { data } = context.getImageData(0, 0, canvas.width, 1);
    const bits = Array.from({ length: 40 }, (_, cell) => {
      const x = Math.floor(((cell + 0.5) * canvas.width) / 40);
      return data[x * 4 + 1] > 127 ? 1 : 0;
    });
    let check = 0;
    for (let cell = 2; cell < 38; cell += 4)
      check ^= parseInt(bits.slice(cell, cell + 4).join(''), 2);
    const framed = bits[0] === 1 && bits[1] === 0 && bits[38] === 0 && bits[39] === 1;
    return framed && check === 0 ? parseInt(bits.slice(2, 34).join(''), 2) : null;
  };
  const ages = [];
  const end = performance.now() + duration;
  await new Promise((resolve) => {
    video.requestVideoFrameCallback(function shown(_, { expectedDisplayTime }) {
      const drawn = drawnAt();
      // Both are milliseconds of the real-time clock, of which the strip has 32 bits.
      const now = performance.timeOrigin + expectedDisplayTime;
      if (drawn !== null) ages.push((((now - drawn) % 2 ** 32) + 2 ** 32) % 2 ** 32);
      if (performance.now() > end) resolve();
      else video.requestVideoFrameCallback(shown);
    });
  });
  await fetch(new URL(response.headers.get('Location'), response.url), { method: 'DELETE' });
  connection.close();
  return ages;
}

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  // Any page of the server: what follows is its own.
  await page.goto(`${url}/style.css`);
  const watched = cameras.map((camera) => page.evaluate(watch, [camera, 1000 * Number(seconds)]));
  console.log(JSON.stringify(await Promise.all(watched)));
} finally {
  await browser.close();
}
