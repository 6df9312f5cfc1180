import { words } from '../i18n/words.js';
import { make, write } from './element.js';

/** @import { Picture } from './picture.js' */

/** How often it is drawn: a picture a second, and some to spare. */
const REDRAW_MS = 800;
/** After so many times without a new frame the video stands still; cameras may be slow. */
const PATIENCE = 5;
/** It is no wider: a wall of them must not fill the memory. */
const MOST_WIDTH = 640;
/**
 * What a video below a still looks like. Chromium, which alone has MediaStreamTrackProcessor in a
 * page, puts one of a single pixel on the screen at the cost of a whole one, and goes on with one
 * that is not there. Others may pause what is not there.
 */
const BELOW = /** @type {[name: string, value: string][]} */ (
  'MediaStreamTrackProcessor' in globalThis
    ? [['display', 'none']]
    : [
        ['width', '1px'],
        ['height', '1px'],
      ]
);

/**
 * A still that stands for the video of a picture from now until end(), and is drawn about once a
 * second of what that shows. A browser that puts no moving picture on the screen has less to do,
 * and the camera's smallest stream is enough. A badge says that it is a still.
 */
export class Still {
  #picture;
  #canvas = make('canvas', { class: 'slow', hidden: true });
  #badge = make('p', { class: 'badge calm', hidden: true });
  #redrawing;
  #subscriptions;
  #ended = false;
  /** The time of the video when it was last drawn. */
  #drawnAt = -1;
  /** How often it has had no new frame since. */
  #stale = 0;

  /** @param {Picture} picture */
  constructor(picture) {
    this.#picture = picture;
    picture.element.querySelector('.content')?.append(this.#canvas);
    picture.element.querySelector('.badges')?.append(this.#badge);
    picture.still = true;
    if (picture.screen.shown) this.#draw();
    else this.#drawFirst();
    this.#redrawing = setInterval(() => this.#draw(), REDRAW_MS);
    this.#subscriptions = [
      picture.player.on('stream', () => this.#drawFirst()),
      picture.player.on('state', ({ name }) => name !== 'live' && this.#uncover()),
    ];
  }

  end() {
    this.#ended = true;
    clearInterval(this.#redrawing);
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#badge.remove();
    this.#picture.still = false;
    const { player, screen } = this.#picture;
    this.#uncover();
    // Until then the video may show nothing in its place.
    if (player.state.name === 'live') afterFrame(screen.video, () => this.#canvas.remove());
    else this.#canvas.remove();
  }

  /** What is not there has no first frame, by which the page knows that a picture has come. */
  #uncover() {
    for (const [name] of BELOW) this.#picture.screen.video.style.removeProperty(name);
  }

  /** A new stream is shown with its first frame. */
  #drawFirst() {
    this.#uncover();
    afterFrame(this.#picture.screen.video, () => this.#draw());
  }

  #draw() {
    const { shown, video } = this.#picture.screen;
    // A frame that was asked for before may come after the end.
    if (this.#ended || !shown || document.hidden || !this.#canvas.isConnected) return;
    this.#stale =
      shown.source === video && video.currentTime === this.#drawnAt ? this.#stale + 1 : 0;
    this.#drawnAt = video.currentTime;
    const scale = Math.min(1, MOST_WIDTH / shown.width);
    const [width, height] = [shown.width, shown.height].map((side) => Math.round(side * scale));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#canvas.getContext('2d')?.drawImage(shown.source, 0, 0, width, height);
    this.#canvas.hidden = false;
    // A browser that has paused it goes on once it is to be seen.
    if (this.#stale >= PATIENCE) this.#uncover();
    const live = this.#picture.state === 'live' && this.#stale < PATIENCE;
    this.#badge.hidden = !live;
    write(this.#badge, words.text('badge.still'));
    if (live) for (const [name, value] of BELOW) video.style.setProperty(name, value);
  }
}

/** @param {HTMLVideoElement} video @param {() => void} then Called at once in browsers that do not tell. */
function afterFrame(video, then) {
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(then);
  else then();
}
