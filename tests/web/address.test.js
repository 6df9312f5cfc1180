import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Emitter } from '../../web/player/emitter.js';
import { ALL, Arrangement } from '../../web/wall/arrangement.js';

/** The tab's title, the address and the way back. */

/** A history of one tab. */
class Tab extends EventTarget {
  /** @type {{href: string, state: any}[]} */
  entries = [];
  at = 0;

  /** @param {string} href */
  constructor(href) {
    super();
    this.entries.push({ href, state: null });
  }

  get now() {
    return this.entries[this.at];
  }

  get href() {
    return this.now.href;
  }

  get search() {
    return new URL(this.href).search;
  }

  get state() {
    return this.now.state;
  }

  /** @param {any} state @param {string} _ @param {string} [href] */
  replaceState(state, _, href = this.href) {
    this.entries[this.at] = { href: new URL(href, this.href).href, state: structuredClone(state) };
  }

  /** @param {any} state @param {string} _ @param {string} [href] */
  pushState(state, _, href = this.href) {
    this.entries.splice(this.at + 1);
    this.entries.push({ ...this.now });
    this.at++;
    this.replaceState(state, _, href);
  }

  /** @param {number} by */
  go(by) {
    this.at += by;
    dispatch('popstate');
  }
}

/** @type {Tab} */
let tab;
/** @type {EventTarget} */
let target;
const dispatch = (/** @type {string} */ name) => target.dispatchEvent(new Event(name));
/** @type {any} */
let library;
const NIGHT = { ...ALL, wall: 'front,street', grid: 4 };
const DAY = { ...ALL, wall: 'garden' };

beforeEach(() => {
  library = new Shelf();
});

/**
 * Layouts that this browser keeps, by name, and those of the server.
 * @extends {Emitter<{change: void}>}
 */
class Shelf extends Emitter {
  named = new Map(Object.entries({ Night: NIGHT, Day: DAY }));
  /** @type {any[]} */
  shared = [];

  get all() {
    const own = [...this.named].map(([name, layout]) => ({ id: '', name, layout, shared: false }));
    return [...this.shared, ...own];
  }

  /** @param {string} name */
  find(name) {
    return this.all.find(({ id }) => id === name) ?? this.all.find((kept) => kept.name === name);
  }
}

/** @param {string} [query] @param {{layout?: any, own?: boolean, state?: any}} [more] */
async function open(query = '', { layout, own = true, state = null } = {}) {
  tab = new Tab(`http://home.example:8080/cameras/${query}`);
  tab.now.state = state;
  target = new EventTarget();
  Object.assign(globalThis, {
    history: tab,
    location: tab,
    document: { title: '', baseURI: tab.href },
    addEventListener: target.addEventListener.bind(target),
  });
  const { Address } = await import('../../web/wall/address.js');
  const wall = /** @type {any} */ (new Emitter());
  Object.assign(wall, { tiles: [], alone: null });
  const arrangement = new Arrangement(layout);
  const address = new Address({ wall, arrangement, library, own });
  return { wall, arrangement, address };
}

/** @param {string} id @param {string} name */
const tile = (id, name) => ({ player: { camera: { id } }, picture: { name } });

test('an address takes a camera and loses it, and keeps the rest as it was written', async () => {
  await open();
  const { cameraOf, linkTo, withCamera } = await import('../../web/wall/address.js');
  const url = 'http://home.example/?wall=front,*,!hall&kiosk';

  const alone = withCamera(url, 'front door');
  assert.equal(alone, 'http://home.example/?camera=front%20door&wall=front,*,!hall&kiosk');
  assert.equal(cameraOf(alone), 'front door');
  assert.equal(withCamera(alone, 'hall').includes('camera=hall&wall=front,*'), true);
  assert.equal(withCamera(alone, null), url);
  assert.equal(cameraOf(url), null);
  assert.equal(linkTo('front'), 'http://home.example:8080/cameras/?camera=front');
});

test('the title begins with the camera, or else with the layout', async () => {
  const { wall, arrangement } = await open();
  assert.equal(document.title, 'Fanlight');

  arrangement.layout = NIGHT;
  assert.equal(document.title, 'Night – Fanlight');
  Object.assign(wall, { tiles: [tile('front', 'Front door')], alone: 'front' });
  wall.emit('change', undefined);
  assert.equal(document.title, 'Front door – Fanlight');
});

test('a title that somebody else has set stays while nothing changes', async () => {
  const { wall } = await open();
  document.title = 'mine';

  wall.emit('change', undefined);

  assert.equal(document.title, 'mine');
});

test('a layout that is chosen is a step, and in the address', async () => {
  const { arrangement, address } = await open('?lang=ko');
  arrangement.layout = NIGHT;
  arrangement.layout = DAY;

  assert.equal(tab.search, '?wall=garden&name=Day&lang=ko');
  assert.equal(address.name, 'Day');
  tab.go(-1);
  assert.deepEqual(arrangement.layout, NIGHT);
  assert.equal(document.title, 'Night – Fanlight');
  tab.go(-1);
  assert.deepEqual(arrangement.layout, ALL);
  assert.equal(document.title, 'Fanlight');
  tab.go(2);
  assert.deepEqual(arrangement.layout, DAY);
});

test('edits make no steps, and the way back does not undo them', async () => {
  const { arrangement } = await open();
  arrangement.cycle = 15;
  assert.equal(tab.entries.length, 1);
  tab.pushState({ ...tab.state, inside: true }, '', '?camera=front');
  arrangement.look('front', { turn: 90 });

  tab.go(-1);

  assert.equal(arrangement.lookOf('front').turn, 90);
  assert.equal(arrangement.cycle, 15);
});

test('a layout that is saved has its name at once, and loses it with the layout', async () => {
  const { arrangement } = await open();
  arrangement.cycle = 15;
  library.named.set('Tour', arrangement.layout);
  library.emit('change', undefined);
  assert.equal(document.title, 'Tour – Fanlight');

  arrangement.layout = ALL;
  assert.equal(document.title, 'Fanlight');
  tab.go(-1);
  assert.equal(document.title, 'Tour – Fanlight');

  library.named.delete('Tour');
  library.emit('change', undefined);
  assert.equal(document.title, 'Fanlight');
  assert.equal(tab.search, '');
});

test('a link stays as it was written, and follows what is changed', async () => {
  const link = '?wall=front, street&kiosk';
  const { arrangement, address } = await open(link, {
    layout: { ...ALL, wall: 'front, street' },
    own: false,
  });
  assert.equal(tab.search, '?wall=front,%20street&kiosk');

  arrangement.grid = 4;

  assert.equal(tab.search, '?wall=front,%20street&grid=4&kiosk');
  assert.equal(tab.entries.length, 1);
  assert.equal(address.name, '');
});

test('a link to a layout brings its name', async () => {
  const { address, arrangement } = await open('?wall=hall&name=Cellar', {
    layout: { ...ALL, wall: 'hall' },
    own: false,
  });
  assert.equal(document.title, 'Cellar – Fanlight');
  assert.equal(address.name, 'Cellar');

  arrangement.grid = 4;

  assert.equal(document.title, 'Fanlight', 'it is another layout now');
});

test('a wall that shows a layout of the server has its address, and follows it', async () => {
  library.shared = [{ id: 'k3f9', name: 'Gate', layout: { ...ALL, wall: 'gate' }, shared: true }];
  const { address, arrangement } = await open();
  address.choose(library.shared[0]);
  assert.equal(tab.search, '?layout=k3f9');
  const { length } = tab.entries;

  const moved = { ...ALL, wall: 'gate,front' };
  library.shared = [{ id: 'k3f9', name: 'Entrance', layout: moved, shared: true }];
  library.emit('change', undefined);

  assert.deepEqual(arrangement.layout, moved);
  assert.equal(document.title, 'Entrance – Fanlight');
  assert.equal(tab.search, '?layout=k3f9');
  assert.equal(tab.entries.length, length);
});

test('a wall that somebody has changed does not follow its layout, but knows it', async () => {
  const layout = { ...ALL, wall: 'gate' };
  const gate = { id: 'k3f9', name: 'Gate', revision: 1, layout, shared: true };
  library.shared = [gate];
  const { address, arrangement } = await open();
  address.choose(gate);
  assert.equal(address.changed, false);

  arrangement.grid = 4;
  library.shared = [{ ...gate, layout: { ...ALL, wall: 'hall' } }];
  library.emit('change', undefined);

  assert.equal(arrangement.layout.wall, 'gate');
  assert.equal(address.changed, true);
  assert.equal(address.kept?.name, 'Gate');
  assert.equal(tab.search, '');
});

test('a layout that is saved is the base of the next change', async () => {
  const { address, arrangement } = await open();
  arrangement.grid = 4;
  library.shared = [
    { id: 'k3f9', name: 'Gate', revision: 1, layout: arrangement.layout, shared: true },
  ];
  library.emit('change', undefined);

  arrangement.cycle = 15;

  assert.deepEqual([address.base?.id, address.base?.revision], ['k3f9', 1]);
});

test('changes are based on the revision that somebody has seen, not on the newest', async () => {
  const gate = { id: 'k3f9', name: 'Gate', revision: 1, layout: DAY, shared: true };
  library.shared = [gate];
  const { address, arrangement } = await open();
  address.choose(gate);
  arrangement.grid = 4;
  library.shared = [{ ...gate, revision: 2, layout: NIGHT }];
  library.emit('change', undefined);
  assert.equal(address.base?.revision, 1);

  address.acknowledge();
  assert.equal(address.base?.revision, 2);

  library.shared = [{ ...gate, revision: 3, layout: arrangement.layout }];
  library.emit('change', undefined);
  assert.equal(address.base?.revision, 3, 'it is the same now');
});

test('a link to a layout of the server shows it as soon as it is there', async () => {
  const { arrangement } = await open('?layout=k3f9&kiosk', { own: false });
  assert.deepEqual(arrangement.layout, ALL);

  const layout = { ...ALL, wall: 'gate' };
  library.shared = [{ id: 'k3f9', name: 'Gate', layout, shared: true }];
  library.emit('change', undefined);

  assert.deepEqual(arrangement.layout, layout);
  assert.equal(tab.search, '?layout=k3f9&kiosk');
});

/** @param {any} layout @param {number} revision */
const gate = (layout, revision) => ({ id: 'k1', name: 'Gate', revision, layout, shared: true });

test('the way back leads to a changed layout with the revision that it was made from', async () => {
  library.shared = [gate({ ...ALL, wall: 'gate' }, 1)];
  const { address, arrangement } = await open();
  address.choose(library.shared[0]);
  arrangement.cycle = 15;
  arrangement.layout = DAY;
  library.shared = [gate({ ...ALL, wall: 'hall' }, 2)];
  library.emit('change', undefined);

  tab.go(-1);

  assert.equal(arrangement.layout.wall, 'gate');
  assert.deepEqual([address.changed, address.base?.revision], [true, 1]);
});

test('the way back to a layout that nobody changed here shows what it is now', async () => {
  library.shared = [gate({ ...ALL, wall: 'gate' }, 1)];
  const { address, arrangement } = await open();
  address.choose(library.shared[0]);
  arrangement.layout = ALL;
  library.shared = [gate({ ...ALL, wall: 'hall' }, 2)];
  library.emit('change', undefined);

  tab.go(-1);

  assert.equal(arrangement.layout.wall, 'hall');
  assert.deepEqual([address.changed, address.base?.revision], [false, 2]);
});

test('a reload keeps the revision that a changed wall was made from', async () => {
  library.shared = [gate({ ...ALL, wall: 'gate' }, 1)];
  const first = await open();
  first.address.choose(library.shared[0]);
  first.arrangement.cycle = 15;
  library.shared = [gate({ ...ALL, wall: 'hall' }, 2)];

  const { layout } = first.arrangement;
  const { address, arrangement } = await open('', { layout, state: tab.state });

  assert.deepEqual(arrangement.layout, layout);
  assert.deepEqual([address.changed, address.base?.revision], [true, 1]);
});

test('a reload shows what a layout is now that nobody changed here', async () => {
  const layout = { ...ALL, wall: 'gate' };
  library.shared = [gate(layout, 1)];
  const first = await open();
  first.address.choose(library.shared[0]);
  library.shared = [gate({ ...ALL, wall: 'hall' }, 2)];

  const { address, arrangement } = await open('', { layout, state: tab.state });

  assert.equal(arrangement.layout.wall, 'hall');
  assert.deepEqual([address.changed, address.base?.revision], [false, 2]);
});

test('a history without revisions is no consent to replace the newest', async () => {
  library.shared = [gate({ ...ALL, wall: 'hall' }, 2)];
  const layout = { ...ALL, wall: 'gate' };
  const state = { step: 1, layout, name: 'Gate', of: 'k1', own: true };

  const { address } = await open('', { layout, state });

  assert.deepEqual([address.changed, address.base?.revision], [true, 0]);
});

test('nothing is new for the wall where its layout is the same', async () => {
  library.shared = [gate({ ...ALL, wall: 'gate' }, 1)];
  const { address, arrangement } = await open();
  address.choose(library.shared[0]);
  let changes = 0;
  arrangement.on('change', () => changes++);

  library.shared = [gate({ ...ALL, wall: 'gate' }, 2)];
  library.emit('change', undefined);

  assert.equal(address.base?.revision, 2);
  assert.equal(changes, 0);
});
