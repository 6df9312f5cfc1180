import { GAP, bestGrid } from './layout.js';
import { words } from './i18n.js';
import { Player } from './player.js';
import { Tile } from './tile.js';

/** @typedef {import('./signalling.js').Camera} Camera */
/** @typedef {import('./signalling.js').Signalling} Signalling */

/**
 * All cameras in a grid that fits the space it is given. Follows the server's list: tiles come,
 * go and change places with it. Sends `change` when a tile's state has changed.
 */
export class Wall extends EventTarget {
  #element;
  #announcer;
  #signalling;
  /** @type {Map<string, Tile>} In the order of the page. */
  #tiles = new Map();

  /**
   * @param {HTMLElement} element Gets the tiles.
   * @param {HTMLElement} announcer Tells changes of state to screen readers.
   * @param {Signalling} signalling
   */
  constructor(element, announcer, signalling) {
    super();
    this.#element = element;
    this.#announcer = announcer;
    this.#signalling = signalling;
    signalling.on('cameras', (cameras) => this.#follow(cameras));
    new ResizeObserver(() => this.#arrange()).observe(element);
    element.addEventListener('fanlight-sound', ({ target }) => this.#listenOnlyTo(target));
    element.addEventListener('keydown', (event) => this.#key(event));
    setInterval(() => this.tiles.forEach((tile) => tile.tick()), 1000);
  }

  get tiles() {
    return [...this.#tiles.values()];
  }

  connectAll() {
    for (const { player } of this.tiles) if (!player.wanted) player.connect();
  }

  disconnectAll() {
    for (const { player } of this.tiles) player.disconnect();
  }

  /** @param {boolean} shown */
  showStatistics(shown) {
    for (const tile of this.tiles) tile.statisticsShown = shown;
  }

  /** @param {Camera[]} cameras */
  #follow(cameras) {
    const gone = new Set(this.#tiles.keys());
    const before = [...gone].join();
    const tiles = new Map();
    for (const camera of cameras) {
      gone.delete(camera.id);
      tiles.set(camera.id, this.#tiles.get(camera.id) ?? this.#tile(camera));
    }
    for (const id of gone) {
      this.#tiles.get(id)?.remove();
      this.#tiles.get(id)?.player.dispose();
    }
    this.#tiles = tiles;
    // Moving a video element interrupts it, so only when there is a reason.
    if ([...tiles.keys()].join() !== before) this.#element.replaceChildren(...tiles.values());
    this.#arrange();
    this.dispatchEvent(new Event('change'));
  }

  /** @param {Camera} camera */
  #tile(camera) {
    const player = new Player(this.#signalling, camera);
    const tile = new Tile(player);
    player.on('state', ({ name }) => {
      if (name !== 'connecting') {
        this.#announcer.textContent = `${tile.ariaLabel}: ${words.text(`state.${name}`)}`;
      }
      this.dispatchEvent(new Event('change'));
    });
    player.connect();
    return tile;
  }

  #arrange() {
    const style = getComputedStyle(this.#element);
    const width =
      this.#element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height =
      this.#element.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const grid = bestGrid(this.#tiles.size, width, height);
    this.#element.style.setProperty('--columns', String(grid.columns));
    this.#element.style.setProperty('--tile-width', `${grid.width}px`);
    this.#element.style.setProperty('--tile-height', `${grid.height}px`);
    this.#element.style.setProperty('--gap', `${GAP}px`);
    this.#element.toggleAttribute('data-compact', grid.compact);
  }

  /** @param {EventTarget | null} heard */
  #listenOnlyTo(heard) {
    for (const tile of this.tiles) if (tile !== heard && tile.listening) tile.listening = false;
  }

  /** Arrow keys go from tile to tile. @param {KeyboardEvent} event */
  #key(event) {
    const tiles = this.tiles;
    const from = tiles.findIndex((tile) => tile === event.target);
    const columns = Number(this.#element.style.getPropertyValue('--columns'));
    const steps = /** @type {Record<string, number>} */ ({
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    });
    const to = tiles[from + (steps[event.key] ?? NaN)];
    if (from < 0 || !to) return;
    event.preventDefault();
    to.focus();
  }
}
