import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inColumns } from '../../web/wall/column.js';
import { placeTiles } from '../../web/wall/placing.js';
import { packResized } from '../../web/wall/resized.js';
import { COLUMNS } from '../../web/wall/spans.js';
import { areaOf, assertApart, contentOf } from './support/boxes.js';

const WIDE = 16 / 9;
const OLD = 4 / 3;
const TALL = 9 / 16;
const MIX = [WIDE, WIDE, OLD, TALL, WIDE, OLD];
const [WIDTH, HEIGHT] = [1436, 854];
const ROOM = {
  width: WIDTH,
  height: HEIGHT,
  size: 0,
  columns: 1,
  gap: 2,
  captioned: false,
  scale: 1,
};

/** @param {number} count @param {Record<number, number>} spans By place. @param {number[]} mix */
function packed(count, spans, mix = [WIDE]) {
  const content = contentOf(mix, count);
  const widths = content.aspects.map((_, at) => ((spans[at] ?? 0) / COLUMNS) * WIDTH);
  return { widths, content, boxes: packResized(content, widths, WIDTH, HEIGHT) };
}

test('a tile has the width that it was given, whatever the others are', () => {
  for (const mix of [[WIDE], MIX, [WIDE, TALL]]) {
    for (const count of [4, 7, 16, 40]) {
      for (const span of [2, 4, 6, 8]) {
        const at = Math.floor(count / 2);
        const { widths, content, boxes } = packed(count, { [at]: span }, mix);

        assertApart(boxes, WIDTH, HEIGHT);
        const most = HEIGHT * content.aspects[at];
        const off = Math.abs(boxes[at].width - Math.min(widths[at], most));
        assert.ok(off <= 1, `${count} with one of ${span}: ${boxes[at].width}`);
      }
    }
  }
});

for (const [what, mix] of /** @type {[string, number[]][]} */ ([
  ['16:9', [WIDE]],
  ['16:9, 4:3 and portrait', MIX],
])) {
  test(`around a resized tile, pictures of ${what} still take 85 % of the wall`, () => {
    for (const [count, spans] of /** @type {[number, number[]][]} */ ([
      [7, [6, 8]],
      [9, [6, 8, 10]],
      [16, [3, 4, 6, 8]],
      [40, [2, 3, 4, 6, 8, 10]],
    ])) {
      for (const span of spans) {
        const { boxes } = packed(count, { 0: span }, mix);

        const share = areaOf(boxes) / (WIDTH * HEIGHT);
        assert.ok(share >= 0.85, `${count} with one of ${span}: ${share.toFixed(3)}`);
      }
    }
  });
}

test('a resized tile goes to the corner that it was nearest to', () => {
  const first = packed(9, { 0: 6 }).boxes[0];
  const last = packed(9, { 8: 6 }).boxes[8];

  assert.deepEqual([first.x, first.y], [0, 0]);
  assert.deepEqual([last.x + last.width, last.y + last.height], [WIDTH, HEIGHT]);
});

test('several tiles can be resized, and none is lost', () => {
  const { boxes } = packed(12, { 0: 6, 5: 4, 11: 3 }, MIX);

  assertApart(boxes, WIDTH, HEIGHT);
  assert.ok(boxes.every(({ width, height }) => width > 40 && height > 40));
  assert.deepEqual([boxes[0].width, boxes[11].width], [WIDTH / 2, WIDTH / 4]);
});

test('however many tiles are resized, each picture can be seen', () => {
  for (const mix of [[WIDE], MIX]) {
    for (const [count, span] of [
      [9, 6],
      [16, 6],
      [25, 4],
      [48, 3],
      [48, 12],
    ]) {
      for (const every of [1, 2, 5]) {
        const places = Array.from({ length: count }, (_, at) => at).filter((at) => !(at % every));
        const { boxes } = packed(count, Object.fromEntries(places.map((at) => [at, span])), mix);

        assert.equal(boxes.length, count);
        assertApart(boxes, WIDTH, HEIGHT);
        const least = Math.min(...boxes.map((box) => Math.max(box.width, box.height)));
        assert.ok(least >= 90, `${count}, every ${every}th of ${span}: ${least}`);
      }
    }
  }
});

test('resized tiles that do not fit become smaller together', () => {
  const { boxes } = packed(9, { 0: 7, 4: 7, 8: 7 });

  const widths = [0, 4, 8].map((at) => boxes[at].width);
  assert.ok(Math.min(...widths) >= Math.max(...widths) * 0.95, String(widths));
});

test('a tile that is made as wide as the wall leaves room for the others', () => {
  const { boxes } = packed(6, { 2: 12 });

  assertApart(boxes, WIDTH, HEIGHT);
  assert.ok(boxes.every(({ width, height }) => width > 40 && height > 20));
});

test('the large picture among small ones stays large when another one is resized', () => {
  const pictures = Array.from({ length: 6 }, (_, at) => ({
    aspect: WIDE,
    fills: false,
    span: at === 5 ? 3 : 0,
  }));

  const { boxes } = placeTiles(pictures, { ...ROOM, size: '1+5', packResized });

  assert.equal(boxes[0].width, Math.round((WIDTH * 8) / 12));
  assert.equal(boxes[5].width, WIDTH / 4);
});

test('on a phone with two columns, a large tile is as wide as both', () => {
  const boxes = inColumns(contentOf([WIDE], 4), 2, 390, 844, [false, true, false, false]);

  assert.deepEqual(
    boxes.map(({ width }) => width),
    [194, 390, 194, 194],
  );
  assertApart(boxes, 390, 844);
  assert.equal(boxes[2].y, boxes[3].y);
});
