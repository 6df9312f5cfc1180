import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Still } from '../../web/picture/still.js';
import { Emitter } from '../../web/player/emitter.js';
import { Clock } from './support/clock.js';

/** A still that stands for a video, which costs the browser less. */

/** What is enough of an element here. */
class Element {
  /** @type {Element[]} */
  children = [];
  /** @type {Element | null} */
  parent = null;
  hidden = false;
  textContent = '';
  /** @type {Map<string, string>} */
  sides = new Map();
  style = {
    setProperty: (/** @type {string} */ name, /** @type {string} */ value) =>
      this.sides.set(name, value),
    removeProperty: (/** @type {string} */ name) => this.sides.delete(name),
  };
  setAttribute(/** @type {string} */ name) {
    if (name === 'hidden') this.hidden = true;
  }
  append(/** @type {Element} */ child) {
    this.children.push(child);
    child.parent = this;
  }
  remove() {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
  }
  get isConnected() {
    return this.parent !== null;
  }
  getContext() {
    return { drawImage: () => drawn++ };
  }
}

/** A video that is told when it has a frame. */
class Video extends Element {
  /** @type {(() => void)[]} */
  #waiting = [];
  playing = true;
  #time = 0;
  get currentTime() {
    return this.playing ? this.#time++ : this.#time;
  }
  requestVideoFrameCallback(/** @type {() => void} */ then) {
    this.#waiting.push(then);
  }
  frame() {
    screen.shown = { source: this, width: 1280, height: 720 };
    for (const then of this.#waiting.splice(0)) then();
  }
}

/** @type {Clock} */
let clock;
let drawn = 0;
/** @type {any} */
let screen;
/** @type {Element} */
let content;
/** @type {Element} */
let badges;
/** @type {any} */
let picture;
const made = () => /** @type {any} */ (content.children.at(-1));

beforeEach(() => {
  clock = new Clock().install();
  Object.assign(globalThis, {
    document: { hidden: false, createElement: () => new Element() },
  });
  drawn = 0;
  screen = { video: new Video(), shown: null };
  content = new Element();
  badges = new Element();
  const player = Object.assign(new Emitter(), { state: { name: 'live' } });
  picture = {
    player,
    screen,
    state: 'live',
    still: false,
    element: {
      querySelector: (/** @type {string} */ of) => (of === '.content' ? content : badges),
    },
  };
});

afterEach(() => {
  clock.uninstall();
  Reflect.deleteProperty(globalThis, 'document');
});

test('it is there with the first frame, and is drawn at least once a second', async () => {
  new Still(picture);
  assert.equal(made().hidden, true);
  assert.equal(screen.video.sides.size, 0, 'the video is not small before something is above it');

  screen.video.frame();

  assert.equal(drawn, 1);
  assert.equal(made().hidden, false);
  assert.deepEqual([made().width, made().height], [640, 360]);
  assert.equal(screen.video.sides.get('height'), '1px');
  assert.equal(picture.still, true);
  assert.equal(badges.children[0].hidden, false);
  await clock.advance(10000);
  assert.ok(drawn > 10, `${drawn} drawn`);
});

test('a picture that has to come again is waited for on the screen', async () => {
  screen.video.frame();
  new Still(picture);
  assert.equal(screen.video.sides.size, 2);

  picture.state = 'connecting';
  picture.player.emit('state', { name: 'connecting' });
  assert.equal(screen.video.sides.size, 0);
  await clock.advance(2000);
  assert.equal(screen.video.sides.size, 0);

  picture.state = 'live';
  picture.player.emit('state', { name: 'live' });
  await clock.advance(1000);
  assert.equal(screen.video.sides.size, 2);
});

test('of a picture that is there it is a still at once', () => {
  screen.video.frame();
  new Still(picture);

  assert.equal(drawn, 1);
});

test('the first frame of the next stream is shown at once', () => {
  screen.video.frame();
  new Still(picture);
  screen.video.frame();
  const before = drawn;

  picture.player.emit('stream', {});
  screen.video.frame();

  assert.equal(drawn, before + 1);
});

test('the video is back with its next frame, and nothing is drawn any more', async () => {
  screen.video.frame();
  const still = new Still(picture);
  still.end();
  assert.equal(content.children.length, 1, 'nothing would be there yet');
  assert.deepEqual([picture.still, badges.children.length], [false, 0]);
  assert.equal(screen.video.sides.size, 0);

  screen.video.frame();
  const before = drawn;
  await clock.advance(10000);

  assert.equal(content.children.length, 0);
  assert.equal(drawn, before);
});

test('a picture that does not move gets no frame to wait for', () => {
  screen.video.frame();
  const still = new Still(picture);
  picture.player.state = { name: 'paused' };

  still.end();

  assert.equal(content.children.length, 0);
});

test('in a hidden tab nothing is drawn', async () => {
  screen.video.frame();
  new Still(picture);
  const before = drawn;
  /** @type {any} */ (globalThis.document).hidden = true;

  await clock.advance(10000);

  assert.equal(drawn, before);
});

test('a frame that comes after the end shrinks no video', () => {
  screen.video.frame();
  const still = new Still(picture);
  picture.player.emit('stream', {});

  still.end();
  screen.video.frame();

  assert.equal(screen.video.sides.size, 0);
  assert.equal(content.children.length, 0);
});

test('nor does the first frame, where there was none before the end', () => {
  const still = new Still(picture);

  still.end();
  screen.video.frame();

  assert.equal(screen.video.sides.size, 0);
  assert.equal(content.children.length, 0);
});

test('a video that the browser has paused is not shown as one that goes on', async () => {
  screen.video.frame();
  new Still(picture);
  screen.video.playing = false;

  await clock.advance(10000);

  assert.equal(badges.children[0].hidden, true);
  assert.equal(screen.video.sides.size, 0, 'it is on the screen again, where browsers play it');

  screen.video.playing = true;
  await clock.advance(2000);
  assert.equal(badges.children[0].hidden, false);
  assert.equal(screen.video.sides.size, 2);
});
