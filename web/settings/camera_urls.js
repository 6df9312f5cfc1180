import { MAKES } from './makes.js';

/** @import { Answers, Make, Stream } from './types.js' */

/** @param {string} id @returns {Make} */
export const makeOf = (id) => MAKES.find((make) => make.id === id) ?? MAKES[MAKES.length - 1];

/** Whether a make's cameras have a number in a recorder. @param {Make} make */
export const hasChannel = (make) => /\{channel/.test(make.main ?? '');

/** Whether what was typed as an address is a whole URL. @param {string} text */
export const isUrl = (text) => /^rtsps?:\/\//i.test(text);

/**
 * UniFi Protect shows RTSPS with SRTP in it; the same stream is there as plain RTSP.
 * @param {string} url
 */
function plainProtect(url) {
  const [, host, name] = url.match(/^rtsps:\/\/([^/?#]+?):7441\/([^/?#]+)\?enableSrtp$/i) ?? [];
  return name ? `rtsp://${host}:7447/${name}` : url;
}

/** An IPv6 address needs brackets before a port. @param {string} host */
const bracketed = (host) => (/^[\da-f]*:[\da-f:.]+$/i.test(host) ? `[${host}]` : host);

/** @param {string} path @param {number} channel */
const withChannel = (path, channel) =>
  path
    .replace('{channel:2}', String(channel).padStart(2, '0'))
    .replace('{channel}', String(channel));

/**
 * The streams of a camera by what was answered in steps. A URL that was typed as the address goes
 * before the paths of a make.
 * @param {Answers} answers
 * @returns {Stream[]}
 */
export function streamsOf({ make: id, address, path, channel, username, password, transport }) {
  const make = makeOf(id);
  /** @param {string} name @param {string} url @returns {Stream} */
  const stream = (name, url) => ({
    id: name,
    url,
    transport: transport ?? 'tcp',
    ...(username && { username, password }),
  });
  if (isUrl(address)) return [stream('main', plainProtect(address))];
  const host = bracketed(address);
  const port = make.port && !/:\d+$/.test(host) ? `:${make.port}` : '';
  const url = (/** @type {string} */ of) => `rtsp://${host}${port}${withChannel(of, channel ?? 1)}`;
  if (!make.main) return [stream('main', url(`/${path.replace(/^\/+/, '')}`))];
  const streams = [stream('main', url(make.main))];
  if (make.sub) streams.push(stream('sub', url(make.sub)));
  return streams;
}

/**
 * What is missing or wrong in the answers, by field; the texts' keys.
 * @param {Answers} answers
 * @returns {Map<string, string>}
 */
export function faultsOf({ make, address, username, password }) {
  /** @type {Map<string, string>} */
  const faults = new Map();
  if (!address) faults.set('address', 'field.missing');
  else if (/^[a-z][a-z\d+.-]*:\/\//i.test(address) && !isUrl(address)) {
    faults.set('address', 'guide.address.scheme');
  } else if (/\s/.test(address)) faults.set('address', 'guide.address.space');
  else if (!isUrl(address) && /[/?#@]/.test(address)) faults.set('address', 'guide.address.host');
  else if (make === 'unifi' && !isUrl(address)) faults.set('address', 'guide.address.protect');
  if (password && !username) faults.set('username', 'guide.username.missing');
  return faults;
}
