import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, Arrangement, layoutOf, urlOf } from '../../web/wall/arrangement.js';
import { lookOf, withLook } from '../../web/wall/looks.js';

const PLAIN = { fill: false, mirror: false, turn: 0 };
const BASE = 'http://server:8080/';
/** @param {string} query */
const asked = (query) => layoutOf(new URLSearchParams(query), () => undefined);

test('a camera stands as it is sent until a layout says otherwise', () => {
  const layout = { ...ALL, turn: 'garage:90,hall:-90,attic:45x', mirror: 'front', fill: '*,!hall' };

  assert.deepEqual(lookOf(ALL, 'front'), PLAIN);
  assert.deepEqual(lookOf(layout, 'garage'), { fill: true, mirror: false, turn: 90 });
  assert.deepEqual(lookOf(layout, 'hall'), { fill: false, mirror: false, turn: 270 });
  assert.deepEqual(lookOf(layout, 'front'), { fill: true, mirror: true, turn: 0 });
  assert.deepEqual(lookOf(layout, 'attic'), { fill: true, mirror: false, turn: 0 });
});

test('a look that is changed changes that of no other camera', () => {
  let layout = withLook(ALL, 'front', { turn: 90 });
  layout = withLook(layout, 'hall', { mirror: true });
  layout = withLook({ ...layout, fill: '*' }, 'hall', { fill: false });

  assert.deepEqual(lookOf(layout, 'front'), { fill: true, mirror: false, turn: 90 });
  assert.deepEqual(lookOf(layout, 'hall'), { fill: false, mirror: true, turn: 0 });
  layout = withLook(withLook(layout, 'hall', PLAIN), 'front', { ...PLAIN, fill: true });
  assert.deepEqual(lookOf(layout, 'front'), { fill: true, mirror: false, turn: 0 });
});

test('a layout in which every camera is as it was is the layout that it was', () => {
  const wall = new Arrangement(ALL);

  wall.look('front', { turn: 90, mirror: true, fill: true });
  wall.captions = 'below';
  wall.columns = 2;
  wall.look('front', PLAIN);
  wall.captions = 'over';
  wall.columns = 1;

  assert.deepEqual(wall.layout, ALL);
});

test('a URL has looks, captions, columns and a large picture in words that people can read', () => {
  const layout = {
    wall: 'front,hall',
    grid: '1+5',
    cycle: 0,
    captions: 'below',
    columns: 2,
    fill: '*,!hall',
    mirror: 'front',
    turn: 'hall:90',
  };

  const url = urlOf(layout, BASE);

  assert.equal(
    url,
    `${BASE}?wall=front,hall&grid=1+5&captions=below&columns=2&fill=*,!hall&mirror=front&turn=hall:90`,
  );
  assert.deepEqual(asked(new URL(url).search), layout);
});

test('a URL that only says how pictures look is of all cameras', () => {
  assert.deepEqual(asked('captions=hidden'), { ...ALL, captions: 'hidden' });
  assert.deepEqual(asked('captions=nowhere&columns=7&grid=1+6'), ALL);
  assert.equal(asked('kiosk'), null);
});
