import { WATCHDOG_MS } from './page.js';

/** @typedef {import('playwright-core').Page} Page */

/**
 * What the page keeps of a viewing. `shown`: when each frame was on the screen, in milliseconds of
 * performance.now().
 * @typedef {{peer: RTCPeerConnection, video: HTMLVideoElement, shown: number[]}} Kept
 */

/**
 * An empty page of the server's origin, which signals nothing by itself.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url Of the server.
 */
export async function openBlankPage(browser, url) {
  const page = await browser.newPage();
  page.setDefaultTimeout(WATCHDOG_MS);
  const blank = new URL('blank', url).href;
  await page.route(blank, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto(blank);
  return page;
}

/** A browser that watches by WHEP, with offer and answer in the hands of the test. */
export class WhepViewing {
  #page;
  #kept;
  #etag;

  /**
   * @param {Page} page
   * @param {import('playwright-core').JSHandle<Kept>} kept
   * @param {string} resource
   * @param {string} answer
   * @param {string} etag
   */
  constructor(page, kept, resource, answer, etag) {
    this.#page = page;
    this.#kept = kept;
    this.#etag = etag;
    /** URL of the WHEP resource. */
    this.resource = resource;
    /** As the browser got it. */
    this.answer = answer;
  }

  /** The session's name in the REST API. */
  get id() {
    return this.resource.slice(this.resource.lastIndexOf('/') + 1);
  }

  /**
   * @param {Page} page
   * @param {string} endpoint The camera's WHEP endpoint.
   * @param {(answer: string) => string} [rewrite]
   */
  static async start(page, endpoint, rewrite = (answer) => answer) {
    const kept = await page.evaluateHandle(offer);
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp' },
      body: await kept.evaluate(({ peer }) => peer.localDescription?.sdp ?? ''),
    });
    const body = await response.text();
    if (response.status !== 201) throw new Error(`${endpoint}: ${response.status} ${body}`);
    const resource = new URL(response.headers.get('Location') ?? '', endpoint).href;
    const etag = response.headers.get('ETag') ?? '';
    const viewing = new WhepViewing(page, kept, resource, rewrite(body), etag);
    await viewing.#accept();
    return viewing;
  }

  /**
   * An ICE restart by WHEP's PATCH (RFC 9725, section 4.3.3).
   * @param {(answer: string) => string} [rewrite]
   */
  async restartIce(rewrite = (answer) => answer) {
    const offered = await this.#kept.evaluate(async ({ peer }) => {
      peer.restartIce();
      await peer.setLocalDescription();
      return peer.localDescription?.sdp ?? '';
    });
    const body =
      offered
        .match(/^a=ice-(ufrag|pwd):.*\r\n/gm)
        ?.slice(0, 2)
        .join('') ?? '';
    const response = await fetch(this.resource, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': this.#etag },
      body,
    });
    const fragment = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${fragment}`);
    this.#etag = response.headers.get('ETag') ?? '';
    const candidates = fragment.match(/^a=candidate:.*\r\n/gm)?.join('') ?? '';
    let answer = this.answer
      .replaceAll(/^a=candidate:.*\r\n/gm, '')
      .replace('a=end-of-candidates', `${candidates}a=end-of-candidates`);
    for (const line of ['a=ice-ufrag:', 'a=ice-pwd:']) {
      const [renewed = ''] = fragment.match(new RegExp(`^${line}.*$`, 'm')) ?? [];
      answer = answer.replaceAll(new RegExp(`^${line}.*$`, 'gm'), renewed);
    }
    this.answer = rewrite(answer);
    await this.#accept();
  }

  async #accept() {
    await this.#kept.evaluate(
      ({ peer }, sdp) => peer.setRemoteDescription({ type: 'answer', sdp }),
      this.answer,
    );
  }

  /** Waits until so many more frames have been on the screen. @param {number} count */
  async frames(count) {
    const before = await this.#kept.evaluate(({ shown }) => shown.length);
    await this.#page.waitForFunction(
      ([{ shown }, wanted]) => shown.length >= wanted,
      /** @type {const} */ ([this.#kept, before + count]),
    );
  }

  /** When each frame was on the screen, in ms since the page was opened. */
  async shown() {
    return this.#kept.evaluate(({ shown }) => shown);
  }

  /**
   * The browser's report on the picture it receives.
   * @returns {Promise<Record<string, any>>}
   */
  async statistics() {
    return this.#kept.evaluate(async ({ peer }) => {
      const report = [...(await peer.getStats()).values()];
      return report.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    });
  }

  /** How media travels. @returns {Promise<string>} */
  async protocol() {
    return this.#kept.evaluate(async ({ peer }) => {
      const report = await peer.getStats();
      const transport = [...report.values()].find(({ type }) => type === 'transport');
      const pair = report.get(transport.selectedCandidatePairId);
      return report.get(pair.remoteCandidateId).protocol;
    });
  }

  /** As a player that closes but does not tell the server so. */
  async close() {
    await this.#kept.evaluate(({ peer, video }) => {
      peer.close();
      video.remove();
    });
  }
}

/** Runs in the page. @returns {Promise<Kept>} */
async function offer() {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, playsInline: true });
  document.body.append(video);
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  peer.ontrack = ({ streams }) => (video.srcObject = streams[0]);
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.addTransceiver('audio', { direction: 'recvonly' });
  /** @type {number[]} */
  const shown = [];
  /** @type {VideoFrameRequestCallback} */
  const onFrame = (now) => {
    shown.push(now);
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  await peer.setLocalDescription();
  return { peer, video, shown };
}
