import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inColumns } from '../../web/wall/column.js';
import { nextInColumn } from '../../web/wall/neighbours.js';
import { pack, packAround } from '../../web/wall/pack.js';
import { placeTiles } from '../../web/wall/placing.js';
import { areaOf, assertApart, contentOf } from './support/boxes.js';

const WIDE = 16 / 9;
const OLD = 4 / 3;
const TALL = 9 / 16;
/** @type {Record<string, number[]>} */
const MIXES = {
  'of 16:9': [WIDE],
  'of 16:9, 4:3 and portrait': [WIDE, WIDE, OLD, TALL, WIDE, OLD],
  'of 4:3, 16:9 and portrait': [OLD, WIDE, WIDE, WIDE, TALL],
  'half of them portrait': [WIDE, TALL],
};
/** Windows, and how much of their height the header takes. @type {Record<string, [number, number, number]>} */
const WINDOWS = {
  '1440x900': [1440, 900, 44],
  '1920x1080': [1920, 1080, 44],
  'a kiosk of 1920x1080': [1920, 1080, 0],
};

for (const [where, [width, whole, header]] of Object.entries(WINDOWS)) {
  const height = whole - header;
  for (const [what, mix] of Object.entries(MIXES)) {
    test(`4, 7, 9, 16 and 40 pictures ${what} take 85 % of ${where}`, () => {
      for (const count of [4, 7, 9, 16, 40]) {
        const { aspects, ...rest } = contentOf(mix, count);
        const boxes = pack({ aspects, ...rest }, width, height);

        assertApart(boxes, width, height);
        boxes.forEach((box, at) => {
          // Whole pixels: half a pixel at each edge.
          const off = Math.abs(box.width - box.height * aspects[at]);
          assert.ok(off <= 1 + aspects[at], `${at} has another shape: ${JSON.stringify(box)}`);
        });
        const share = areaOf(boxes) / (width * whole);
        assert.ok(share > 0.85, `${count}: ${share.toFixed(3)}`);
        const least = Math.min(...boxes.map((box) => areaOf([box])));
        const alike = (least * count) / areaOf(boxes);
        assert.ok(alike > 0.2, `${count}: the smallest is ${alike.toFixed(2)} of the average`);
      }
    });
  }
}

test('forty pictures of one shape are of nearly one size', () => {
  for (const [width, whole, header] of [...Object.values(WINDOWS), [1280, 760, 44]]) {
    const boxes = pack(contentOf([WIDE], 40), width, whole - header);

    const widths = boxes.map((box) => box.width);
    const [least, most] = [Math.min(...widths), Math.max(...widths)];
    assert.ok(most / least < 1.25, `${width}: from ${least} to ${most}`);
  }
});

test('four of 16:9 stand two by two, and take all of a screen of their shape', () => {
  const boxes = pack({ aspects: Array(4).fill(WIDE), gap: 0, footer: 0 }, 1920, 1080);

  assert.deepEqual(boxes, [
    { x: 0, y: 0, width: 960, height: 540 },
    { x: 960, y: 0, width: 960, height: 540 },
    { x: 0, y: 540, width: 960, height: 540 },
    { x: 960, y: 540, width: 960, height: 540 },
  ]);
});

test('one picture is as large as it can be, in the middle; of none there is none', () => {
  const [box] = pack({ aspects: [WIDE], gap: 2, footer: 0 }, 1000, 1000);

  assert.deepEqual(box, { x: 0, y: 219, width: 1000, height: 562 });
  assert.deepEqual(pack({ aspects: [], gap: 2, footer: 0 }, 1000, 1000), []);
  assert.deepEqual(pack({ aspects: [WIDE], gap: 2, footer: 0 }, 0, 1000), []);
});

test('where one must be larger than the others it is the first', () => {
  const [first, ...others] = pack(contentOf([WIDE], 5), 1280, 716);

  assert.ok(others.every((box) => areaOf([box]) < areaOf([first])));
});

test('captions below pictures take no part of their shape', () => {
  const boxes = pack({ aspects: Array(9).fill(WIDE), gap: 2, footer: 30 }, 1436, 854);

  assertApart(boxes, 1436, 854);
  for (const { width, height } of boxes) assert.ok(Math.abs(width / (height - 30) - WIDE) < 0.02);
});

for (const [count, large] of /** @type {const} */ ([
  [6, { x: 0, y: 0, width: 1280, height: 720 }],
  [8, { x: 0, y: 0, width: 1440, height: 810 }],
])) {
  test(`one large picture and ${count - 1} small ones take all of a screen`, () => {
    const boxes = packAround({ aspects: Array(count).fill(WIDE), gap: 0, footer: 0 }, 1920, 1080);

    assertApart(boxes, 1920, 1080);
    assert.deepEqual(boxes[0], large);
    assert.equal(areaOf(boxes), 1920 * 1080);
  });
}

test('the first of a few is still the large one', () => {
  for (const count of [3, 4, 5]) {
    const [first, ...others] = packAround(contentOf([WIDE], count), 1436, 854);

    const next = Math.max(...others.map((box) => areaOf([box])));
    assert.ok(areaOf([first]) > 2 * next, `of ${count}`);
  }
});

test('on a phone that is held upright each picture is as wide as the window', () => {
  const { aspects, ...rest } = contentOf(MIXES['of 16:9, 4:3 and portrait'], 6);
  const boxes = inColumns({ aspects, ...rest }, 1, 390, 844);

  assert.deepEqual(new Set(boxes.map(({ width }) => width)), new Set([390]));
  assertApart(boxes, 390, Infinity);
  assert.ok(boxes.every(({ height }) => height <= 844));
});

test('four that are nearly as high as the window are made to fit it', () => {
  const boxes = inColumns(contentOf([WIDE], 4), 1, 390, 844);

  assertApart(boxes, 390, 844);
  assert.ok(areaOf(boxes) > 0.93 * 390 * 844);
});

test('two columns are filled evenly', () => {
  const boxes = inColumns(contentOf(MIXES['of 16:9, 4:3 and portrait'], 12), 2, 390, 844);

  const ends = [0, 196].map((left) =>
    Math.max(...boxes.filter(({ x }) => x === left).map(({ y, height }) => y + height)),
  );
  assert.ok(boxes.every(({ width }) => width === 194));
  assert.ok(Math.abs(ends[0] - ends[1]) < 346, `ends at ${ends}`);
});

test('pictures that may lose their edges take all of the room', () => {
  const room = {
    width: 1000,
    height: 900,
    size: 0,
    columns: 1,
    gap: 0,
    captioned: false,
    scale: 1,
  };
  const pictures = [WIDE, TALL, OLD].map((aspect) => ({ aspect, fills: true }));

  const { boxes } = placeTiles(pictures, room);

  assertApart(boxes, 1000, 900);
  assert.equal(areaOf(boxes), 1000 * 900);
});

test('an arrow finds the picture above and below, whatever its size', () => {
  const boxes = packAround({ aspects: Array(6).fill(WIDE), gap: 2, footer: 0 }, 1920, 1080);

  // 0 is large; 1 and 2 are at its right; 3, 4 and 5 are below.
  assert.equal(nextInColumn(boxes, 1, 1), 2);
  assert.equal(nextInColumn(boxes, 2, 1), 5);
  assert.equal(nextInColumn(boxes, 5, -1), 2);
  assert.equal(nextInColumn(boxes, 4, -1), 0);
  assert.equal(nextInColumn(boxes, 1, -1), -1);
  assert.ok([3, 4].includes(nextInColumn(boxes, 0, 1)));
});
