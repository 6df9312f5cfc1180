import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Arrangement } from '../../web/wall/arrangement.js';
import { fit, resize } from '../../web/wall/fit.js';
import { Plan } from '../../web/wall/plan.js';
import { packResized } from '../../web/wall/resized.js';
import { COLUMNS } from '../../web/wall/spans.js';
import { installDocument } from './support/elements.js';

/** What a tile gets when somebody asks for a width. */

const WIDE = 16 / 9;
const WINDOW = { width: 1436, height: 854 };
const PHONE = { width: 390, height: 844 };
const IDS = ['front', 'garden', 'garage', 'street'];

/** A wall of four cameras that remembers what it was told. */
class FakeWall {
  alone = null;
  plan = new Plan(() => {});
  arrangement;
  shownTiles = /** @type {any[]} */ (
    IDS.map((id) => ({ player: { camera: { id } }, picture: { name: id } }))
  );
  /** What it said, and whether that can be undone. @type {[string, boolean][]} */
  told = [];

  /** @param {{width: number, height: number}} space @param {Partial<import('../../web/wall/types.js').Layout>} [layout] */
  constructor(space, layout) {
    this.arrangement = new Arrangement({ wall: '*', grid: 0, cycle: 0, ...layout });
    this.arrangement.follow(IDS);
    this.plan.use(packResized);
    const { columns } = this.arrangement;
    const room = { ...space, size: 0, columns, gap: 2, captioned: false, scale: 1 };
    const arrange = () =>
      this.plan.make(
        IDS.map((id) => ({
          aspect: WIDE,
          fills: false,
          span: this.arrangement.spanOf(id),
          across: this.arrangement.isAcross(id),
        })),
        room,
      );
    this.arrangement.on('change', arrange);
    arrange();
  }

  /** @param {import('../../web/wall/types.js').Layout} before @param {string} text */
  tell(before, text) {
    this.told.push([text, before !== this.arrangement.layout]);
  }

  /** @param {number} at @param {number} span */
  resize(at, span) {
    resize(this.shownTiles[at], span, this, this.arrangement);
  }

  /** @param {number} at */
  columnsOf(at) {
    return (this.plan.boxes[at].width / WINDOW.width) * COLUMNS;
  }
}

beforeEach(() => void installDocument());

test('a tile gets the columns that it is said to have', () => {
  const wall = new FakeWall(WINDOW);

  wall.resize(0, 8);

  assert.deepEqual(wall.told, [['front is 8 of 12 columns wide', true]]);
  assert.ok(Math.abs(wall.columnsOf(0) - 8) < 0.1);
});

test('where there is no room, a tile is as wide as it can be, and is said to be so', () => {
  const wall = new FakeWall(WINDOW);
  const frame = fit(wall.plan, 0, COLUMNS);
  assert.ok(frame.span < COLUMNS);

  wall.resize(0, COLUMNS);

  assert.equal(wall.arrangement.spanOf('front'), frame.span);
  assert.deepEqual(wall.told, [[`front is ${frame.span} of 12 columns wide`, true]]);
  assert.deepEqual(wall.plan.boxes[0], frame.box, 'the frame has shown another place');
});

test('what makes a tile no larger cannot be undone, for it has changed nothing', () => {
  const wall = new FakeWall(WINDOW);
  wall.resize(0, COLUMNS);
  const { layout } = wall.arrangement;
  const { span } = fit(wall.plan, 0, COLUMNS);

  wall.resize(0, COLUMNS);
  wall.resize(0, span);

  assert.equal(wall.arrangement.layout, layout);
  assert.deepEqual(wall.told.slice(1), [
    [`front is ${span} of 12 columns wide`, false],
    [`front is ${span} of 12 columns wide`, false],
  ]);
  wall.resize(1, 0);
  assert.deepEqual(wall.told.at(-1), ['garden has its usual size again', false]);
});

test('a tile that a link has made too wide for this window does not shrink when it is to grow', () => {
  const wall = new FakeWall(WINDOW, { span: 'front:12' });
  const { layout } = wall.arrangement;

  wall.resize(0, COLUMNS);

  assert.equal(wall.arrangement.layout, layout);
});

test('a tile is made as wide as both columns of a phone, and stays what it is elsewhere', () => {
  const wall = new FakeWall(PHONE, { columns: 2, span: 'garden:8' });
  assert.ok(wall.plan.boxes[1].width < PHONE.width, 'that is its width elsewhere');

  wall.resize(1, 2);
  assert.equal(wall.plan.boxes[1].width, PHONE.width);
  assert.deepEqual(wall.told, [['garden is as wide as both columns', true]]);

  wall.resize(1, 1);
  assert.ok(wall.plan.boxes[1].width < PHONE.width);
  assert.equal(wall.arrangement.spanOf('garden'), 8);
  assert.deepEqual(wall.told.at(-1), ['garden has its usual size again', true]);
});

test('a plan is made once for one wall, and waits for nothing', () => {
  const wall = new FakeWall(WINDOW, { span: 'front:6' });
  const { boxes } = wall.plan;

  wall.arrangement.cycle = 5;
  assert.equal(wall.plan.boxes, boxes);
  wall.arrangement.resize('front', 7);
  assert.notEqual(wall.plan.boxes, boxes);
});
