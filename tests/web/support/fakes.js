/** A WebSocket whose other end is the test. */
export class FakeSocket {
  /** @type {FakeSocket[]} Every one made, the newest last. */
  static all = [];
  /** Whether the server gives a sign of life when asked. */
  alive = false;
  readyState = 0;
  /** @type {any[]} Messages the page sent. */
  sent = [];
  /** @type {((event: {data: string}) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onclose = null;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  static get newest() {
    return /** @type {FakeSocket} */ (FakeSocket.all.at(-1));
  }

  /** @param {string} text */
  send(text) {
    const message = JSON.parse(text);
    this.sent.push(message);
    if (this.alive && message.type === 'list') this.say({ type: 'pong' });
  }

  close() {
    this.readyState = 3;
  }

  /** @param {object} message */
  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** @param {object[]} [cameras] @param {object} [more] */
  hello(cameras = [], more = {}) {
    this.readyState = 1;
    this.say({ type: 'hello', version: '0', ice_servers: [], cameras, ...more });
  }

  breakOff() {
    this.readyState = 3;
    this.onclose?.();
  }

  /** @param {string} type */
  sentOf(type) {
    return this.sent.filter((message) => message.type === type);
  }
}

/** An RTCPeerConnection that does nothing but remember; its statistics are the test's. */
export class FakePeerConnection {
  /** @type {FakePeerConnection[]} */
  static all = [];
  /** @type {RTCPeerConnectionState} */
  connectionState = 'new';
  /** @type {{sdp: string} | null} */
  localDescription = null;
  /** @type {{sdp: string} | null} */
  remoteDescription = null;
  /** @type {any[]} */
  candidates = [];
  /** @type {string[]} */
  transceivers = [];
  /** What was done to it and must be in order. @type {any[]} */
  steps = [];
  framesDecoded = 0;
  /** Seconds each frame waits in the jitter buffer. */
  delay = 0.02;
  /** @type {any} */
  onconnectionstatechange = null;
  /** @type {any} */
  onicecandidate = null;
  /** @type {any} */
  onicecandidateerror = null;
  /** @type {any} */
  ontrack = null;

  constructor() {
    FakePeerConnection.all.push(this);
  }

  static get newest() {
    return /** @type {FakePeerConnection} */ (FakePeerConnection.all.at(-1));
  }

  /** @param {string} kind @param {{direction: string}} options */
  addTransceiver(kind, { direction }) {
    this.transceivers.push(`${kind} ${direction}`);
  }

  async createOffer() {
    this.steps.push('create');
    return { type: 'offer', sdp: 'offer' };
  }

  /** @param {RTCConfiguration} configuration */
  setConfiguration({ iceServers, bundlePolicy }) {
    this.steps.push(iceServers);
    if (bundlePolicy !== 'max-bundle') throw new Error('the bundle policy must not change');
  }

  async setLocalDescription() {
    this.steps.push('local');
    this.localDescription = { sdp: 'offer' };
  }

  /** @param {{sdp: string}} description */
  async setRemoteDescription(description) {
    if (description.sdp === 'nonsense') throw new Error('not understood');
    this.steps.push('remote');
    this.remoteDescription = description;
    this.ontrack?.({ track: { kind: 'video' }, receiver: { jitterBufferTarget: null } });
  }

  /** @param {any} candidate */
  async addIceCandidate(candidate) {
    if (!this.remoteDescription) throw new Error('no remote description');
    this.candidates.push(candidate);
  }

  async getStats() {
    const video = { type: 'inbound-rtp', kind: 'video', framesDecoded: this.framesDecoded };
    const bytes = { bytesReceived: this.framesDecoded * 5000 };
    const buffer = {
      jitterBufferDelay: this.framesDecoded * this.delay,
      jitterBufferEmittedCount: this.framesDecoded,
    };
    return new Map([['video', { ...video, ...bytes, ...buffer, timestamp: Date.now() }]]);
  }

  /** @param {RTCPeerConnectionState} state */
  become(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close() {
    this.connectionState = 'closed';
  }
}

export class FakeMediaStream {
  /** @type {any[]} */
  #tracks = [];

  /** @param {any} track */
  addTrack(track) {
    this.#tracks.push(track);
  }

  getTracks() {
    return this.#tracks;
  }
}
