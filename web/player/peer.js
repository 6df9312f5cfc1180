/** @import { Signalling } from './signalling.js' */
/** @import { Answer, Reason, Wish } from './types.js' */

/** A configuration that is set later must not change it. @type {RTCBundlePolicy} */
const BUNDLE = 'max-bundle';

/**
 * What the owner of a peer hears.
 * @typedef {object} PeerListener
 * @property {(answer: Answer) => void} onAnswer
 * @property {(stream: MediaStream) => void} onStream The tracks are in it; called once.
 * @property {() => void} onConnected ICE and DTLS are done.
 * @property {(news: {stream: string, reason: string}) => void} onOtherStream Of the camera.
 * @property {(reason: Reason) => void} onClosed It has ended by the server or by failure, and
 *   waits for close().
 */

/**
 * One RTCPeerConnection that receives one camera, from offer to end. It does not heal: its owner
 * makes a new one.
 *
 * The offer leaves without waiting for ICE candidates; they trickle in both directions.
 */
export class Peer {
  #listener;
  #connection;
  #channel;
  #offered;
  /** @type {(RTCIceCandidateInit | null)[] | null} The server's, until its answer is in place. */
  #early = [];
  #stream = new MediaStream();
  #closed = false;
  /** @type {Wish} */
  #wish;
  #watched = false;
  /** By the TURN server's URL. @type {Map<string, string>} */
  #relayFaults = new Map();
  /** @type {RTCSessionDescriptionInit | null} Not yet in place: the answer names ICE servers first. */
  #held = null;

  /**
   * @param {Signalling} signalling
   * @param {string} camera Its id.
   * @param {Wish} wish
   * @param {PeerListener} listener
   */
  constructor(signalling, camera, wish, listener) {
    this.#wish = wish;
    this.#listener = listener;
    const connection = new RTCPeerConnection({
      iceServers: signalling.iceServers,
      bundlePolicy: BUNDLE,
    });
    this.#connection = connection;
    this.#channel = signalling.session({
      onAnswer: (answer) => void this.#accept(answer).catch((error) => this.#fail(error)),
      onCandidate: (candidate) => this.#addCandidate(candidate),
      onStream: (news) => listener.onOtherStream(news),
      onClosed: (reason) => this.#end(reason),
    });
    connection.ontrack = ({ track, receiver }) => this.#addTrack(track, receiver);
    connection.onconnectionstatechange = () => this.#follow(connection.connectionState);
    connection.onicecandidate = ({ candidate }) =>
      void this.#offered.then(() => this.#channel.candidate(candidate?.toJSON() ?? null));
    connection.onicecandidateerror = (fault) => this.#noteRelay(fault);
    connection.addTransceiver('video', { direction: 'recvonly' });
    connection.addTransceiver('audio', { direction: 'recvonly' });
    this.#offered = this.#offer(camera, signalling.moreIceServers).catch((error) =>
      this.#fail(error),
    );
  }

  /** @returns {Promise<RTCStatsReport>} */
  statistics() {
    return this.#connection.getStats();
  }

  /** Why TURN servers relay nothing. */
  get relayFault() {
    return [...this.#relayFaults.values()].join('; ');
  }

  /** @param {Wish} wish */
  select(wish) {
    this.#wish = wish;
    if (this.#watched) this.#channel.select(wish);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.stop();
    const connection = this.#connection;
    connection.ontrack = connection.onconnectionstatechange = connection.onicecandidate = null;
    connection.close();
  }

  /**
   * Credentials for TURN come with the answer. Gathering candidates begins when the offer is put in
   * place, so where there are such servers that waits for the answer, and costs no round trip.
   * @param {string} camera
   * @param {boolean} later Whether there are.
   */
  async #offer(camera, later) {
    if (later) this.#held = await this.#connection.createOffer();
    else await this.#connection.setLocalDescription();
    if (this.#closed) return;
    this.#watched = true;
    const { sdp = '' } = this.#held ?? this.#connection.localDescription ?? {};
    this.#channel.watch(camera, sdp, this.#wish);
  }

  /** @param {Answer} answer */
  async #accept(answer) {
    if (this.#closed) return;
    this.#listener.onAnswer(answer);
    if (this.#held) {
      const offer = this.#held;
      this.#held = null;
      const iceServers = answer.ice_servers ?? [];
      this.#connection.setConfiguration({ iceServers, bundlePolicy: BUNDLE });
      await this.#connection.setLocalDescription(offer);
      if (this.#closed) return;
    }
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    const early = this.#early ?? [];
    this.#early = null;
    for (const candidate of early) this.#addCandidate(candidate);
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  #addCandidate(candidate) {
    if (this.#closed) return;
    if (this.#early) {
      this.#early.push(candidate);
      return;
    }
    // One that the browser cannot use (a name it does not resolve) is no reason to give up.
    this.#connection.addIceCandidate(candidate ?? undefined).catch((error) => {
      console.debug('fanlight: candidate not used:', candidate?.candidate, error.message);
    });
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {RTCRtpReceiver} receiver
   */
  #addTrack(track, receiver) {
    // As early as can be, where the server does not say so itself by the playout-delay extension.
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
    this.#stream.addTrack(track);
    if (this.#stream.getTracks().length === 1) this.#listener.onStream(this.#stream);
  }

  /** @param {RTCPeerConnectionIceErrorEvent} fault */
  #noteRelay({ url, errorCode, errorText }) {
    const known = this.#relayFaults.get(url);
    // 701 is the browser's: out of reach. What the server itself has said is worth more.
    if (!/^turns?:/.test(url) || (known && errorCode === 701)) return;
    const fault = `${url}: ${errorCode} ${errorText}`;
    if (fault !== known) console.warn(`fanlight: ${fault}`);
    this.#relayFaults.set(url, fault);
  }

  /** @param {RTCPeerConnectionState} state */
  #follow(state) {
    if (state === 'connected') this.#listener.onConnected();
    if (state === 'failed') this.#end({ code: 'connection_failed', message: this.relayFault });
  }

  /** @param {Error} error */
  #fail(error) {
    this.#end({ code: 'bad_answer', message: error.message });
  }

  /** The owner closes: it may want to keep the last picture, which goes with the connection. */
  #end(/** @type {Reason} */ reason) {
    if (!this.#closed) this.#listener.onClosed(reason);
  }
}
