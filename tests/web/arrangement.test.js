import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, Arrangement, layoutOf, select, urlOf } from '../../web/wall/arrangement.js';

const KNOWN = ['front', 'garden', 'garage', 'street'];

/** @param {Partial<import('../../web/wall/types.js').Layout>} [layout] */
function arrangement(layout = {}) {
  const made = new Arrangement({ ...ALL, ...layout });
  made.follow(KNOWN);
  return made;
}

test('all cameras are shown in the order of the server until somebody says otherwise', () => {
  assert.deepEqual(arrangement().shown, KNOWN);
});

test('a wall names its cameras in order; a star stands for the rest, a mark for all but one', () => {
  assert.deepEqual(select('street,front', KNOWN), ['street', 'front']);
  assert.deepEqual(select('street,*', KNOWN), ['street', 'front', 'garden', 'garage']);
  assert.deepEqual(select('street,*,!garage', KNOWN), ['street', 'front', 'garden']);
  assert.deepEqual(select('street, nowhere ,street', KNOWN), ['street']);
});

const GROUPS = new Map([
  ['Yard', ['garden', 'garage']],
  ['Night', ['garage', 'street']],
]);

test('a group stands for its cameras, in the order of the server', () => {
  const shown = (/** @type {string} */ wall) => select(wall, KNOWN, GROUPS);

  assert.deepEqual(shown('@Night,@Yard'), ['garage', 'street', 'garden']);
  assert.deepEqual(shown('@Night, *'), ['garage', 'street', 'front', 'garden']);
  assert.deepEqual(shown('@Yard,!garage'), ['garden']);
  assert.deepEqual(shown('*,!@Night'), ['front', 'garden']);
  assert.deepEqual(shown('front,@Cellar'), ['front']);
});

test('a wall of a group that somebody rearranges still shows what joins the group later', () => {
  const wall = arrangement({ wall: '@Yard' });
  wall.follow(KNOWN, GROUPS);
  assert.equal(wall.takesNew, true);
  wall.move('garage', 0);
  wall.hide('garden');
  assert.deepEqual(wall.shown, ['garage']);

  wall.follow([...KNOWN, 'shed'], new Map([['Yard', ['garden', 'garage', 'shed']]]));

  assert.deepEqual(wall.shown, ['garage', 'shed']);
  assert.deepEqual(
    layoutOf(new URL(urlOf(wall.layout, 'http://server/')).searchParams, () => undefined),
    wall.layout,
  );
});

test('a camera is carried to another place', () => {
  const wall = arrangement();

  wall.move('street', 1);
  assert.deepEqual(wall.shown, ['front', 'street', 'garden', 'garage']);
  wall.move('street', 99);
  assert.deepEqual(wall.shown, KNOWN);
});

test('a camera is hidden and shown again, at the end', () => {
  const wall = arrangement();

  wall.hide('garden');
  assert.deepEqual(wall.shown, ['front', 'garage', 'street']);
  assert.deepEqual(wall.left, ['garden']);
  wall.show('garden');
  assert.deepEqual(wall.shown, ['front', 'garage', 'street', 'garden']);
});

test('a camera that the server gets later is shown where all were, and not where some were chosen', () => {
  const all = arrangement();
  all.move('street', 0);
  all.hide('garage');
  const chosen = arrangement({ wall: 'front,street' });
  chosen.move('street', 0);

  for (const wall of [all, chosen]) wall.follow([...KNOWN, 'cellar']);

  assert.deepEqual(all.shown, ['street', 'front', 'garden', 'cellar']);
  assert.deepEqual(chosen.shown, ['street', 'front']);
});

test('the last camera can be hidden too', () => {
  const wall = arrangement({ wall: 'front' });

  wall.hide('front');

  assert.deepEqual(wall.shown, []);
});

test('a URL shows the same wall elsewhere', () => {
  const layout = { wall: 'street,*,!garage', grid: 4, cycle: 15 };

  const url = urlOf(layout, 'http://server:8080/cameras/?lang=ko#x', { kiosk: true });

  assert.equal(url, 'http://server:8080/cameras/?wall=street,*,!garage&grid=4&cycle=15&kiosk');
  assert.deepEqual(
    layoutOf(new URL(url).searchParams, () => undefined),
    layout,
  );
});

test('a URL may name a layout that this browser keeps, and change it', () => {
  const night = { wall: 'street,garage', grid: 1, cycle: 5 };
  const named = (/** @type {string} */ name) => (name === 'Night' ? night : undefined);

  assert.deepEqual(layoutOf(new URLSearchParams('wall=Night'), named), night);
  assert.deepEqual(layoutOf(new URLSearchParams('wall=Night&cycle=30'), named), {
    ...night,
    cycle: 30,
  });
  assert.equal(layoutOf(new URLSearchParams('kiosk&lang=ko'), named), null);
});

test('what nobody can use is replaced by what works', () => {
  const nonsense = new URLSearchParams('wall=front&grid=7&cycle=-3');

  assert.deepEqual(
    layoutOf(nonsense, () => undefined),
    { wall: 'front', grid: 0, cycle: 0 },
  );
  assert.deepEqual(new Arrangement(/** @type {any} */ ({ grid: 'x' })).layout, ALL);
});

test('what somebody changes can be undone, and done again', () => {
  const wall = arrangement();
  wall.resize('garden', 6);
  wall.move('street', 0);
  const { layout } = wall;
  wall.move('street', 0);
  assert.equal(wall.layout, layout, 'that was no change');

  assert.equal(wall.undo(), true);
  assert.deepEqual(wall.shown, KNOWN);
  assert.equal(wall.spanOf('garden'), 6);
  assert.equal(wall.undo(), true);
  assert.deepEqual(wall.layout, ALL);
  assert.equal(wall.undo(), false);

  assert.equal(wall.redo(), true);
  assert.equal(wall.spanOf('garden'), 6);
  wall.hide('front');
  assert.equal(wall.redo(), false, 'a new change begins anew');
});

test('a tile is resized, and a link has its size', () => {
  const wall = arrangement();
  wall.resize('garden', 6);
  wall.resize('front', 30);
  wall.resize('garden', 3);

  const url = urlOf(wall.layout, 'http://server:8080/');

  assert.equal(url, 'http://server:8080/?wall=*&span=front:12,garden:3');
  const read = layoutOf(new URL(url).searchParams, () => undefined);
  assert.deepEqual(read, wall.layout);
  wall.resize('front', 0);
  wall.resize('garden', 0);
  assert.deepEqual(wall.layout, ALL);
  assert.equal(arrangement({ span: 'front:x,garden:-2,street' }).spanOf('front'), 0);
});

test('a layout shows cameras that come later, or not', () => {
  const wall = arrangement();
  wall.hide('garage');

  wall.takesNew = false;
  wall.follow([...KNOWN, 'cellar']);
  assert.deepEqual(wall.shown, ['front', 'garden', 'street']);
  wall.takesNew = true;
  wall.follow([...KNOWN, 'cellar', 'attic']);
  assert.deepEqual(wall.shown, ['front', 'garden', 'street', 'attic']);
});

test('a tile as wide as both columns of a phone keeps its width elsewhere', () => {
  const wall = arrangement({ columns: 2 });
  wall.setAcross('garden', true);
  assert.equal(wall.isAcross('garden'), true);
  assert.equal(wall.spanOf('garden'), 0, 'it is no larger elsewhere');

  wall.resize('garden', 8);
  const url = urlOf(wall.layout, 'http://server:8080/');
  assert.equal(url, 'http://server:8080/?wall=*&columns=2&span=garden:across,garden:8');
  const read = layoutOf(new URL(url).searchParams, () => undefined);
  assert.deepEqual(read, wall.layout);

  wall.setAcross('garden', false);
  assert.equal(wall.isAcross('garden'), false);
  assert.equal(wall.spanOf('garden'), 8);
});
