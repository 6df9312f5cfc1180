import { Backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { isBarred } from './local_network.js';
import { reasonOf } from './reason.js';

/** @import { Camera, Phase, Reason, SessionListener, Wish } from './types.js' */

/** Without any message for this long we ask for one: a WebSocket dies silently when a laptop sleeps. */
const QUIET_MS = 30000;
/** How long the answer to that, or to opening a socket, may take. */
const ANSWER_MS = 10000;
/** The same when there is reason to think that the socket is dead. */
const DOUBT_MS = 3000;
/** A connection that lasted this long was a good one: the next failure starts with short waits. */
const STEADY_MS = 10000;

/** One session's part of the socket. */
export class Channel {
  #signalling;

  /**
   * @param {Signalling} signalling
   * @param {string} name
   */
  constructor(signalling, name) {
    this.#signalling = signalling;
    this.name = name;
  }

  /** @param {string} camera @param {string} sdp @param {Wish} wish */
  watch(camera, sdp, wish) {
    this.#signalling.send({ type: 'watch', session: this.name, camera, sdp, ...wish });
  }

  /** @param {Wish} wish */
  select(wish) {
    this.#signalling.send({ type: 'select', session: this.name, ...wish });
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  candidate(candidate) {
    this.#signalling.send({ type: 'candidate', session: this.name, candidate });
  }

  /** Ends the session; its listener hears nothing more. */
  stop() {
    if (this.#signalling.forget(this.name)) {
      this.#signalling.send({ type: 'stop', session: this.name });
    }
  }
}

/**
 * The one WebSocket of a page, shared by all tiles; it comes back by itself when lost.
 * `phase` is 'open' once the server has said hello.
 * @extends {Emitter<{phase: void, cameras: Camera[], camera: Camera, layouts: void}>}
 */
export class Signalling extends Emitter {
  /** @type {Phase} */
  phase = 'stopped';
  /** @type {Camera[]} In the order of the configuration. */
  cameras = [];
  /** @type {RTCIceServer[]} */
  iceServers = [];
  /** Whether there are others, which come with the answer to an offer. */
  moreIceServers = false;
  /** Why the server takes no WebSocket of this page. @type {Reason | null} */
  refusal = null;
  /** What may be wrong while no server is found, where anything is known. @type {Reason | null} */
  suspicion = null;
  version = '';
  /** Of the files of the server's page; empty: an older server. */
  pageVersion = '';
  /** Of the layouts that the server keeps: another whenever one of them is; empty: it keeps none. */
  layouts = '';
  /** When the next try is made (Date.now() time), while waiting. */
  retryAt = 0;
  /** Whether other pages are likely to come back at the same moment as this one. */
  crowded = false;

  #url;
  #WebSocket;
  #fetch;
  #permissions;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, SessionListener>} */
  #sessions = new Map();
  #lastSession = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} For the next try, or for a sign of life. */
  #timer;
  #openSince = 0;
  #retryAfter = 0;
  #doubted = false;

  /**
   * @param {string} url Of the WebSocket.
   * @param {object} [options]
   * @param {typeof globalThis.WebSocket} [options.WebSocket]
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {Backoff} [options.backoff]
   * @param {Pick<Permissions, 'query'>} [options.permissions]
   */
  constructor(url, options = {}) {
    const { WebSocket = globalThis.WebSocket, fetch = globalThis.fetch, backoff } = options;
    super();
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#fetch = fetch.bind(globalThis);
    this.#permissions = options.permissions ?? globalThis.navigator?.permissions;
    this.#backoff = backoff ?? new Backoff({ first: 2000, cap: 30000 });
  }

  /** Whether the server was lost, or never found, and is looked for. */
  get gone() {
    return this.phase !== 'open' && this.retryAt > 0;
  }

  start() {
    if (this.phase === 'stopped' || this.phase === 'waiting') this.#open();
  }

  /** Tries again now instead of at the end of the waiting time. */
  retryNow() {
    if (this.phase !== 'waiting') return;
    this.crowded = false;
    this.#open();
  }

  /**
   * The machine slept or its network is another: asks for a sign of life now instead of in half a
   * minute, and goes on at once where there is none.
   */
  doubt() {
    this.retryNow();
    if (this.phase !== 'open') return;
    this.#doubted = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), DOUBT_MS);
    this.send({ type: 'list' });
  }

  /** Ends the socket and its sessions; start() begins anew. */
  stop() {
    this.#drop();
    this.#setPhase('stopped');
    this.#endSessions();
  }

  /**
   * A new session on this socket. When the socket is lost, so is the session.
   * @param {SessionListener} listener
   */
  session(listener) {
    const channel = new Channel(this, `s${++this.#lastSession}`);
    this.#sessions.set(channel.name, listener);
    return channel;
  }

  /** @param {string} session @returns {boolean} Whether it was still known. */
  forget(session) {
    return this.#sessions.delete(session);
  }

  /** @param {object} message */
  send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #open() {
    this.#drop();
    const socket = new this.#WebSocket(this.#url, 'fanlight.v1');
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#lost();
    this.#timer = setTimeout(() => this.#lost(), ANSWER_MS);
    this.#setPhase('connecting');
  }

  /** Forgets the socket without a word to anyone. */
  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost() {
    this.#drop();
    if (this.phase === 'connecting') void this.#askWhy();
    if (this.phase === 'open' && Date.now() - this.#openSince > STEADY_MS) this.#backoff.reset();
    // It is this page alone that lost a doubted socket: no crowd comes back with it.
    this.crowded = !this.#doubted;
    const wait = this.#doubted ? 0 : this.#retryAfter + this.#backoff.next();
    this.#doubted = false;
    this.#retryAfter = 0;
    this.retryAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#setPhase('waiting');
    this.#endSessions();
  }

  /**
   * No browser tells a page why a WebSocket was refused; a request to the same address does. By POST,
   * because browsers say the page's origin with that, as with a WebSocket.
   */
  async #askWhy() {
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace('ws', 'http');
    /** @type {(Reason | null)[]} */
    let [refusal, suspicion] = [null, null];
    try {
      const response = await this.#fetch(url, { method: 'POST' });
      if (response.status === 403) {
        const problem = await response.json().catch(() => ({}));
        refusal = reasonOf(problem.code ?? 'refused', problem, 'detail');
      }
    } catch {
      // There is no server; or there is an answer that this page may not read.
      suspicion = await this.#suspect(url);
    }
    if (this.phase === 'open' || this.phase === 'stopped') return;
    const known = JSON.stringify([this.refusal, this.suspicion]);
    this.refusal = refusal;
    this.suspicion = suspicion;
    if (JSON.stringify([refusal, suspicion]) === known) return;
    if (refusal) console.error(`fanlight: ${url.origin}: ${refusal.message || refusal.code}`);
    this.emit('phase', undefined);
  }

  /** Fanlight's answers may be read by every page, those of a proxy may not. @param {URL} url */
  async #suspect(url) {
    try {
      await this.#fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'omit' });
      return { code: 'unreadable', message: url.origin };
    } catch {
      const barred = await isBarred(this.#permissions, url);
      return barred ? { code: 'local_network', message: url.origin } : null;
    }
  }

  #endSessions() {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) session.onClosed({ code: 'server_gone', message: '' });
  }

  /** @param {Phase} phase */
  #setPhase(phase) {
    if (this.phase === phase) return;
    this.phase = phase;
    this.emit('phase', undefined);
  }

  #expectNews() {
    this.#doubted = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => this.#lost(), ANSWER_MS);
      this.send({ type: 'list' });
    }, QUIET_MS);
  }

  /** @param {string} data */
  #receive(data) {
    const message = JSON.parse(data);
    if (message.type !== 'hello' && this.phase !== 'open') return;
    this.#expectNews();
    const session = this.#sessions.get(message.session);
    switch (message.type) {
      case 'hello':
        this.version = message.version;
        this.pageVersion = message.page_version ?? '';
        this.layouts = message.layouts ?? '';
        this.iceServers = message.ice_servers ?? [];
        this.moreIceServers = message.more_ice_servers ?? false;
        this.refusal = this.suspicion = null;
        this.#openSince = Date.now();
        this.retryAt = 0;
        this.#setCameras(message.cameras);
        this.#setPhase('open');
        break;
      case 'cameras':
        this.#setCameras(message.cameras);
        break;
      case 'camera':
        this.cameras = this.cameras.map((known) =>
          known.id === message.camera.id ? message.camera : known,
        );
        this.emit('camera', message.camera);
        break;
      case 'layouts':
        this.layouts = message.layouts;
        this.emit('layouts', undefined);
        break;
      case 'answer':
        session?.onAnswer(message);
        break;
      case 'candidate':
        session?.onCandidate(message.candidate);
        break;
      case 'stream':
        session?.onStream(message);
        break;
      case 'closed':
        this.forget(message.session);
        session?.onClosed(reasonOf(message.code, message, 'message'));
        break;
      case 'error':
        // A candidate may cross the end of its session on the way: nothing to worry about.
        if (message.code === 'unknown_session') break;
        console.warn(`fanlight: not understood: ${message.code}: ${message.message}`);
        break;
      case 'goodbye':
        this.#retryAfter = message.retry_after_ms ?? 0;
        break;
    }
  }

  /** @param {Camera[]} cameras */
  #setCameras(cameras) {
    this.cameras = cameras;
    this.emit('cameras', cameras);
  }
}
