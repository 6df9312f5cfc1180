/** @import { Finding, Settings, Stream } from './types.js' */

/** A name for URLs from one for people. @param {string} name */
export function idOf(name) {
  const id = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return id.slice(0, 64);
}

/**
 * The id that a new camera gets by itself; of a name without a Latin letter, too.
 * @param {string} name
 * @param {string[]} taken
 */
export function freeId(name, taken) {
  const base = name && (idOf(name) || 'camera');
  let id = base;
  for (let n = 2; taken.includes(id); n++) id = `${base.slice(0, 60)}-${n}`;
  return id;
}

/** A new camera. @returns {Settings} */
export const blank = () => ({
  id: '',
  name: '',
  managed: true,
  streams: [{ id: 'main', url: '', transport: 'tcp', pull: 'always' }],
  audio: true,
});

/** The next stream of a camera. @param {Stream[]} streams @returns {Stream} */
export function nextStream(streams) {
  const taken = new Set(streams.map(({ id }) => id));
  let id = 'sub';
  for (let n = 2; taken.has(id); n++) id = `sub${n}`;
  return { ...streams[0], id, url: '', password: undefined, has_password: false };
}

/**
 * Whether a URL has characters in its user or password with which it means something else:
 * "rtsp://me:p@ss#1@192.0.2.10/live".
 * @param {string} url
 */
export function hasCutLogin(url) {
  const [, authority = '', rest = ''] = url.match(/^\w+:\/\/([^/?#]*)(.*)$/) ?? [];
  if (authority.split('@').length > 2) return true;
  if (!rest.includes('@')) return false;
  if (rest.startsWith('#')) return true;
  // What is before a path with an @ in it is a host and its port: "192.0.2.10:554/a@b".
  return !authority.includes('@') && /^[^[:]*:.*\D/.test(authority);
}

/**
 * What is sent of a draft: without what only the server tells; a password only where one was typed,
 * so that the one there is stays; '' is none.
 * @param {Settings} draft
 * @returns {Settings}
 */
export function bodyOf(draft) {
  const { managed, file, line, ...settings } = draft;
  void [managed, file, line];
  return {
    ...settings,
    streams: draft.streams.map(({ has_password, password, ...stream }) => {
      void has_password;
      return password === undefined ? stream : { ...stream, password };
    }),
  };
}

/** The names in a list that somebody has typed, each once. @param {string} text */
export const listIn = (text) => [
  ...new Set(
    text
      .split(/[,;、，；]/)
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

/**
 * What a test that went well found, in few words: "H.264 1920×1080, 25 fps, key frame every 2 s".
 * @param {Finding} finding
 * @param {(key: string, values?: Record<string, string | number>) => string} text
 */
export function summaryOf(finding, text) {
  const video = finding.video.map(({ codec, width, height, fps, gop_ms, b_frames }) =>
    [
      `${codec} ${width}×${height}`,
      text('found.fps', { fps: Math.round(fps * 10) / 10 }),
      gop_ms > 0 && text('found.gop', { seconds: Math.round(gop_ms / 100) / 10 }),
      b_frames && text('found.b_frames'),
    ]
      .filter(Boolean)
      .join(', '),
  );
  return [...video, finding.audio || text('found.silent')].join('; ');
}
