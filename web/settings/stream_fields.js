import { words } from '../i18n/words.js';
import { make } from '../picture/element.js';
import { advanced } from './fields.js';

/** @import { Fields } from './fields.js' */
/** @import { Stream } from './types.js' */

const TRANSPORTS = ['tcp', 'udp', 'auto', 'multicast', 'http'];
const PULLS = ['always', 'on_demand'];
/** The first is the server's default. */
const SOURCES = ['rtspsrc', 'auto', 'direct'];
/** The server's defaults, which an empty field stands for. */
const DURATIONS = /** @type {const} */ ({
  latency: '100ms',
  health_timeout: '5s',
  grace: '30s',
  start_timeout: '10s',
});

/**
 * What can be said of one stream of a camera. Writes into `stream` as people type.
 * @param {Fields} fields
 * @param {Stream} stream
 * @param {string} key What the server calls it in its errors.
 */
export function streamFields(fields, stream, key) {
  const secured = tls(fields, stream, key);
  const showSecured = () => {
    for (const field of secured) field.hidden = !/^rtsps:/i.test(stream.url);
  };
  const url = fields.text(
    `${key}.url`,
    'field.url',
    stream.url,
    (value) => {
      stream.url = value;
      showSecured();
    },
    { placeholder: 'rtsp://192.0.2.10:554/stream1', inputmode: 'url' },
  );
  showSecured();
  return [
    url.field,
    make('div', { class: 'row' }, ...login(fields, stream, key)),
    make('div', { class: 'row' }, ...ways(fields, stream, key)),
    advanced(
      choice(fields, stream, key, 'source', SOURCES),
      make('div', { class: 'row' }, ...durations(fields, stream, key)),
      ...secured,
    ),
  ];
}

/** @param {Fields} fields @param {Stream} stream @param {string} key */
function login(fields, stream, key) {
  const user = fields.text(`${key}.username`, 'field.username', stream.username ?? '', (value) => {
    stream.username = value;
    // Without a user there is to be no password either.
    stream.password = password.control.value || (value ? undefined : '');
    showKept();
  });
  const password = fields.text(`${key}.password`, 'field.password', '', (value) => {
    stream.password = value || undefined;
    showKept();
  });
  const showKept = () => {
    const kept = stream.has_password && stream.password === undefined;
    password.control.placeholder = kept ? words.text('password.kept') : '';
  };
  password.control.type = 'password';
  password.control.autocomplete = 'new-password';
  showKept();
  return [user.field, password.field];
}

/** @param {Fields} fields @param {Stream} stream @param {string} key */
function ways(fields, stream, key) {
  return [
    choice(fields, stream, key, 'transport', TRANSPORTS),
    choice(fields, stream, key, 'pull', PULLS),
  ];
}

/**
 * @param {Fields} fields
 * @param {Stream} stream
 * @param {string} key
 * @param {'transport' | 'pull' | 'source'} member
 * @param {string[]} options
 */
function choice(fields, stream, key, member, options) {
  return fields.choice(
    `${key}.${member}`,
    `field.${member}`,
    options.map((value) => [value, words.text(`${member}.${value}`)]),
    stream[member] ?? options[0],
    (value) => (stream[member] = value),
  ).field;
}

/** @param {Fields} fields @param {Stream} stream @param {string} key */
function durations(fields, stream, key) {
  return /** @type {(keyof typeof DURATIONS)[]} */ (Object.keys(DURATIONS)).map(
    (member) =>
      fields.text(
        `${key}.${member}`,
        `field.${member}`,
        stream[member] ?? '',
        (value) => (stream[member] = value || undefined),
        { placeholder: DURATIONS[member] },
      ).field,
  );
}

/** @param {Fields} fields @param {Stream} stream @param {string} key */
function tls(fields, stream, key) {
  const fingerprint = fields.text(
    `${key}.tls_fingerprint`,
    'field.tls_fingerprint',
    stream.tls_fingerprint ?? '',
    (value) => (stream.tls_fingerprint = value),
    { placeholder: '80:2A:…' },
  );
  const verify = fields.check('field.tls_verify', stream.tls_verify !== false, (checked) => {
    stream.tls_verify = checked;
  });
  return [fingerprint.field, verify];
}
