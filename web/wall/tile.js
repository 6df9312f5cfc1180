import { words } from '../i18n/words.js';
import { actOnKey, pictureActions } from '../picture/actions.js';
import { copy } from '../picture/clipboard.js';
import { Controls } from '../picture/controls.js';
import { make, mark, write } from '../picture/element.js';
import { BRIEF } from '../picture/facts.js';
import { icon } from '../picture/icons.js';
import { Picture } from '../picture/picture.js';
import { Sight } from '../picture/sight.js';
import { linkTo } from './address.js';
import { lookActions, sizeActions } from './tile_actions.js';

/** @import { Player } from '../player/player.js' */
/** @import { Action } from '../picture/types.js' */
/** @import { IconName } from '../picture/icons.js' */
/** @import { Box } from './slices.js' */
/** @import { Around } from './types.js' */

/** How long the menu says that it has copied. */
const SAID_MS = 2000;
/** Shapes that differ by less are one. */
const SAME_SHAPE = 0.01;

/**
 * `<fanlight-tile>`: one camera of the wall: its picture, name, state, facts and buttons.
 *
 * Attributes, for styles and tests: data-camera (id), data-state (of the picture), data-sound
 * (none, off, on), data-focused while it has the wall for itself. Sends `fanlight-focus`
 * (bubbles) when somebody wants to see it alone, or no more, `fanlight-shape` (bubbles) when its
 * picture has another shape, and `fanlight-span` (bubbles; columns of the wall, 0: the usual width)
 * when somebody wants another size.
 */
export class Tile extends HTMLElement {
  /** @type {Player} */
  player;
  picture;
  sight;
  #actions;
  #controls;
  #aspect = 0;
  #copied = false;
  #name = make('h2', { class: 'name' });
  #stateText = make('span', { class: 'state-text' });
  #soundMark = make('span', { class: 'sound-mark', role: 'img' });
  /** @type {Map<string, HTMLElement>} */
  #facts = new Map();

  /**
   * @param {Player} player
   * @param {Around} around
   */
  constructor(player, around) {
    super();
    this.player = player;
    player.seen = false;
    this.tabIndex = 0;
    this.setAttribute('role', 'group');
    this.dataset.camera = player.camera.id;
    this.picture = new Picture(player, around, () => this.#show());
    this.#actions = [
      ...pictureActions(this.picture, this),
      this.#focusAction(),
      ...sizeActions(this, around.arrangement),
      ...lookActions(this, around.arrangement),
      this.#linkAction(),
    ];
    this.#controls = new Controls(this.picture, [...this.#zoomActions(), ...this.#actions]);
    this.picture.element.append(this.#controls.element);
    this.append(this.picture.element, this.#caption());
    if (!around.kiosk) this.append(handle('mover', 'grip'), handle('corner', 'corner'));
    this.sight = new Sight(
      this,
      around.surroundings,
      () => this.picture.heard || this.picture.inPictureInPicture,
      (seen) => (player.seen = seen),
    );

    this.picture.element.addEventListener('click', (event) => this.#click(event));
    let touched = false;
    this.picture.element.addEventListener('pointerdown', ({ pointerType }) => {
      touched = pointerType === 'touch';
    });
    this.picture.element.addEventListener('dblclick', (event) => {
      if (!this.focused || onTool(event)) return;
      if (touched) this.picture.magnifier.toggle(event);
      else this.#run('fullscreen');
    });
    this.addEventListener('keydown', (event) => this.key(event));
    this.addEventListener('fullscreenchange', () => this.#show());
    this.picture.refresh();
  }

  dispose() {
    this.sight.end();
    this.picture.dispose();
    this.remove();
  }

  /** Whether it has the wall for itself: then it can be zoomed. */
  get focused() {
    return this.hasAttribute('data-focused');
  }

  set focused(focused) {
    if (focused === this.focused) return;
    this.toggleAttribute('data-focused', focused);
    this.picture.magnifier.enabled = focused;
    this.picture.magnifier.reset();
    this.#show();
  }

  /** @param {Box | null} box In the wall, pixels; null: all of it. */
  place(box) {
    const { style } = this;
    [style.left, style.top, style.width, style.height] = box
      ? [box.x, box.y, box.width, box.height].map((pixels) => `${pixels}px`)
      : ['0', '0', '100%', '100%'];
  }

  /** @param {number} span Columns of the wall; 0: the usual width. */
  resize(span) {
    this.dispatchEvent(new CustomEvent('fanlight-span', { bubbles: true, detail: span }));
  }

  tick() {
    this.picture.tick();
  }

  #caption() {
    const facts = make('p', { class: 'facts' });
    for (const { name } of BRIEF) {
      const fact = make('span', { 'data-fact': name });
      this.#facts.set(name, fact);
      facts.append(fact);
    }
    const lamp = make('span', { class: 'lamp', 'aria-hidden': 'true' });
    const state = make('p', { class: 'state' }, this.#soundMark, lamp, this.#stateText);
    return make('div', { class: 'caption' }, this.#name, state, facts);
  }

  /** @returns {Action} */
  #focusAction() {
    return {
      name: 'focus',
      key: 'Enter',
      icon: () => (this.focused ? 'wall' : 'enlarge'),
      label: () => words.text(this.focused ? 'action.focus.leave' : 'action.focus'),
      run: () => this.dispatchEvent(new Event('fanlight-focus', { bubbles: true })),
    };
  }

  /** @returns {Action} */
  #linkAction() {
    const say = (/** @type {boolean} */ copied) => {
      this.#copied = copied;
      this.#controls.refresh();
    };
    return {
      name: 'link',
      rare: true,
      icon: () => 'link',
      label: () => words.text(this.#copied ? 'action.copied' : 'action.link'),
      run: async () => {
        if (!(await copy(linkTo(this.player.camera.id)))) return;
        say(true);
        setTimeout(() => say(false), SAID_MS);
      },
    };
  }

  /** @returns {Action[]} */
  #zoomActions() {
    const { magnifier } = this.picture;
    return [
      {
        name: 'zoom-out',
        key: '-',
        icon: () => 'out',
        label: () => words.text('action.zoom.out'),
        hidden: () => !this.focused,
        disabled: () => !magnifier.zoomed,
        run: () => magnifier.out(),
      },
      {
        name: 'zoom-in',
        key: 'Plus',
        icon: () => 'in',
        label: () => words.text('action.zoom.in'),
        hidden: () => !this.focused,
        run: () => magnifier.in(),
      },
      {
        name: 'zoom-reset',
        key: '0',
        icon: () => 'whole',
        label: () => words.text('action.zoom.reset'),
        hidden: () => !this.focused || !magnifier.zoomed,
        run: () => magnifier.reset(),
      },
    ];
  }

  /** @param {string} name */
  #run(name) {
    this.#actions.find((action) => action.name === name)?.run();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (onTool(event) || this.focused) return;
    this.focus({ preventScroll: true });
    if (!this.closest('[data-arranging]')) this.#run('focus');
  }

  /** Does what a key stands for. @param {KeyboardEvent} event */
  key(event) {
    const onButton = onTool(event) && ['Enter', 'Space'].includes(event.code);
    if (onButton || event.target instanceof HTMLInputElement) return;
    if (this.focused && this.#pan(event)) return;
    const actions = this.focused ? [...this.#zoomActions(), ...this.#actions] : this.#actions;
    if (actOnKey(actions, event)) event.stopPropagation();
  }

  /** The arrows move a picture that is zoomed. @param {KeyboardEvent} event */
  #pan(event) {
    const { magnifier } = this.picture;
    const steps = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    });
    const step = steps[event.key];
    if (!step || !magnifier.zoomed || event.shiftKey) return false;
    event.preventDefault();
    event.stopPropagation();
    magnifier.step(...step);
    return true;
  }

  #show() {
    const { picture, player } = this;
    if (!this.sight) return;
    const { statistics } = player;
    const live = picture.state === 'live' ? statistics : null;
    mark(this, 'data-state', picture.state);
    mark(this, 'data-sound', !player.hasSound ? 'none' : picture.heard ? 'on' : 'off');
    mark(this, 'aria-label', `${picture.name}, ${picture.status.brief}`);
    write(this.#name, picture.name);
    write(this.#stateText, picture.status.brief);
    this.#soundMark.hidden = !player.hasSound;
    mark(this.#soundMark, 'aria-label', words.text(picture.heard ? 'sound.heard' : 'sound.there'));
    const loud = picture.heard ? 'sound' : 'muted';
    if (this.#soundMark.dataset.icon !== loud) this.#soundMark.replaceChildren(icon(loud));
    this.#soundMark.dataset.icon = loud;
    for (const { name, text } of BRIEF) {
      const fact = /** @type {HTMLElement} */ (this.#facts.get(name));
      write(fact, (live && text(live)) ?? '');
    }
    this.#controls.refresh();
    this.sight.look();
    const { aspect } = picture;
    if (Math.abs(aspect / this.#aspect - 1) < SAME_SHAPE) return;
    this.#aspect = aspect;
    this.dispatchEvent(new Event('fanlight-shape', { bubbles: true }));
  }
}

/**
 * What a tile is moved or resized by; for the keyboard there are keys and the menu.
 * @param {string} name
 * @param {IconName} shape
 */
const handle = (name, shape) =>
  make('button', { type: 'button', class: name, tabindex: -1, 'aria-hidden': 'true' }, icon(shape));

/**
 * Whether it happened to what is above the picture and does something of its own. By the path, for
 * a button that has drawn another icon has left the old one behind.
 * @param {Event} event
 */
const onTool = (event) =>
  event
    .composedPath()
    .some((element) => element instanceof Element && element.matches('button, input, .panel'));

customElements.define('fanlight-tile', Tile);
