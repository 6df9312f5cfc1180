import { Backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { History } from './history.js';
import { judge } from './judge.js';
import { Peer } from './peer.js';
import { Rates } from './rates.js';
import { readStatistics } from './statistics.js';

/** @import { Signalling } from './signalling.js' */
/** @import { Answer, Camera, Moments, Reason, State, Statistics, Wish } from './types.js' */

/** How often the browser is asked how the session does. */
const LOOK_MS = 1000;
/** Looks without a new frame until a new session is made, and the share of them until it is said. */
const FROZEN_LOOKS = 5;
const STALLED_SHARE = 0.6;
/** Looks without any frame until a session counts as failed. */
const STARTING_LOOKS = 12;
/** Looks with pictures after which a session counts as good. */
const GOOD_LOOKS = 10;
/** Looks without a frame that are enough when there was reason to doubt the session. */
const DOUBTED_LOOKS = 2;
/** Pictures that wait in the browser for longer than this many seconds, look after look, are late. */
const LATE_SECONDS = 3;
const LATE_LOOKS = 30;
/** How long a tile keeps its size before it is worth another stream. */
const FIT_MS = 400;
/** When a server comes back its viewers come within this time, not all at once. */
const RETURN_MS = 2000;

/** Ends that another try would not change. */
const FINAL = /^(no_common_codec|unknown_camera|unknown_stream|camera_removed|bad_offer)$/;

/**
 * Keeps one camera playing while it is wanted: makes sessions, watches over them, replaces those
 * that fail or freeze. Knows nothing of how it is shown: `stream` is for a video element, and its
 * owner tells by pictureShown() when a first frame is on the screen.
 *
 * `ending` comes just before a session's stream ends, `stream` when the next one's begins.
 * @extends {Emitter<{
 *   state: State, stream: MediaStream, ending: void, statistics: Statistics | null
 * }>}
 */
export class Player extends Emitter {
  /** @type {State} */
  state = { name: 'paused', since: Date.now(), reason: null, retryAt: 0 };
  /** @type {MediaStream | null} Of the newest session that has one. */
  stream = null;
  /** @type {Statistics | null} */
  statistics = null;
  /** @type {Answer | null} Of the current session. */
  answer = null;
  /** @type {Moments} */
  moments = { asked: 0, answered: 0, connected: 0, pictured: 0 };
  wanted = false;
  history = new History();
  /** @type {Wish} */
  wish = { stream: 'auto', width: 0, height: 0 };

  #signalling;
  /** @type {Camera} */
  #camera;
  #backoff;
  #random;
  #seen = true;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Reason | null} Why trying has stopped. */
  #refusal = null;
  /** @type {Reason | null} Why the last session ended. */
  #failure = null;
  #offlineSince = 0;
  #retryAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #look;
  #looksWithoutFrame = 0;
  #looksWithFrames = 0;
  #looksLate = 0;
  #rates = new Rates();
  #playing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fitting;
  /** The size it is shown in, wished for or soon. @type {{width?: number, height?: number}} */
  #size = {};
  #subscriptions;

  /**
   * @param {Signalling} signalling
   * @param {Camera} camera
   * @param {{backoff?: Backoff, random?: () => number}} [options]
   */
  constructor(signalling, camera, { backoff, random = Math.random } = {}) {
    super();
    this.#signalling = signalling;
    this.#camera = camera;
    this.#backoff = backoff ?? new Backoff({ first: 500, cap: 30000 });
    this.#random = random;
    this.#noteCameraState();
    this.#subscriptions = [
      signalling.on('phase', () => this.#followServer()),
      signalling.on('camera', (news) => news.id === camera.id && this.#followCamera(news)),
      signalling.on('cameras', (all) => {
        const news = all.find(({ id }) => id === camera.id);
        if (news) this.#followCamera(news);
      }),
    ];
  }

  /** What the server last said of the camera. */
  get camera() {
    return this.#camera;
  }

  /** Whether the current session brings sound. */
  get hasSound() {
    return Boolean(this.answer?.audio_codec ?? this.statistics?.audioCodec);
  }

  /** Whether somebody can see or hear it: out of sight it pulls nothing, and resumes at once. */
  get seen() {
    return this.#seen;
  }

  set seen(seen) {
    if (seen === this.#seen) return;
    this.#seen = seen;
    if (!seen) {
      this.#close();
      this.#update();
    } else if (this.wanted && !this.#refusal) {
      this.#open();
    } else {
      this.#update();
    }
  }

  /**
   * It is shown so large, in device pixels; while that changes, nobody is asked for anything.
   * @param {number} width @param {number} height
   */
  fit(width, height) {
    this.#size = { width, height };
    clearTimeout(this.#fitting);
    if (!this.wish.height) return this.#select({ ...this.wish, width, height });
    if (width === this.wish.width && height === this.wish.height) return;
    this.#fitting = setTimeout(() => this.#select({ ...this.wish, width, height }), FIT_MS);
  }

  /** Another one of the camera's streams, or "auto" again. @param {string} stream */
  choose(stream) {
    this.#select({ ...this.wish, ...this.#size, stream });
  }

  /** @param {Wish} wish */
  #select(wish) {
    clearTimeout(this.#fitting);
    this.wish = wish;
    this.#peer?.select(wish);
    this.emit('statistics', this.statistics);
  }

  /** The machine slept or its network is another: what played may be dead and not know it. */
  doubt() {
    if (this.#retryAt) this.#open();
    else if (this.#playing) {
      const doubted = this.#frozenLooks() - DOUBTED_LOOKS;
      this.#looksWithoutFrame = Math.max(this.#looksWithoutFrame, doubted);
    }
  }

  /** From now on the camera is wanted; also: try again now. */
  connect() {
    this.wanted = true;
    this.#backoff.reset();
    this.#open();
  }

  disconnect() {
    this.wanted = false;
    this.#close();
    this.#refusal = this.#failure = null;
    this.#update();
  }

  /** Ends everything; the player is of no use after it. */
  dispose() {
    this.disconnect();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }

  /** A frame of the current stream is on the screen: faster news than statistics are. */
  pictureShown() {
    if (!this.#peer) return;
    this.moments.pictured ||= performance.now();
    if (this.#playing) return;
    this.#looksWithoutFrame = 0;
    this.#playing = true;
    this.#update();
  }

  #open() {
    this.#close();
    this.#refusal = null;
    if (this.wanted && this.#seen && this.#signalling.phase === 'open') {
      this.moments = { asked: performance.now(), answered: 0, connected: 0, pictured: 0 };
      this.#looksWithoutFrame = this.#looksWithFrames = this.#looksLate = 0;
      try {
        this.#peer = this.#newPeer();
      } catch (error) {
        // Browsers allow some hundred, and count closed ones until they are collected.
        const { message } = /** @type {Error} */ (error);
        return this.#ended({ code: 'connection_failed', message });
      }
      this.#look = setInterval(() => void this.#lookAfter(), LOOK_MS);
    }
    this.#update();
  }

  #newPeer() {
    return new Peer(this.#signalling, this.#camera.id, this.wish, {
      onAnswer: (answer) => {
        this.moments.answered = performance.now();
        this.answer = answer;
      },
      onStream: (stream) => {
        this.stream = stream;
        this.emit('stream', stream);
      },
      onOtherStream: ({ stream, reason }) => {
        if (this.answer) this.answer = { ...this.answer, stream, stream_reason: reason };
      },
      onConnected: () => (this.moments.connected ||= performance.now()),
      onClosed: (reason) => this.#ended(reason),
    });
  }

  #close() {
    clearTimeout(this.#retry);
    clearInterval(this.#look);
    this.#retryAt = 0;
    this.#playing = false;
    if (this.#peer) {
      this.emit('ending', undefined);
      this.history.add(null);
    }
    this.#peer?.close();
    this.#peer = null;
    this.answer = null;
    this.statistics = null;
    this.#rates.clear();
    this.emit('statistics', null);
  }

  /** @param {Reason} reason */
  #ended(reason) {
    // The connection cannot carry the codec of the stream that fits; the picture stays until that is there.
    if (reason.code === 'stream_changed') {
      this.#open();
      return;
    }
    this.#close();
    this.#failure = reason;
    if (FINAL.test(reason.code)) {
      this.#refusal = reason;
    } else if (reason.code !== 'server_gone') {
      // A full server is asked again at leisure.
      const wait = this.#backoff.next() + (reason.code === 'busy' ? 5000 : 0);
      this.#retryAt = Date.now() + wait;
      this.#retry = setTimeout(() => this.#open(), wait);
    }
    this.#update();
  }

  async #lookAfter() {
    const peer = this.#peer;
    if (!peer) return;
    const report = await peer.statistics();
    if (peer !== this.#peer) return;
    const before = this.statistics;
    const statistics = readStatistics(report, before);
    statistics.transport = this.answer?.transport ?? null;
    statistics.stream = this.answer?.stream ?? null;
    statistics.relayFault = peer.relayFault;
    const stream = this.#shownStream;
    statistics.bFrames = stream?.b_frames ?? false;
    this.#rates.steady(statistics, stream ?? this.#camera);
    this.statistics = statistics;
    this.history.add(statistics);
    this.#looksLate = (statistics.buffered ?? 0) > LATE_SECONDS ? this.#looksLate + 1 : 0;

    if (statistics.framesDecoded > (before?.framesDecoded ?? 0)) {
      this.#looksWithoutFrame = 0;
      this.#playing = true;
      if (++this.#looksWithFrames === GOOD_LOOKS) this.#backoff.reset();
    } else if (this.#camera.state === 'live') {
      this.#looksWithoutFrame++;
    } else {
      // It is the camera that is missing; the server keeps the session until it is back.
      this.#looksWithoutFrame = 0;
      this.#playing = false;
    }
    this.emit('statistics', statistics);

    const limit = this.#playing ? this.#frozenLooks() : STARTING_LOOKS;
    if (this.#looksWithoutFrame >= limit) {
      this.#ended({ code: this.#playing ? 'frozen' : 'no_picture', message: '' });
    } else if (this.#looksLate >= LATE_LOOKS) {
      this.#ended({ code: 'late', message: '' });
    } else {
      this.#update();
    }
  }

  /** What the server says of the stream that is shown. */
  get #shownStream() {
    return this.#camera.streams?.find(({ id }) => id === this.answer?.stream);
  }

  /** A camera may be slower than a frame a second: then patience is three frames. */
  #frozenLooks() {
    const fps = this.#camera.fps ?? 0;
    return fps > 0 ? Math.max(FROZEN_LOOKS, Math.ceil(3 / fps)) : FROZEN_LOOKS;
  }

  #followServer() {
    if (!this.wanted) return;
    if (this.#signalling.phase === 'open') {
      this.#backoff.reset();
      if (this.#signalling.crowded) this.#openSoon();
      else this.#open();
    } else {
      this.#update();
    }
  }

  /** With the others of a server that is back, but not in the same moment. */
  #openSoon() {
    this.#close();
    this.#refusal = null;
    this.#retry = setTimeout(() => this.#open(), RETURN_MS * this.#random());
    this.#update();
  }

  /** @param {Camera} news */
  #followCamera(news) {
    const before = this.#camera;
    this.#camera = news;
    this.#noteCameraState();
    const back = news.state === 'live' && before.state !== 'live';
    const changed = news.video_codec !== before.video_codec;
    const waiting = this.#retryAt > 0 || this.#refusal !== null;
    if (this.wanted && waiting && (back || (news.state === 'live' && changed))) {
      this.#open();
    } else {
      this.#update();
    }
  }

  /** The server alternates between retrying and connecting; offline is from the first to live. */
  #noteCameraState() {
    const { state, state_age_ms = 0 } = this.#camera;
    if (state === 'live') this.#offlineSince = 0;
    else if (state === 'retrying') this.#offlineSince ||= Date.now() - state_age_ms;
  }

  #update() {
    const { name, reason } = judge({
      wanted: this.wanted,
      seen: this.#seen,
      signalling: this.#signalling,
      camera: this.#camera,
      offline: this.#offlineSince > 0,
      refusal: this.#refusal,
      failure: this.#retryAt ? this.#failure : null,
      playing: this.#playing,
      stalled: this.#looksWithoutFrame >= STALLED_SHARE * this.#frozenLooks(),
    });
    const retryAt = name === 'gone' ? this.#signalling.retryAt : this.#retryAt;
    const before = this.state;
    const same = name === before.name;
    if (same && retryAt === before.retryAt && sameReason(reason, before.reason)) return;
    let since = same ? before.since : Date.now();
    if (name === 'offline' && this.#offlineSince) since = this.#offlineSince;
    this.state = { name, since, reason, retryAt };
    this.emit('state', this.state);
  }
}

/** @param {Reason | null} a @param {Reason | null} b */
const sameReason = (a, b) => a?.code === b?.code && a?.message === b?.message;
