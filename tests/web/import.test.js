import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LANGUAGES } from '../../web/i18n/words.js';
import { readCsv, utf8Of } from '../../web/settings/csv.js';
import { few, matches } from '../../web/settings/find.js';
import { countsOf, rowsOf } from '../../web/settings/import_report.js';
import { COLUMNS, camerasOfTable, isYaml, yamlOf } from '../../web/settings/import_table.js';

/** @import { Settings } from '../../web/settings/types.js' */

/** @param {string} language @returns {Record<string, string>} */
const wordsOf = (language) =>
  JSON.parse(
    readFileSync(new URL(`../../web/i18n/settings.${language}.json`, import.meta.url), 'utf8'),
  );
const english = wordsOf('en');
/** @param {string} key @param {Record<string, string | number>} [values] */
const text = (key, values = {}) =>
  english[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** @param {string} csv */
const cells = (csv) => readCsv(csv).rows.map((row) => row.cells);

test('a table is read as spreadsheets write it', () => {
  assert.deepEqual(cells('a,b\r\n1,2\r\n'), [
    ['a', 'b'],
    ['1', '2'],
  ]);
  assert.deepEqual(cells('\uFEFFa;b\n1,5;2'), [
    ['a', 'b'],
    ['1,5', '2'],
  ]);
  assert.deepEqual(cells('a\tb\r1\t\r'), [
    ['a', 'b'],
    ['1', ''],
  ]);
  assert.deepEqual(cells('a,b\n"x, y","say ""hi"""\n" kept ", trimmed '), [
    ['a', 'b'],
    ['x, y', 'say "hi"'],
    [' kept ', 'trimmed'],
  ]);
  assert.deepEqual(cells('\n# mine, and yours\n;;;\na;b\n1,5;2'), [
    ['a', 'b'],
    ['1,5', '2'],
  ]);
  assert.deepEqual(cells(''), []);
});

test('a file in an encoding other than UTF-8 is not taken for text', () => {
  /** @param {number[]} bytes */
  const of = (...bytes) => utf8Of(new Uint8Array(bytes).buffer);

  assert.equal(of(0xef, 0xbb, 0xbf, 0xed, 0x98, 0x84), '현', 'as Excel writes CSV UTF-8');
  assert.equal(of(0xc7, 0xf6), null, 'CP949');
  assert.equal(of(0x54, 0xfc, 0x72), null, 'Windows-1252');
  assert.equal(of(0xff, 0xfe, 0x61, 0x00), null, 'UTF-16');
});

test('every row knows its line, also behind cells of several lines and lines that are left out', () => {
  const { rows, open } = readCsv('a,b\n\n# a note\n"two\nlines",1\n,\nlast,2');

  assert.deepEqual(
    rows.map(({ line, cells: [first] }) => [line, first]),
    [
      [1, 'a'],
      [4, 'two\nlines'],
      [7, 'last'],
    ],
  );
  assert.equal(open, 0);
});

test('a quotation mark without an end is told with its line', () => {
  assert.equal(readCsv('a,b\n1,"2\n3,4\n').open, 2);
  const { faults } = camerasOfTable('name,url\nx,"rtsp://h\n', []);
  assert.deepEqual(faults, [{ line: 2, key: 'import.quote', value: '' }]);
});

test('a line is a camera by its make and address, or by its URLs', () => {
  const { lines } = camerasOfTable(
    [
      'Name,Brand,IP address,User name,Password,channel,url,sub url',
      'Front door,Hikvision,192.0.2.10,admin,s;x,2,,',
      '현관,,,,,,rtsp://192.0.2.11/1,rtsp://192.0.2.11/2',
    ].join('\n'),
    [{ id: 'camera', streams: [] }],
  );

  assert.deepEqual(
    lines.map(({ line, faults }) => [line, faults]),
    [
      [2, []],
      [3, []],
    ],
  );
  assert.deepEqual(lines[0].camera, {
    id: 'front-door',
    name: 'Front door',
    username: 'admin',
    password: 's;x',
    streams: [
      { id: 'main', url: 'rtsp://192.0.2.10/Streaming/Channels/201' },
      { id: 'sub', url: 'rtsp://192.0.2.10/Streaming/Channels/202' },
    ],
  });
  assert.deepEqual(lines[1].camera, {
    id: 'camera-2',
    name: '현관',
    streams: [
      { id: 'main', url: 'rtsp://192.0.2.11/1' },
      { id: 'sub', url: 'rtsp://192.0.2.11/2' },
    ],
  });
});

test('lines of one name get ids of their own', () => {
  const { lines } = camerasOfTable('name,url\nHall,rtsp://h/1\nHall,rtsp://h/2\n', [
    { id: 'hall', streams: [] },
  ]);

  assert.deepEqual(
    lines.map(({ camera }) => camera?.id),
    ['hall-2', 'hall-3'],
  );
});

/** As the server tells it. @type {Settings} */
const YARD = {
  id: 'yard',
  name: 'Yard',
  managed: true,
  file: '/cameras.yaml',
  line: 3,
  streams: [
    {
      id: 'main',
      url: 'rtsp://192.0.2.11/main?key=***',
      username: 'admin',
      has_password: true,
      transport: 'udp',
      grace: '5s',
    },
  ],
  audio: false,
};

test('a line with the id of a camera changes what it says, and nothing else', () => {
  const { managed, file, line, ...told } = YARD;
  void [managed, file, line];
  const { has_password, ...main } = YARD.streams[0];
  void has_password;
  /** @param {string} row */
  const camera = (row) => {
    const head = 'id,name,username,password,transport,address,make,url,sub_url\n';
    const { lines } = camerasOfTable(head + row, [YARD]);
    assert.deepEqual(lines[0].faults, []);
    return lines[0].camera;
  };

  assert.deepEqual(camera('yard,,,,,,,,'), { ...told, streams: [main] });
  assert.deepEqual(camera('yard,Court,,,tcp,,,,'), {
    ...told,
    name: 'Court',
    streams: [{ ...main, transport: 'tcp' }],
  });
  assert.deepEqual(
    camerasOfTable('id,url,groups\nyard,,"Yard, Night; Yard"\n', [YARD]).lines[0].camera?.groups,
    ['Yard', 'Night'],
  );
  const url = 'rtsp://192.0.2.11/2';
  assert.deepEqual(camera(`yard,,,,,,,${url},`)?.streams, [{ ...main, url }]);
  assert.deepEqual(camera(`yard,,,new,,,,,${url}`)?.streams, [
    { ...main, password: 'new' },
    { ...main, id: 'sub', url, password: 'new' },
  ]);
  const { username, ...open } = main;
  assert.equal(username, 'admin');
  const withLogin = 'rtsp://root:new@192.0.2.11/2';
  assert.deepEqual(camera(`yard,,,,,,,${withLogin},`)?.streams, [{ ...open, url: withLogin }]);
});

test('the line of a table without logins keeps the login of its camera', () => {
  const table = 'id,url\nyard,rtsp://192.0.2.11/2\n';
  const [{ camera }] = camerasOfTable(table, [YARD]).lines;

  assert.equal(camera?.streams[0].username, 'admin');
  assert.doesNotMatch(JSON.stringify(camera), /password/);
});

test('another stream of a camera needs the password, which the page does not know', () => {
  const table = 'id,make,address\nyard,Hikvision,192.0.2.11\n';
  const [{ faults }] = camerasOfTable(table, [YARD]).lines;

  assert.deepEqual(faults, [{ column: 'password', key: 'field.missing', value: '' }]);
});

test('what is wrong with a line is told by its column', () => {
  const { lines } = camerasOfTable(
    [
      'name,make,address,username,password,channel',
      'a,Hikvison,192.0.2.10,,,',
      'b,Axis,,,,',
      'c,Dahua,192.0.2.10,,secret,first',
      'd,Axis,192.0.2.10,,,,,',
      'e,Axis,http://192.0.2.10,,,',
    ].join('\n'),
    [],
  );

  assert.deepEqual(
    lines.map(({ faults }) => faults.map(({ column, key }) => [column, key])),
    [
      [['make', 'import.make']],
      [['address', 'import.address']],
      [
        ['channel', 'import.channel'],
        ['username', 'guide.username.missing'],
      ],
      [['', 'import.cells']],
      [['address', 'guide.address.scheme']],
    ],
  );
  for (const { faults } of lines) for (const { key } of faults) assert.ok(key in english, key);
});

test('a table without a line of columns, or with one that is unknown, is told so', () => {
  assert.equal(camerasOfTable('Front,192.0.2.10\n', []).faults[0].key, 'import.head');
  assert.deepEqual(camerasOfTable('# mine\nurl,colour\n', []).faults, [
    { line: 2, key: 'import.column', value: 'colour' },
  ]);
  assert.equal(camerasOfTable('', []).faults[0].key, 'import.head');
});

test('empty columns behind the last one are no columns', () => {
  const table = 'name,url,,\nA,rtsp://h/1,,\nB,rtsp://h/2\nC,rtsp://h/3,,x\nD,rtsp://h/4,,,\n';
  const { lines, faults } = camerasOfTable(table, []);

  assert.deepEqual(faults, []);
  assert.deepEqual(
    lines.map(({ faults: [fault] }) => fault?.key),
    [undefined, undefined, 'import.cells', 'import.cells'],
  );
});

test('the words of every language name all columns', () => {
  for (const language of LANGUAGES) {
    const hint = wordsOf(language)['import.hint'];
    for (const column of Object.keys(COLUMNS)) assert.match(hint, new RegExp(`\\b${column}\\b`));
  }
});

test('YAML is told from a table', () => {
  for (const yaml of [
    'cameras:\n  - id: a',
    '# mine\n\n- id: a\n',
    '-\n  id: a',
    '[{"id": "a"}]',
    '---\n- id: a',
    'server:\n  listen: x\n',
  ]) {
    assert.equal(isYaml(yaml), true, yaml);
  }
  for (const table of ['name,url\n', 'url\nrtsp://h/1', 'url;name\n', '"name","url"\n', '']) {
    assert.equal(isYaml(table), false, table);
  }
});

test('each camera of a table is on its own line of the YAML', () => {
  const { lines } = camerasOfTable('url\n\nrtsp://h/1\nhttp://no\nrtsp://h/"2\n', []);

  const yaml = yamlOf(lines).split('\n');

  assert.equal(yaml[0], '');
  assert.match(
    yaml[2],
    /^- \{"id":"camera","streams":\[\{"id":"main","url":"rtsp:\/\/h\/1"\}\]\}$/,
  );
  assert.match(yaml[4], /^- .*h\/\\"2/);
});

test('a report says of each line what happens or what is wrong, errors first', () => {
  const { lines } = camerasOfTable('name,url,make\nA,rtsp://h/1,\nB,,Nope\nC,rtsp://h/3,\n', []);
  const report = {
    saved: false,
    errors: [],
    cameras: [
      { id: 'a', name: 'A', line: 2, change: /** @type {const} */ ('added'), errors: [] },
      {
        id: 'c',
        name: 'C',
        line: 4,
        change: /** @type {const} */ ('added'),
        errors: [{ key: 'streams[0].url', message: 'is not an RTSP URL', line: 4 }],
      },
    ],
  };

  const rows = rowsOf(lines, report, text);

  assert.deepEqual(
    rows.map(({ line, verdict }) => [line, verdict]),
    [
      [3, 'wrong'],
      [4, 'wrong'],
      [2, 'added'],
    ],
  );
  assert.match(rows[0].errors[0], /^make: “Nope” is not a known make/);
  assert.deepEqual(rows[1].errors, ['url: is not an RTSP URL']);
  assert.deepEqual(countsOf(rows), { wrong: 2, added: 1, changed: 0, unchanged: 0 });
});

test('a report of YAML names the line of the key, and errors that belong to no camera', () => {
  const report = {
    saved: false,
    errors: [{ key: 'server', message: 'cannot be imported', line: 1 }],
    cameras: [
      {
        id: 'a',
        name: '',
        line: 3,
        change: /** @type {const} */ ('changed'),
        errors: [{ key: 'latncy', message: 'is not a valid key here', line: 5 }],
      },
    ],
  };

  const rows = rowsOf(null, report, text);

  assert.deepEqual(rows[0].errors, ['server: cannot be imported']);
  assert.deepEqual(rows[1].errors, ['line 5: latncy: is not a valid key here']);
  assert.equal(rows[1].name, 'a');
});

test('a camera is found by words of its name, id and URLs, and by its state', () => {
  const camera = {
    id: 'yard-2',
    name: 'Entrée Nord',
    streams: [{ id: 'main', url: 'rtsp://192.0.2.77/live' }],
  };
  const found = (/** @type {string} */ typed, state = '', now = 'live') =>
    matches(camera, now, { text: typed, state });

  for (const typed of ['', 'entree', 'NORD yard', '192.0.2.77', 'yard-2 live']) {
    assert.equal(found(typed), true, typed);
  }
  assert.equal(found('entree sud'), false);
  assert.equal(found('', 'live'), true);
  assert.equal(found('', 'trouble'), false);
  assert.equal(found('', 'trouble', 'refused'), true);
  assert.equal(found('', 'trouble', 'retrying'), true);
  assert.equal(found('', 'idle', ''), false);
});

test('a question about many names a few of them', () => {
  assert.deepEqual(few(['a', 'b']), { names: ['a', 'b'], more: 0 });
  assert.deepEqual(few(['a', 'b', 'c'], 2), { names: ['a', 'b', 'c'], more: 0 });
  assert.deepEqual(few(['a', 'b', 'c', 'd'], 2), { names: ['a', 'b'], more: 2 });
});
