import { words } from '../i18n/words.js';
import { languageSelect, themeSelect } from '../page/choices.js';
import { copy } from '../picture/clipboard.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';
import { CAPTIONS, CYCLES, sizeOf, urlOf } from './arrangement.js';
import { CameraList } from './camera_list.js';
import { writeSizes } from './choices.js';
import { GroupList } from './group_list.js';
import { LayoutList } from './layout_list.js';

/** @import { Address } from './address.js' */
/** @import { Arrangement } from './arrangement.js' */
/** @import { Awake } from './awake.js' */
/** @import { Removed } from './types.js' */

/** How long a button says that it has copied. */
const SAID_MS = 2000;

/** Beside the wall: which cameras, in which order, how many at once; layouts, links, language. */
export class Drawer {
  #element;
  #arrangement;
  #address;
  #groups;
  #cameras;
  #layouts;
  #onToggle;
  /** What had the focus before. @type {Element | null} */
  #before = null;
  #title = make('h2', { id: 'drawer-title' });
  #close = make('button', { type: 'button', class: 'close' });
  #grid = make('select', { id: 'drawer-grid' });
  #cycle = make('select', { id: 'drawer-cycle' });
  #captions = make('select', { id: 'drawer-captions' });
  #takesNew = make('input', { type: 'checkbox', id: 'drawer-new' });
  #awake = make('input', { type: 'checkbox', id: 'drawer-awake' });
  /** @type {[HTMLElement, string][]} */
  #texts = [];

  /**
   * @param {HTMLElement} element
   * @param {object} around
   * @param {import('../player/signalling.js').Signalling} around.signalling
   * @param {Arrangement} around.arrangement
   * @param {import('./library.js').Library} around.library
   * @param {Address} around.address
   * @param {Awake} around.awake
   * @param {() => void} around.onToggle It has opened or closed.
   * @param {() => void} around.onHelp
   * @param {(removed: Removed) => void} around.onRemoved
   */
  constructor(element, around) {
    const { signalling, arrangement, library, address, awake, onToggle, onHelp } = around;
    this.#element = element;
    this.#arrangement = arrangement;
    this.#address = address;
    this.#onToggle = onToggle;
    this.#groups = new GroupList(signalling, arrangement);
    this.#cameras = new CameraList(signalling, arrangement);
    this.#layouts = new LayoutList(arrangement, library, address, around.onRemoved);
    this.#close.append(icon('close'));
    this.#close.addEventListener('click', () => this.toggle());
    for (const seconds of CYCLES) this.#cycle.append(make('option', { value: seconds }));
    this.#grid.addEventListener('change', () => (arrangement.grid = sizeOf(this.#grid.value)));
    this.#cycle.addEventListener('change', () => (arrangement.cycle = Number(this.#cycle.value)));
    for (const place of CAPTIONS) this.#captions.append(make('option', { value: place }));
    this.#captions.addEventListener('change', () => (arrangement.captions = this.#captions.value));
    const keys = make(
      'button',
      { type: 'button' },
      icon('keyboard'),
      this.#text('span', 'help.title'),
    );
    keys.addEventListener('click', onHelp);

    element.append(
      make('div', { class: 'drawer-head' }, this.#title, this.#close),
      make('p', { class: 'hint' }, this.#text('span', 'arrange.hint')),
      this.#groups.element,
      this.#cameras.element,
      this.#newField(),
      this.#text('h3', 'arrange.pages'),
      make(
        'div',
        { class: 'fields' },
        make('label', {}, this.#text('span', 'grid.choose'), this.#grid),
        make('label', {}, this.#text('span', 'cycle.choose'), this.#cycle),
        make('label', {}, this.#text('span', 'caption.choose'), this.#captions),
      ),
      ...this.#awakeField(awake),
      this.#text('h3', 'layout.title'),
      this.#layouts.element,
      this.#text('h3', 'share.title'),
      make('div', { class: 'buttons' }, this.#linkButton(false), this.#linkButton(true)),
      this.#text('h3', 'arrange.more'),
      make(
        'div',
        { class: 'buttons' },
        languageSelect('drawer-language'),
        themeSelect('drawer-theme'),
        keys,
      ),
      make('p', {}, make('a', { href: 'settings.html' }, this.#text('span', 'arrange.settings'))),
    );
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.toggle();
    });
    signalling.on('cameras', () => this.show());
    signalling.on('camera', () => this.show());
    arrangement.on('change', () => this.show());
    words.addEventListener('change', () => this.#speak());
    this.#speak();
  }

  get open() {
    return !this.#element.hidden;
  }

  toggle() {
    this.#element.hidden = this.open;
    if (this.open) {
      this.#before = document.activeElement;
      this.show();
      this.#close.focus();
    } else if (this.#before instanceof HTMLElement) {
      this.#before.focus({ preventScroll: true });
    }
    this.#onToggle();
  }

  #speak() {
    write(this.#title, words.text('arrange.title'));
    mark(this.#close, 'aria-label', words.text('action.close'));
    for (const [element, key] of this.#texts) write(element, words.text(key));
    this.show();
  }

  show() {
    if (!this.open) return;
    writeSizes(this.#grid);
    const { grid, cycle, captions } = this.#arrangement;
    if (![...this.#cycle.options].some(({ value }) => Number(value) === cycle)) {
      this.#cycle.append(make('option', { value: cycle }));
    }
    for (const option of this.#cycle.options) {
      const seconds = Number(option.value);
      const text = seconds
        ? words.text('cycle.seconds', { seconds: words.number(seconds) })
        : words.text('cycle.off');
      write(option, text);
    }
    for (const option of this.#captions.options) {
      write(option, words.text(`caption.${option.value}`));
    }
    this.#takesNew.checked = this.#arrangement.takesNew;
    this.#captions.value = captions ?? CAPTIONS[0];
    this.#grid.value = String(grid);
    this.#cycle.value = String(cycle);
    this.#groups.show();
    this.#cameras.show();
    this.#layouts.show();
  }

  #newField() {
    this.#takesNew.addEventListener('change', () => {
      this.#arrangement.takesNew = this.#takesNew.checked;
    });
    return make('label', { class: 'check' }, this.#takesNew, this.#text('span', 'arrange.new'));
  }

  /** @param {Awake} awake */
  #awakeField(awake) {
    this.#awake.checked = awake.possible && awake.wanted;
    this.#awake.disabled = !awake.possible;
    this.#awake.addEventListener('change', () => (awake.wanted = this.#awake.checked));
    const label = make(
      'label',
      { class: 'check' },
      this.#awake,
      this.#text('span', 'awake.choose'),
    );
    if (awake.possible) return [label];
    return [label, make('p', { class: 'hint' }, this.#text('span', 'awake.insecure'))];
  }

  /** @param {boolean} kiosk */
  #linkButton(kiosk) {
    const label = kiosk ? 'share.kiosk' : 'share.link';
    const text = this.#text('span', label);
    const button = make('button', { type: 'button', class: kiosk ? 'kiosk-link' : 'link' });
    button.append(icon('link'), text);
    button.addEventListener('click', async () => {
      if (!(await copy(this.#link(kiosk)))) return;
      write(text, words.text('action.copied'));
      setTimeout(() => write(text, words.text(label)), SAID_MS);
    });
    return button;
  }

  /** To the layout of the server, which may change one day, or to what is shown now. @param {boolean} kiosk */
  #link(kiosk) {
    const { name, kept, changed } = this.#address;
    if (!kept?.shared || changed) {
      return urlOf(this.#arrangement.layout, document.baseURI, { kiosk, name });
    }
    const url = new URL(document.baseURI);
    url.search = `layout=${kept.id}${kiosk ? '&kiosk' : ''}`;
    url.hash = '';
    return url.href;
  }

  /**
   * @template {'span' | 'h3'} K
   * @param {K} tag
   * @param {string} key
   */
  #text(tag, key) {
    const element = make(tag);
    this.#texts.push([element, key]);
    return element;
  }
}
