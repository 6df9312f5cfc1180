import { words } from '../i18n/words.js';
import { FIRST, codecText, milliseconds, rateText } from './facts.js';

/** @import { Curve, Fact } from './types.js' */

/**
 * The whole, as a table.
 * @type {Fact[]}
 */
export const ALL = [
  ...FIRST,
  { name: 'latency', text: ({ latency }) => milliseconds(latency) },
  { name: 'rtt', text: ({ rtt }) => milliseconds(rtt) },
  { name: 'buffered', text: ({ buffered }) => milliseconds(buffered) },
  { name: 'decoding', text: ({ decoding }) => milliseconds(decoding) },
  {
    name: 'loss',
    text: ({ loss, lost }) =>
      words.text('value.loss.full', { share: words.percent(loss ?? 0), count: words.number(lost) }),
  },
  {
    name: 'repair',
    text: ({ nacks, retransmitted, plis }) =>
      [nacks, retransmitted, plis].map((count) => words.number(count)).join(' / '),
  },
  { name: 'packets', text: ({ packets }) => words.number(packets) },
  { name: 'bytes', text: ({ bytes }) => words.bytes(bytes) },
  { name: 'frames', text: ({ framesDecoded }) => words.number(framesDecoded) },
  { name: 'dropped', text: ({ framesDropped }) => words.number(framesDropped) },
  {
    name: 'freezes',
    // Of a slow camera Chromium counts every frame as one.
    text: ({ freezes, fps }) => (fps !== null && fps < 1.5 ? null : words.number(freezes)),
  },
  {
    name: 'audioCodec',
    text: ({ audioCodec }) => codecText(audioCodec) ?? words.text('sound.none'),
  },
  { name: 'stream', text: ({ stream }) => stream ?? null },
  { name: 'bFrames', text: ({ bFrames }) => (bFrames ? words.text('note.b_frames') : null) },
  { name: 'transport', text: ({ transport }) => transport },
  { name: 'path', text: ({ path }) => path },
  { name: 'pair', text: ({ pair }) => pair },
  { name: 'relay', text: ({ relayFault }) => relayFault ?? null },
];

/** @param {number} seconds */
const inMilliseconds = (seconds) => milliseconds(seconds) ?? '';

/** @type {Curve[]} */
export const CURVES = [
  { name: 'bitrate', text: (value) => words.bitrate(value), least: 100_000 },
  {
    name: 'fps',
    text: rateText,
    least: 10,
  },
  { name: 'latency', text: inMilliseconds, least: 0.2 },
  { name: 'rtt', text: inMilliseconds, least: 0.02 },
  { name: 'loss', text: (value) => words.percent(value), least: 0.02 },
];
