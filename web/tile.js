import { ALL, BRIEF } from './facts.js';
import { words } from './i18n.js';
import { icon } from './icons.js';
import { Screen } from './screen.js';
import { describe } from './status.js';

/** @typedef {import('./facts.js').Fact} Fact */
/** @typedef {import('./player.js').Player} Player */
/** @typedef {import('./statistics.js').Statistics} Statistics */

const template = document.createElement('template');
template.innerHTML = `
  <div class="picture">
    <video muted playsinline autoplay disableremoteplayback></video>
    <canvas class="still" hidden></canvas>
    <div class="notice" hidden>
      <span class="spinner" aria-hidden="true"></span>
      <p class="notice-text"></p>
      <p class="notice-why"></p>
      <p class="notice-detail"></p>
      <button type="button" class="retry"></button>
    </div>
    <dl class="panel" hidden></dl>
    <div class="controls">
      <button type="button" class="sound"></button>
      <button type="button" class="statistics"></button>
      <button type="button" class="fullscreen"></button>
      <button type="button" class="connect"></button>
    </div>
  </div>
  <div class="caption">
    <h2 class="name"></h2>
    <p class="state"><span class="lamp" aria-hidden="true"></span><span class="state-text"></span></p>
    <p class="facts"></p>
  </div>`;

/** States that cover the picture with words. */
const NOTICED = ['idle', 'connecting', 'stalled', 'retrying', 'offline', 'refused', 'gone'];
const BUSY = ['connecting', 'stalled', 'retrying'];

/**
 * `<fanlight-tile>`: one camera of the wall: its picture, name, state, facts and buttons.
 *
 * Attributes, for styles and tests: data-camera (id), data-state (of the player), data-sound
 * (none, off, on). Sends `fanlight-sound` (bubbles) when its sound is switched on.
 */
export class Tile extends HTMLElement {
  /** @type {Player} */
  player;
  #screen;
  /** @type {Map<string, HTMLElement>} */
  #brief = new Map();
  /** @type {Map<string, HTMLElement>} */
  #panel = new Map();
  /** @type {(() => void)[]} */
  #subscriptions = [];

  /** @param {Player} player */
  constructor(player) {
    super();
    this.player = player;
    this.append(template.content.cloneNode(true));
    this.tabIndex = 0;
    this.setAttribute('role', 'group');
    this.dataset.camera = player.camera.id;
    this.#screen = new Screen(
      /** @type {HTMLVideoElement} */ (this.#part('video')),
      /** @type {HTMLCanvasElement} */ (this.#part('canvas')),
      () => this.player.pictureShown(),
    );
    this.#fill(this.#part('.facts'), BRIEF);
    this.#fillPanel();
    this.#part('.retry').addEventListener('click', () => player.connect());
    this.#part('.connect').addEventListener('click', () => this.toggle());
    this.#part('.sound').addEventListener('click', () => this.toggleSound());
    this.#part('.statistics').addEventListener('click', () => this.toggleStatistics());
    this.#part('.fullscreen').addEventListener('click', () => this.toggleFullscreen());
    // A touch has no hover: the first one brings the buttons.
    this.#part('.picture').addEventListener('click', ({ target }) => {
      if (!(/** @type {Element} */ (target).closest('button'))) this.focus({ preventScroll: true });
    });
    this.#part('.picture').addEventListener('dblclick', (event) => {
      if (!(/** @type {Element} */ (event.target).closest('button'))) this.toggleFullscreen();
    });
    this.addEventListener('keydown', (event) => this.#key(event));
    this.addEventListener('fullscreenchange', () => this.#showButtons());
  }

  connectedCallback() {
    const { player } = this;
    const speak = () => this.refresh();
    words.addEventListener('change', speak);
    this.#subscriptions = [
      () => words.removeEventListener('change', speak),
      player.on('stream', (stream) => this.#screen.show(stream)),
      player.on('ending', () => this.#screen.hold()),
      player.on('state', () => this.#follow()),
      player.on('statistics', () => this.#showFacts()),
    ];
    if (player.stream) this.#screen.show(player.stream);
    this.refresh();
  }

  disconnectedCallback() {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.#screen.clear();
  }

  /** Whether the tile is to be heard, once there is sound. */
  get listening() {
    return !this.#screen.muted;
  }

  set listening(listening) {
    this.#screen.muted = !listening;
    this.#showButtons();
    if (listening) this.dispatchEvent(new CustomEvent('fanlight-sound', { bubbles: true }));
  }

  get statisticsShown() {
    return !this.#part('.panel').hidden;
  }

  set statisticsShown(shown) {
    this.#part('.panel').hidden = !shown;
    this.#showFacts();
    this.#showButtons();
  }

  toggle() {
    if (this.player.wanted) this.player.disconnect();
    else this.player.connect();
  }

  toggleSound() {
    if (this.player.hasSound) this.listening = !this.listening;
  }

  toggleStatistics() {
    this.statisticsShown = !this.statisticsShown;
  }

  toggleFullscreen() {
    const change =
      document.fullscreenElement === this ? document.exitFullscreen() : this.requestFullscreen();
    change.catch((error) => console.warn('fanlight: full screen:', error.message));
  }

  /** Everything again: texts with times in them, and all texts when the language has changed. */
  refresh() {
    this.#showState();
    this.#showFacts();
    this.#showButtons();
  }

  /** Only what changes by time. */
  tick() {
    if (this.player.state.name !== 'live') this.#showState();
  }

  #follow() {
    const { name } = this.player.state;
    if (name === 'idle') this.#screen.clear();
    // After a camera's return the same stream goes on.
    if (name === 'connecting') this.#screen.expect();
    this.refresh();
  }

  #showState() {
    const { camera, state } = this.player;
    const status = describe(state);
    const name = camera.name || camera.id;
    this.dataset.state = state.name;
    this.toggleAttribute('data-picture', this.#screen.hasPicture);
    this.setAttribute('aria-label', name);
    write(this.#part('.name'), name);
    write(this.#part('.state-text'), status.brief);
    write(this.#part('.notice-text'), status.text);
    write(this.#part('.notice-why'), status.why);
    write(this.#part('.notice-detail'), status.detail);
    this.#part('.notice').hidden = !NOTICED.includes(state.name);
    this.#part('.spinner').hidden = !BUSY.includes(state.name);
    const retry = this.#part('.retry');
    retry.hidden = !['idle', 'retrying', 'refused'].includes(state.name);
    write(retry, words.text(state.name === 'idle' ? 'action.connect' : 'action.retry'));
  }

  #showFacts() {
    const { statistics } = this.player;
    const live = this.player.state.name === 'live' ? statistics : null;
    show(BRIEF, this.#brief, live);
    if (this.statisticsShown) show(ALL, this.#panel, statistics);
    if (live && this.dataset.sound !== this.#sound()) this.#showButtons();
  }

  #sound() {
    return !this.player.hasSound ? 'none' : this.listening ? 'on' : 'off';
  }

  #showButtons() {
    const { camera, hasSound, wanted } = this.player;
    const full = document.fullscreenElement === this;
    this.dataset.sound = this.#sound();
    const sound = this.#part('.sound');
    const none = hasSound
      ? ''
      : [words.text('sound.none'), camera.audio_note].filter(Boolean).join(': ');
    sound.toggleAttribute('disabled', !hasSound);
    label(sound, none || words.text(this.listening ? 'action.mute' : 'action.unmute'));
    draw(sound, hasSound && this.listening ? 'sound' : 'muted');
    const statistics = this.#part('.statistics');
    label(statistics, words.text('action.statistics'));
    statistics.setAttribute('aria-pressed', String(this.statisticsShown));
    draw(statistics, 'statistics');
    const fullscreen = this.#part('.fullscreen');
    label(fullscreen, words.text(full ? 'action.fullscreen.leave' : 'action.fullscreen'));
    draw(fullscreen, 'fullscreen');
    const connect = this.#part('.connect');
    label(connect, words.text(wanted ? 'action.disconnect' : 'action.connect'));
    draw(connect, wanted ? 'disconnect' : 'connect');
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const actions = /** @type {Record<string, () => void>} */ ({
      c: () => this.toggle(),
      m: () => this.toggleSound(),
      i: () => this.toggleStatistics(),
      f: () => this.toggleFullscreen(),
    });
    // By place on the keyboard, so that it works while a Korean layout is on.
    const action = actions[event.code.replace('Key', '').toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /**
   * @param {HTMLElement} line
   * @param {Fact[]} facts
   */
  #fill(line, facts) {
    for (const { name } of facts) {
      const element = document.createElement('span');
      element.dataset.fact = name;
      this.#brief.set(name, element);
      line.append(element);
    }
  }

  #fillPanel() {
    for (const { name } of ALL) {
      const row = document.createElement('div');
      const term = document.createElement('dt');
      const value = document.createElement('dd');
      term.dataset.label = `fact.${name}`;
      value.dataset.fact = name;
      row.append(term, value);
      this.#panel.set(name, value);
      this.#part('.panel').append(row);
    }
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }
}

/**
 * @param {Fact[]} facts
 * @param {Map<string, HTMLElement>} elements
 * @param {Statistics | null} statistics
 */
function show(facts, elements, statistics) {
  for (const { name, text } of facts) {
    const element = /** @type {HTMLElement} */ (elements.get(name));
    write(element, (statistics && text(statistics)) ?? '');
    const term = element.previousElementSibling;
    if (term instanceof HTMLElement && term.dataset.label) {
      write(term, words.text(term.dataset.label));
    }
  }
}

/** Touches the page only when there is something new. @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} button @param {string} text */
function label(button, text) {
  if (button.title === text) return;
  button.title = text;
  button.setAttribute('aria-label', text);
}

/** @param {HTMLElement} button @param {Parameters<typeof icon>[0]} name */
function draw(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.replaceChildren(icon(name));
}

customElements.define('fanlight-tile', Tile);
