import { words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { icon } from '../picture/icons.js';

/** Keys as they are written on them, and what they do. @type {[string[], string][]} */
const KEYS = [
  [['Enter'], 'action.focus'],
  [['Esc'], 'action.focus.leave'],
  [['←', '→', '↑', '↓'], 'help.walk'],
  [['Shift', '←', '→', '↑', '↓'], 'help.carry'],
  [['Page ↑', 'Page ↓'], 'help.pages'],
  [['+', '−', '0'], 'help.zoom'],
  [['+', '−', '0'], 'help.resize'],
  [['Ctrl', 'Z'], 'help.undo'],
  [['Space'], 'help.play'],
  [['M'], 'help.sound'],
  [['S'], 'action.snapshot'],
  [['P'], 'action.pip'],
  [['F'], 'action.fullscreen'],
  [['Shift', 'F'], 'wall.fullscreen'],
  [['Q'], 'help.stream'],
  [['I'], 'action.statistics'],
  [['Shift', 'I'], 'help.statistics'],
  [['G'], 'grid.choose'],
  [['A'], 'arrange.title'],
  [['?'], 'help.title'],
];

/** What each key does. */
class Help {
  #dialog = make('dialog', { id: 'help', 'aria-labelledby': 'help-title' });
  #title = make('h2', { id: 'help-title' });
  #close = make('button', { type: 'button', class: 'close' });
  #rows = KEYS.map(([keys, text]) => {
    const value = make('dd');
    const term = make('dt', {}, ...keys.map((key) => make('kbd', {}, key)));
    return { row: make('div', {}, term, value), value, text };
  });

  constructor() {
    this.#close.append(icon('close'));
    this.#close.addEventListener('click', () => this.#dialog.close());
    this.#dialog.append(
      make('div', { class: 'drawer-head' }, this.#title, this.#close),
      make('dl', {}, ...this.#rows.map(({ row }) => row)),
    );
    this.#dialog.addEventListener('click', ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
    document.body.append(this.#dialog);
  }

  open() {
    this.#speak();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #speak() {
    write(this.#title, words.text('help.title'));
    mark(this.#close, 'aria-label', words.text('action.close'));
    for (const { value, text } of this.#rows) write(value, words.text(text));
  }
}

/** The page loads it when somebody asks for it. */
export const help = new Help();
