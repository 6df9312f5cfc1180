import { words } from '../i18n/words.js';
import { make, write } from '../picture/element.js';
import { api } from './api.js';
import { utf8Of } from './csv.js';
import { onLeave } from './dialog.js';
import { countsOf, rowsOf } from './import_report.js';
import { camerasOfTable, isYaml, yamlOf } from './import_table.js';

/** @import { Report } from './types.js' */
/** @import { ReportRow } from './import_report.js' */

const EXAMPLE = `name,make,address,username,password
Front door,Hikvision,192.0.2.10,admin,secret
Back yard,Reolink,192.0.2.11,admin,secret
`;
/** Of the server for one request. */
const MOST_BYTES = 256 * 1024;
/** @type {Report} */
const NOTHING = { saved: false, errors: [], cameras: [] };

/** @type {import('./import_report.js').Text} */
const say = (key, values) => words.text(key, values);

/**
 * Many cameras from a table or from YAML. The server checks all of them first and says what is
 * wrong, line by line; then all of them are saved, or none.
 */
export class ImportDialog {
  element = make('dialog', { class: 'guide import', 'aria-labelledby': 'import-title' });
  #onClose;
  #text = make('textarea', {
    id: 'import-text',
    rows: 9,
    spellcheck: 'false',
    autocomplete: 'off',
    placeholder: EXAMPLE,
    'aria-describedby': 'import-hint',
  });
  #file = make('input', { type: 'file', id: 'import-file', accept: '.csv,.tsv,.txt,.yaml,.yml' });
  #summary = make('p', { class: 'found', role: 'status' });
  #failure = make('p', { class: 'failure', role: 'alert' });
  /** It scrolls, by keys, too. */
  #report = make('div', {
    class: 'report',
    role: 'region',
    tabindex: 0,
    'aria-label': words.text('import.report'),
    hidden: true,
  });
  #save = make('button', { type: 'button', class: 'primary save', hidden: true });
  /** What was checked and can be saved. @type {{yaml: string, count: number} | null} */
  #checked = null;

  /**
   * @param {object} around
   * @param {(count: number) => void} around.onClose How many cameras were saved.
   */
  constructor({ onClose }) {
    this.#onClose = onClose;
    const form = make('form', { class: 'camera-form', novalidate: true });
    form.append(
      make('p', { class: 'hint', id: 'import-hint' }, words.text('import.hint')),
      make('label', { for: this.#file.id }, words.text('import.file')),
      this.#file,
      make('label', { for: this.#text.id }, words.text('import.text')),
      this.#text,
      make(
        'div',
        { class: 'buttons' },
        make('button', { type: 'submit', class: 'check-lines' }, words.text('import.check')),
        this.#save,
      ),
      this.#summary,
      this.#failure,
      this.#report,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#check();
    });
    this.#save.addEventListener('click', () => void this.#keep());
    this.#text.addEventListener('input', () => this.#forget());
    this.#file.addEventListener('change', () => void this.#read());
    const close = make('button', { type: 'button', class: 'close' }, words.text('guide.close'));
    close.addEventListener('click', () => this.#leave());
    const title = make('h2', { id: 'import-title' }, words.text('import.title'));
    this.element.append(make('div', { class: 'guide-head' }, title, close), form);
    onLeave(this.element, () => this.#leave());
  }

  /** Whether something would be lost with it. */
  get changed() {
    return this.element.open && this.#text.value.trim() !== '';
  }

  open() {
    document.body.append(this.element);
    this.element.showModal();
    this.#text.focus();
  }

  #leave() {
    if (this.changed && !confirm(words.text('form.discard'))) return;
    this.#close(0);
  }

  /** @param {number} saved */
  #close(saved) {
    this.element.close();
    this.element.remove();
    this.#onClose(saved);
  }

  /** The text is another: what was said of it is old. */
  #forget() {
    this.#checked = null;
    this.#save.hidden = true;
    write(this.#summary, '');
    write(this.#failure, '');
    delete this.#summary.dataset.ok;
    this.#report.replaceChildren();
    this.#report.hidden = true;
  }

  async #read() {
    const [file] = this.#file.files ?? [];
    if (!file) return;
    const text = utf8Of(await file.arrayBuffer());
    // The same file once more, after it was edited, is a change, too.
    this.#file.value = '';
    this.#forget();
    if (text === null) return write(this.#failure, words.text('import.encoding'));
    this.#text.value = text;
    await this.#check();
  }

  async #check() {
    this.#forget();
    const text = this.#text.value;
    if (!text.trim()) {
      write(this.#failure, words.text('import.empty'));
      this.#text.focus();
      return;
    }
    try {
      const table = isYaml(text) ? null : camerasOfTable(text, (await api.all()).cameras);
      const yaml = table ? yamlOf(table.lines) : text;
      const report = table?.faults.length ? NOTHING : await this.#ask(yaml);
      if (this.#text.value !== text) return;
      const faults = (table?.faults ?? []).map(({ line, key, value }) => ({
        line,
        name: '',
        verdict: /** @type {const} */ ('wrong'),
        errors: [words.text(key, { value })],
      }));
      this.#tell([...faults, ...rowsOf(table?.lines ?? null, report, say)], yaml);
    } catch (error) {
      write(this.#failure, /** @type {Error} */ (error).message);
    }
  }

  /** @param {string} yaml */
  #ask(yaml) {
    if (new TextEncoder().encode(JSON.stringify({ yaml })).length > MOST_BYTES - 1024) {
      throw new Error(words.text('import.large'));
    }
    return yaml.trim() ? api.import({ yaml, dry_run: true }) : NOTHING;
  }

  /** @param {ReportRow[]} rows @param {string} yaml */
  #tell(rows, yaml) {
    const { wrong, added, changed, unchanged } = countsOf(rows);
    const count = added + changed;
    const numbers = {
      added: words.number(added),
      changed: words.number(changed),
      unchanged: words.number(unchanged),
      wrong: words.number(wrong),
    };
    this.#summary.dataset.ok = String(wrong === 0);
    write(
      this.#summary,
      [
        words.text('import.counts', numbers),
        words.text(wrong ? 'import.correct' : count ? 'import.ready' : 'import.nothing'),
      ].join(' '),
    );
    this.#report.hidden = rows.length === 0;
    this.#report.replaceChildren(tableOf(rows));
    if (wrong || !count) return;
    this.#checked = { yaml, count };
    write(this.#save, words.text('import.save', { count: words.number(count) }, count));
    this.#save.hidden = false;
    this.#save.focus();
  }

  async #keep() {
    if (!this.#checked) return;
    const { yaml, count } = this.#checked;
    this.#save.disabled = true;
    try {
      await api.import({ yaml });
      this.#close(count);
    } catch (error) {
      write(this.#failure, /** @type {Error} */ (error).message);
    }
    this.#save.disabled = false;
  }
}

/** @param {ReportRow[]} rows */
function tableOf(rows) {
  const heads = ['import.line', 'import.camera', 'import.result'];
  const head = make('tr', {}, ...heads.map((key) => make('th', { scope: 'col' }, words.text(key))));
  const body = rows.map(({ line, name, verdict, errors }) =>
    make(
      'tr',
      { 'data-verdict': verdict },
      make('td', {}, line ? words.number(line) : ''),
      make('td', {}, name),
      make('td', {}, verdict === 'wrong' ? errors.join('\n') : words.text(`verdict.${verdict}`)),
    ),
  );
  return make('table', {}, make('thead', {}, head), make('tbody', {}, ...body));
}
