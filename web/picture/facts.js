import { words } from '../i18n/words.js';

/** @import { Statistics } from '../player/types.js' */
/** @import { Fact } from './types.js' */

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
export const rateText = (fps) => {
  const digits = fps >= 10 ? 0 : fps >= 1 ? 1 : 2;
  return words.text('value.fps', { value: words.number(fps, { maximumFractionDigits: digits }) });
};

/** @param {Statistics} statistics */
const fpsText = ({ fps }) => (fps === null ? null : rateText(fps));

/** @param {number | null} seconds */
export const milliseconds = (seconds) =>
  seconds === null
    ? null
    : words.text('value.milliseconds', { value: words.milliseconds(seconds) });

/** @type {Fact[]} */
export const FIRST = [
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
