import { words } from '../i18n/words.js';
import { languageSelect } from '../page/choices.js';
import { isFullscreen, toggleFullscreen } from '../picture/actions.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';
import { sizeOf } from './arrangement.js';
import { writeSizes } from './choices.js';

/** @import { IconName } from '../picture/icons.js' */
/** @import { Signalling } from '../player/signalling.js' */
/** @import { Arrangement } from './arrangement.js' */
/** @import { Wall } from './wall.js' */

/** @typedef {{name: IconName, label: string, pressed?: boolean, expanded?: boolean}} Look */

/** Seconds a page stays when somebody only says that pages shall turn. */
const USUAL_CYCLE = 15;

/** The line above the wall: how it does, and what can be done with the whole of it. */
export class Header {
  #wall;
  #signalling;
  #arrangement;
  #summary = make('p', { id: 'summary', role: 'status' });
  #retryText = make('span', { id: 'retry-text' });
  #tryNow = make('button', { type: 'button', id: 'try-now' });
  #retry = make('p', { id: 'retry' }, this.#retryText, this.#tryNow);
  #reload = make('button', { type: 'button', id: 'reload', hidden: true });
  #pageText = make('span', { id: 'page' });
  #pager = make('div', { id: 'pager', role: 'group' });
  #grid = make('select', { id: 'grid' });
  #columns;
  /** @type {Map<HTMLButtonElement, () => Look>} */
  #buttons = new Map();

  /**
   * @param {HTMLElement} element Has the page's name in it already.
   * @param {object} around
   * @param {Wall} around.wall
   * @param {Signalling} around.signalling
   * @param {Arrangement} around.arrangement
   * @param {{open: boolean, toggle: () => void}} around.drawer
   */
  constructor(element, { wall, signalling, arrangement, drawer }) {
    this.#wall = wall;
    this.#signalling = signalling;
    this.#arrangement = arrangement;
    const root = document.documentElement;

    const back = this.#button(
      'page-back',
      () => wall.turn(-1),
      () => ({
        name: 'left',
        label: words.text('pager.back'),
      }),
    );
    const on = this.#button(
      'page-on',
      () => wall.turn(1),
      () => ({
        name: 'right',
        label: words.text('pager.on'),
      }),
    );
    const cycle = this.#button(
      'cycle',
      () => (arrangement.cycle = arrangement.cycle ? 0 : USUAL_CYCLE),
      () => ({
        name: 'cycle',
        label: words.text('pager.cycle'),
        pressed: arrangement.cycle > 0,
      }),
    );
    this.#pager.append(back, this.#pageText, on, cycle);

    this.#grid.addEventListener('change', () => (arrangement.grid = sizeOf(this.#grid.value)));
    this.#tryNow.addEventListener('click', () => signalling.retryNow());
    this.#reload.addEventListener('click', () => {
      wall.keepPage();
      location.reload();
    });

    this.#columns = this.#button(
      'columns',
      () => (arrangement.columns = arrangement.columns === 1 ? 2 : 1),
      () => ({
        name: arrangement.columns === 1 ? 'columns' : 'column',
        label: words.text(arrangement.columns === 1 ? 'grid.columns.two' : 'grid.columns.one'),
      }),
    );
    const statistics = this.#button(
      'statistics',
      () => (wall.statisticsShown = !wall.statisticsShown),
      () => ({
        name: 'statistics',
        label: words.text('wall.statistics'),
        pressed: wall.statisticsShown,
      }),
    );
    const play = this.#button(
      'play-all',
      () => (wall.playing = !wall.playing),
      () => ({
        name: wall.playing ? 'pause' : 'play',
        label: words.text(wall.playing ? 'wall.pause' : 'wall.play'),
      }),
    );
    const fullscreen = this.#button(
      'fullscreen',
      () => void toggleFullscreen(root),
      () => ({
        name: isFullscreen(root) ? 'window' : 'fullscreen',
        label: words.text(isFullscreen(root) ? 'action.fullscreen.leave' : 'wall.fullscreen'),
      }),
    );
    const arrange = this.#button(
      'arrange',
      () => drawer.toggle(),
      () => ({
        name: 'arrange',
        label: words.text('arrange.title'),
        expanded: drawer.open,
      }),
    );
    arrange.setAttribute('aria-controls', 'drawer');

    const actions = make('div', { class: 'actions' });
    actions.append(
      this.#reload,
      this.#pager,
      this.#grid,
      this.#columns,
      statistics,
      play,
      fullscreen,
      languageSelect('language'),
      arrange,
    );
    element.append(this.#summary, this.#retry, actions);
    document.addEventListener('fullscreenchange', () => this.show());
    this.speak();
  }

  /** @param {boolean} offered There is a newer page on the server than this one. */
  offerReload(offered) {
    this.#reload.hidden = !offered;
  }

  speak() {
    writeSizes(this.#grid);
    mark(this.#grid, 'aria-label', words.text('grid.choose'));
    mark(this.#grid, 'title', words.text('grid.choose'));
    mark(this.#pager, 'aria-label', words.text('pager.label'));
    write(this.#tryNow, words.text('action.retry'));
    write(this.#reload, words.text('wall.reload'));
    this.show();
  }

  /** What changes with the wall and the server. */
  show() {
    const { tiles, page, pages, alone, upright } = this.#wall;
    const { gone } = this.#signalling;
    write(this.#summary, gone ? words.text(lossKey(this.#signalling)) : summaryText(this.#wall));
    this.#summary.hidden = !gone && tiles.length === 0;
    write(this.#retryText, retryText(this.#signalling));
    this.#retry.hidden = !gone;
    this.#pager.hidden = pages < 2 || alone !== null;
    write(
      this.#pageText,
      words.text('pager.pages', { page: words.number(page + 1), pages: words.number(pages) }),
    );
    this.#grid.value = String(this.#arrangement.grid);
    this.#grid.hidden = alone !== null;
    this.#columns.hidden = !upright || alone !== null;
    for (const [button, look] of this.#buttons) {
      const { name, label, pressed, expanded } = look();
      if (button.dataset.icon !== name) {
        button.dataset.icon = name;
        button.replaceChildren(icon(name), make('span'));
      }
      write(/** @type {Element} */ (button.lastElementChild), label);
      mark(button, 'title', label);
      mark(button, 'aria-label', label);
      if (pressed !== undefined) mark(button, 'aria-pressed', String(pressed));
      if (expanded !== undefined) mark(button, 'aria-expanded', String(expanded));
    }
  }

  /**
   * @param {string} id
   * @param {() => void} run
   * @param {() => Look} look
   */
  #button(id, run, look) {
    const button = make('button', { type: 'button', id });
    button.addEventListener('click', () => {
      run();
      this.show();
    });
    this.#buttons.set(button, look);
    return button;
  }
}

/**
 * What is true of the cameras, as the server has them, and what of this page: cameras that are live
 * play nowhere while their tiles are paused or on other pages.
 * @param {Wall} wall
 */
function summaryText({ tiles, shownTiles }) {
  const states = tiles.map(({ player }) => player.camera.state);
  const count = (/** @type {string} */ wanted) => states.filter((state) => state === wanted).length;
  const idle = count('idle');
  const playing = shownTiles.filter(({ player }) => player.state.name === 'live').length;
  return [
    words.text('wall.live', { live: words.number(count('live')), all: words.number(tiles.length) }),
    idle > 0 && words.text('wall.idle', { count: words.number(idle) }),
    words.text('wall.playing', {
      playing: words.number(playing),
      all: words.number(shownTiles.length),
    }),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The headline without a server. @param {Signalling} signalling */
export function lossKey({ refusal }) {
  if (!refusal) return 'wall.gone';
  return refusal.code === 'unknown_host' ? 'wall.unknown_host' : 'wall.refused';
}

/** When the server is asked again, in words. @param {Signalling} signalling */
export function retryText({ phase, retryAt }) {
  if (phase !== 'waiting') return words.text('wall.gone.trying');
  const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  return words.text('wall.gone.retry', { seconds: words.number(seconds) }, seconds);
}
