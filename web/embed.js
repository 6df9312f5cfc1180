import { Words, words } from './i18n/words.js';
import { actOnKey, pictureActions } from './picture/actions.js';
import { Controls } from './picture/controls.js';
import { mark } from './picture/element.js';
import { Loudspeaker } from './picture/loudspeaker.js';
import { Picture } from './picture/picture.js';
import { pictureStyle } from './picture/picture_style.js';
import { Sight } from './picture/sight.js';
import { takeSnapshot } from './picture/snapshot.js';
import { Player } from './player/player.js';
import { reportOf } from './player/report.js';
import { Signalling } from './player/signalling.js';
import { Surroundings } from './player/surroundings.js';

const style = new CSSStyleSheet();
style.replaceSync(`
:host {
  display: block;
  aspect-ratio: 16 / 9;
  overflow: hidden;
  background: #05070a;
  font: 14px/1.4 system-ui, sans-serif;
}

:host([hidden]) {
  display: none;
}

.picture {
  width: 100%;
  height: 100%;
}

.controls {
  visibility: hidden;
}

:host(:is(:hover, :focus-within)) .controls,
.picture[data-state='paused'] .controls {
  visibility: visible;
}
`);

/**
 * The one WebSocket of this page to a server, shared by all elements that name it; closed when the
 * last of them leaves.
 */
class Line {
  /** @type {Map<string, Line>} */
  static #open = new Map();
  signalling;
  #address;
  #users = 0;

  /** @param {string} address */
  constructor(address) {
    this.#address = address;
    this.signalling = new Signalling(address);
  }

  /** @param {string} server An http: or https: address, the page's own where it is empty. */
  static take(server) {
    const address = new URL('ws', new URL(server || '.', document.baseURI));
    address.protocol = address.protocol.replace('http', 'ws');
    const line = Line.#open.get(address.href) ?? new Line(address.href);
    Line.#open.set(address.href, line);
    if (line.#users++ === 0) line.signalling.start();
    return line;
  }

  /** @param {(signalling: Signalling) => void} act */
  static forEach(act) {
    for (const { signalling } of Line.#open.values()) act(signalling);
  }

  release() {
    if (--this.#users > 0) return;
    Line.#open.delete(this.#address);
    this.signalling.stop();
  }
}

const surroundings = new Surroundings();
surroundings.on('upheaval', () => Line.forEach((signalling) => signalling.doubt()));
addEventListener('pagehide', () => Line.forEach((signalling) => signalling.stop()));
addEventListener('pageshow', () => Line.forEach((signalling) => signalling.start()));

/** Words are loaded once, from where this module is. @type {Promise<void> | undefined} */
let spoken;

/**
 * `<fanlight-camera server camera muted controls stats>`: one live camera in any page of an
 * allowed origin. docs/embed.md describes its attributes, properties, methods and events.
 */
export class FanlightCamera extends HTMLElement {
  static observedAttributes = ['server', 'camera', 'muted', 'controls', 'stats'];
  #root = this.attachShadow({ mode: 'open' });
  /** What plays, while the element is in a page. @type {Live | null} */
  #live = null;
  /** Whether script has said that it shall not play. */
  #stopped = false;
  /** Whether it has a place in a page. An upgrade brings the attributes first, one by one. */
  #placed = false;

  connectedCallback() {
    this.#placed = true;
    // One that is moved keeps what it has loaded.
    if (!this.#root.adoptedStyleSheets.length) {
      this.#root.adoptedStyleSheets = [pictureStyle, style];
    }
    const language = Words.preferred(this.closest('[lang]')?.getAttribute('lang'));
    spoken ??= words.use(language, language, { reasons: 'later' });
    void spoken.catch((error) => console.error('fanlight: words:', error.message));
    this.#begin();
  }

  disconnectedCallback() {
    // One that is only moved to another place is back at once, and plays on.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#placed = false;
      this.#end();
    });
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#placed) return;
    if (name === 'server' || name === 'camera') {
      this.#end();
      if (this.isConnected) this.#begin();
    } else {
      this.#live?.obey(name);
    }
  }

  /** The state in one word; docs/embed.md has the list. */
  get state() {
    return this.#live?.picture.state ?? 'paused';
  }

  /** What goes on, as the element says it to people. */
  get message() {
    const { text = '', why = '', todo = '' } = this.#live?.picture.status ?? {};
    return [text, [why, todo].filter(Boolean).join(' ')].filter(Boolean).join('. ');
  }

  /** The newest numbers, or null. */
  get statistics() {
    return this.#live?.player.statistics ?? null;
  }

  /** Whether it is silent: because it shall be, or because the browser waits for a click. */
  get muted() {
    return this.#live ? !this.#live.picture.heard : this.hasAttribute('muted');
  }

  set muted(muted) {
    if (this.#live) this.#live.loudspeaker.play(muted ? null : this.#live.picture);
    else this.toggleAttribute('muted', muted);
  }

  /** 0 to 1. */
  get volume() {
    return this.#live?.loudspeaker.volume ?? 1;
  }

  set volume(volume) {
    if (this.#live) this.#live.loudspeaker.volume = volume;
  }

  /** Plays, or tries again now. */
  play() {
    this.#stopped = false;
    this.#live?.player.connect();
  }

  /** Ends the session; the last picture stays. */
  pause() {
    this.#stopped = true;
    this.#live?.player.disconnect();
  }

  /** @returns {Promise<Blob | null>} The shown frame as a JPEG; null: there is none. */
  async snapshot() {
    return this.#live ? takeSnapshot(this.#live.picture.screen) : null;
  }

  /** All that a bug report needs, for JSON. */
  report() {
    return this.#live && reportOf(this.#live.player, this.#live.signalling);
  }

  #begin() {
    const camera = this.getAttribute('camera');
    if (this.#live || !camera) return;
    this.#live = new Live(this, this.#root, this.getAttribute('server') ?? '', camera);
    if (!this.#stopped) this.#live.player.connect();
  }

  #end() {
    this.#live?.end();
    this.#live = null;
  }
}

/** The life of an element from its place in a page, server and camera to another or none. */
class Live {
  loudspeaker = new Loudspeaker();
  player;
  picture;
  #host;
  #line;
  #sight;
  #actions;
  #controls;
  #state = '';
  /** @type {ReturnType<typeof setInterval>} */
  #tick;

  /**
   * @param {FanlightCamera} host
   * @param {ShadowRoot} root
   * @param {string} server
   * @param {string} camera
   */
  constructor(host, root, server, camera) {
    this.#host = host;
    this.#line = Line.take(server);
    const { loudspeaker, signalling } = this;
    const known = signalling.cameras.find(({ id }) => id === camera);
    this.player = new Player(signalling, known ?? { id: camera, name: '', state: 'idle' });
    this.player.seen = false;
    this.picture = new Picture(this.player, { signalling, loudspeaker }, () => this.#show());
    this.#actions = pictureActions(this.picture, host);
    this.#controls = new Controls(this.picture, this.#actions);
    this.#sight = new Sight(
      host,
      surroundings,
      () => this.picture.heard || this.picture.inPictureInPicture,
      (seen) => (this.player.seen = seen),
    );
    this.picture.element.tabIndex = 0;
    this.picture.element.setAttribute('role', 'group');
    this.picture.element.append(this.#controls.element);
    this.picture.element.addEventListener('keydown', (event) => this.#key(event));
    root.replaceChildren(this.picture.element);
    this.player.on('statistics', (statistics) => {
      if (statistics) host.dispatchEvent(new CustomEvent('statistics', { detail: statistics }));
    });
    this.#tick = setInterval(() => this.picture.tick(), 1000);
    for (const name of ['controls', 'stats', 'muted']) this.obey(name);
    this.picture.refresh();
  }

  get signalling() {
    return this.#line.signalling;
  }

  /** Does what an attribute says now. @param {string} name */
  obey(name) {
    const there = this.#host.hasAttribute(name);
    if (name === 'controls') this.#controls.element.hidden = !there;
    if (name === 'stats') this.picture.panel.shown = there;
    if (name === 'muted') this.loudspeaker.play(there ? null : this.picture);
  }

  end() {
    clearInterval(this.#tick);
    this.#sight.end();
    this.picture.dispose();
    this.player.dispose();
    this.picture.element.remove();
    this.#line.release();
  }

  #show() {
    if (!this.#sight) return;
    const { picture } = this;
    mark(picture.element, 'aria-label', `${picture.name}, ${picture.status.brief}`);
    // The page around may be in another language.
    mark(picture.element, 'lang', words.tag);
    this.#controls.refresh();
    this.#sight.look();
    if (picture.state === this.#state) return;
    this.#state = picture.state;
    const detail = { state: picture.state, message: this.#host.message };
    this.#host.dispatchEvent(new CustomEvent('state', { detail }));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#host.hasAttribute('controls') || event.target !== this.picture.element) return;
    actOnKey(this.#actions, event);
  }
}

customElements.define('fanlight-camera', FanlightCamera);
