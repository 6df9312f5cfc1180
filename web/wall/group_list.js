import { words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { groupsOf, isGroup } from './groups.js';

/** @import { Signalling } from '../player/signalling.js' */
/** @import { Arrangement } from './arrangement.js' */

/** The groups of cameras that the server has: to show all cameras of one, or of some, at once. */
export class GroupList {
  element = make('div', { class: 'groups', role: 'group' });
  #signalling;
  #arrangement;
  /** @type {Map<string, {button: HTMLButtonElement, count: HTMLElement}>} */
  #buttons = new Map();

  /**
   * @param {Signalling} signalling
   * @param {Arrangement} arrangement
   */
  constructor(signalling, arrangement) {
    this.#signalling = signalling;
    this.#arrangement = arrangement;
  }

  show() {
    const groups = groupsOf(this.#signalling.cameras);
    this.element.hidden = groups.size === 0;
    mark(this.element, 'aria-label', words.text('arrange.groups'));
    const names = [...groups.keys()];
    for (const name of this.#buttons.keys()) if (!groups.has(name)) this.#buttons.delete(name);
    const buttons = names.map((name) => {
      const { button, count } = this.#buttons.get(name) ?? this.#button(name);
      write(count, words.number(groups.get(name)?.length ?? 0));
      mark(button, 'aria-pressed', String(this.#names.includes(`@${name}`)));
      return button;
    });
    const there = this.element.children;
    if (there.length !== buttons.length || buttons.some((button, at) => there[at] !== button)) {
      this.element.replaceChildren(...buttons);
    }
  }

  get #names() {
    return this.#arrangement.layout.wall.split(',').map((name) => name.trim());
  }

  /** @param {string} group */
  #button(group) {
    const count = make('small');
    const button = make('button', { type: 'button' }, make('span', {}, group), count);
    button.addEventListener('click', () => this.#choose(`@${group}`));
    const made = { button, count };
    this.#buttons.set(group, made);
    return made;
  }

  /** One more group, or one less; where the wall shows other cameras, this group alone. @param {string} group */
  #choose(group) {
    const names = this.#names;
    const chosen = names.every(isGroup) ? names : [];
    const wanted = chosen.includes(group)
      ? chosen.filter((name) => name !== group)
      : [...chosen, group];
    this.#arrangement.layout = { ...this.#arrangement.layout, wall: wanted.join(',') || '*' };
  }
}
