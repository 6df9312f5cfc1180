import { words } from '../i18n/words.js';

/** @import { Statistics } from '../player/types.js' */
/** @import { Curve, Fact } from './types.js' */

/** @type {Record<string, string>} */
const CODEC_NAMES = {
  H264: 'H.264',
  H265: 'H.265',
  OPUS: 'Opus',
  PCMU: 'G.711 µ-law',
  PCMA: 'G.711 A-law',
};

/** @param {string | null} codec As in SDP. */
export const codecText = (codec) => codec && (CODEC_NAMES[codec.toUpperCase()] ?? codec);

/** @param {Statistics} statistics */
const sizeText = ({ width, height }) => (width && height ? `${width}×${height}` : null);

/** @param {number} fps */
const rateText = (fps) => {
  const digits = fps >= 10 ? 0 : fps >= 1 ? 1 : 2;
  return words.text('value.fps', { value: words.number(fps, { maximumFractionDigits: digits }) });
};

/** @param {Statistics} statistics */
const fpsText = ({ fps }) => (fps === null ? null : rateText(fps));

/** @param {number | null} seconds */
const milliseconds = (seconds) =>
  seconds === null
    ? null
    : words.text('value.milliseconds', { value: words.milliseconds(seconds) });

/** @type {Fact[]} */
const FIRST = [
  { name: 'videoCodec', text: ({ videoCodec }) => codecText(videoCodec) },
  { name: 'size', text: sizeText },
  { name: 'fps', text: fpsText },
  { name: 'bitrate', text: ({ bitrate }) => (bitrate === null ? null : words.bitrate(bitrate)) },
];

/**
 * The line under a picture, the most wanted first: what does not fit is left out.
 * @type {Fact[]}
 */
export const BRIEF = [
  ...FIRST,
  {
    name: 'loss',
    text: ({ loss }) =>
      loss === null ? null : words.text('value.loss', { share: words.percent(loss) }),
  },
  {
    name: 'rtt',
    text: ({ rtt }) =>
      rtt === null ? null : words.text('value.rtt', { value: words.milliseconds(rtt) }),
  },
  {
    name: 'packets',
    text: ({ packets }) => words.text('value.packets', { value: words.number(packets) }, packets),
  },
  { name: 'bytes', text: ({ bytes }) => words.bytes(bytes) },
];

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
