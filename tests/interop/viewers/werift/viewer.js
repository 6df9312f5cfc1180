import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { RTCPeerConnection, RTCRtpCodecParameters, useH264, useOPUS } from 'werift';

import { ownStunServer } from './stun.js';
import { Counter, Refused, Whep, fragment, restarted, say, withoutCandidates } from './whep.js';

/** A viewer on werift. ../../README.md says which commands it takes and which events it prints. */
class Viewer {
  #whep;
  #connection;
  #answer = '';
  /** @type {import('werift').RTCRtpTransceiver | undefined} */
  #video;

  /** @param {string} url @param {string} stun */
  constructor(url, stun) {
    this.#whep = new Whep(url);
    const rtx = new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: 90000 });
    this.#connection = new RTCPeerConnection({
      iceServers: [{ urls: stun }],
      codecs: { video: [useH264(), rtx], audio: [useOPUS()] },
      // One transport from the first check on.
      bundlePolicy: 'max-bundle',
    });
    this.#connection.connectionStateChange.subscribe((state) => {
      if (state === 'connected') say('connected');
      else if (state === 'failed' || state === 'closed') say('closed', { why: state });
    });
  }

  /** @param {string[]} media @param {boolean} trickle */
  async watch(media, trickle) {
    for (const kind of media) this.#add(/** @type {'audio' | 'video'} */ (kind));
    const offer = await this.#offer({});
    this.#answer = await this.#whep.offer(trickle ? withoutCandidates(offer) : offer);
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: this.#answer });
    if (trickle) await this.#whep.patch(fragment(offer));
  }

  /** @param {'audio' | 'video'} kind */
  #add(kind) {
    const counter = new Counter(kind);
    const transceiver = this.#connection.addTransceiver(kind, { direction: 'recvonly' });
    transceiver.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(({ header }) =>
        counter.onPacket(header.sequenceNumber, header.marker),
      );
    });
    if (kind === 'video') this.#video ??= transceiver;
  }

  /** With all candidates. @param {{iceRestart?: boolean}} options */
  async #offer(options) {
    await this.#connection.setLocalDescription(await this.#connection.createOffer(options));
    return this.#connection.localDescription?.sdp ?? '';
  }

  /** @param {string} word */
  async command(word) {
    if (word === 'pli') {
      await this.#video?.receiver.sendRtcpPLI(this.#video.receiver.track.ssrc ?? 0);
      say('asked');
    } else if (word === 'restart') {
      const reply = await this.#whep.patch(fragment(await this.#offer({ iceRestart: true })));
      this.#answer = restarted(this.#answer, reply);
      await this.#connection.setRemoteDescription({ type: 'answer', sdp: this.#answer });
      say('restarted');
    } else if (word === 'leave') {
      await this.#whep.leave();
      await this.#connection.close();
    }
  }
}

const { werift } = createRequire(import.meta.url)('./package.json').dependencies;
say('stack', { name: 'werift', version: werift });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { media: { type: 'string', default: 'video' }, trickle: { type: 'boolean' } },
});
const viewer = new Viewer(positionals[0], await ownStunServer());
try {
  await viewer.watch(values.media.split(','), values.trickle ?? false);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  say('refused', { status: error.status, reason: error.body });
  process.exit(1);
}
for await (const line of createInterface({ input: process.stdin })) {
  await viewer.command(line);
  if (line === 'leave') process.exit();
}
await viewer.command('leave'); // Nobody is there to say more.
process.exit();
