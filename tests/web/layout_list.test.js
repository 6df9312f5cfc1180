import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Emitter } from '../../web/player/emitter.js';
import { ALL, Arrangement } from '../../web/wall/arrangement.js';
import { LayoutList } from '../../web/wall/layout_list.js';
import { FakeElement, installDocument } from './support/elements.js';

/** The layouts under "Arrange". */

/** An element of which parts can be taken away: a browser then takes their focus, too. */
class Element extends FakeElement {
  value = '';

  /** @override @param {...(FakeElement | string)} children */
  append(...children) {
    for (const child of children) {
      if (typeof child === 'string') this.textContent += child;
      else super.append(child);
    }
  }

  /** @returns {Element[]} */
  get all() {
    return this.children.flatMap((child) => [
      /** @type {Element} */ (child),
      .../** @type {Element} */ (child).all,
    ]);
  }

  /** @param {FakeElement} element */
  contains(element) {
    return this.all.includes(/** @type {Element} */ (element));
  }

  /** @param {...Element} children */
  replaceChildren(...children) {
    const { activeElement } = /** @type {any} */ (document);
    const had = activeElement && this.contains(activeElement);
    this.children = [];
    if (had) /** @type {any} */ (document).activeElement = null;
    if (had) activeElement.dispatchEvent(new Event('blur'));
    this.children = [];
    this.append(...children);
  }

  querySelectorAll() {
    return this.all.filter((one) => one.tag === 'button' || one.tag === 'input');
  }

  querySelector() {
    return this.all.find((one) => one.tag === 'input') ?? null;
  }

  select() {}
  tag = '';
}

const NIGHT = { ...ALL, wall: 'front' };
/** @type {any} */
let library;
/** @type {LayoutList} */
let list;
/** What the server was asked to do. @type {{method: string, body: any, headers: any}[]} */
let asked = [];
/** @type {any} */
let answer;

beforeEach(() => {
  const document = /** @type {any} */ (installDocument());
  document.baseURI = 'http://home.example/';
  document.createElement = (/** @type {string} */ tag) => Object.assign(new Element(), { tag });
  document.createElementNS = (/** @type {string} */ _, /** @type {string} */ tag) =>
    document.createElement(tag);
  asked = [];
  answer = { ok: true };
  const fetch = async (/** @type {URL} */ _, /** @type {any} */ { method, body, headers }) => {
    asked.push({ method, body: JSON.parse(body), headers });
    return answer;
  };
  Object.assign(globalThis, { fetch });
  library = new Shelf();
  const arrangement = new Arrangement();
  const address = { kept: undefined, base: undefined, changed: false, acknowledge: () => {} };
  list = new LayoutList(arrangement, library, /** @type {any} */ (address), () => {});
  list.show();
});

/**
 * Layouts: of the server, and of this browser.
 * @extends {Emitter<{change: void}>}
 */
class Shelf extends Emitter {
  shares = true;
  own = new Set(['Day']);
  shared = [{ id: 'k1', name: 'Night', layout: NIGHT, revision: 1, shared: true }];

  get all() {
    const own = [...this.own].map((name) => {
      return { id: '', name, layout: ALL, revision: 0, shared: false };
    });
    return [...this.shared, ...own];
  }

  async load() {}

  /** @param {string} name */
  save(name) {
    this.own.add(name);
    this.emit('change', undefined);
  }

  /** @param {string} name */
  remove(name) {
    this.own.delete(name);
    this.emit('change', undefined);
  }
}

/** @param {string} label */
function labelled(label) {
  const { all } = /** @type {Element} */ (/** @type {unknown} */ (list.element));
  return all.find((one) => one.getAttribute('aria-label') === label);
}

/** Waits for what was asked for. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {string} typed */
function rename(typed) {
  labelled('Rename layout “Night”')?.click();
  const field = /** @type {Element} */ (labelled('Rename layout “Night”'));
  assert.equal(field.tag, 'input');
  field.value = typed;
  return field;
}

test('a name that is being typed outlives what the server tells', async () => {
  const field = rename('Even');

  list.show();
  library.emit('change', undefined);
  await settled();

  assert.equal(labelled('Rename layout “Night”'), field);
  assert.equal(field.value, 'Even');
  assert.equal(document.activeElement, field);
  assert.equal(asked.length, 0);

  field.value = 'Evening';
  field.dispatchEvent(Object.assign(new Event('keydown'), { key: 'Enter' }));
  await settled();
  assert.deepEqual(
    asked.map(({ method, body }) => [method, body.name]),
    [['PUT', 'Evening']],
  );
});

test('the name of a layout that somebody else deletes meanwhile is not saved', async () => {
  const field = rename('Even');

  library.shared = [];
  library.emit('change', undefined);
  await settled();

  assert.equal(asked.length, 0);
  assert.notEqual(labelled('Rename layout “Night”'), field);
});

test('a layout leaves this browser once the server has it', async () => {
  /** @type {(answer: any) => void} */
  let done = () => {};
  answer = new Promise((resolve) => (done = resolve));
  labelled('Save layout “Day” on the server')?.click();
  await settled();
  assert.equal(asked.length, 1);
  assert.equal(library.own.has('Day'), true);

  done({ ok: true });
  await settled();

  assert.equal(library.own.has('Day'), false);
});

for (const status of [403, 503]) {
  test(`a layout that the server refuses with ${status} stays in this browser`, async () => {
    const detail = 'The database cannot be written.';
    answer = { ok: false, status, json: async () => ({ title: 'Refused', detail }) };

    labelled('Save layout “Day” on the server')?.click();
    await settled();
    await settled();

    assert.equal(asked.length, 1);
    assert.equal(library.own.has('Day'), true);
  });
}
