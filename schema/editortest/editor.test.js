import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hover, labels, marked, open, read, start } from './server.js';

const url = 'https://raw.githubusercontent.com/apigw-sync/apigw-sync/main/schema/config.schema.json';
const example = 'examples/quickstart/gateway.yaml';
const head = '# yaml-language-server: $schema=../../schema/config.schema.json\nversion: apigw-sync/v1\n';

let server;
before(async () => { server = await start({ [url]: await read('schema/config.schema.json') }); });
after(() => server.stop());

// edited is the example with one text in it replaced; the replacement may hold the cursor.
async function edited(from, to) {
  const text = await read(example);
  assert.ok(text.includes(from), `${example} no longer holds ${from}`);
  return text.replace(from, to);
}

for (const path of [example, 'examples/quickstart/emulator.yaml', 'scripts/demo/gateway.yaml']) {
  test(`${path} has no diagnoses`, async () => {
    const { diagnostics } = await open(server, path, await read(path));
    assert.deepEqual(diagnostics, []);
  });
}

test('keys of a throttle are offered', async () => {
  const { text, position } = marked(await edited('    user_call_limits: 500\n', '    ¦\n'));
  const { uri } = await open(server, example, text);
  const offered = await labels(server, uri, position);
  for (const key of ['user_call_limits', 'protected', 'moved_from']) assert.ok(offered.includes(key), `${key} is not among ${offered}`);
  assert.ok(!offered.includes('time_unit'), 'what is there already is not offered');
  assert.ok(!offered.includes('entity_type'), 'keys of other kinds are not offered');
});

test('words of an enumeration are offered', async () => {
  const { text, position } = marked(await edited('time_unit: SECOND', 'time_unit: ¦'));
  const { uri } = await open(server, example, text);
  const offered = await labels(server, uri, position);
  for (const word of ['SECOND', 'MINUTE', 'HOUR', 'DAY']) assert.ok(offered.includes(word), `${word} is not among ${offered}`);
});

test('words that a newer gateway may add to are offered', async () => {
  for (const [from, to, words] of [
    ['type: cors', 'type: ¦', ['cors', 'third_auth']],
    ['acls:\n', '  - name: limits\n    type: rate_limit\n    content:\n      api_limit: 5\n      algorithm: ¦\n\nacls:\n', ['counter', 'haht']],
  ]) {
    const { text, position } = marked(await edited(from, to));
    const { uri } = await open(server, example, text);
    const offered = await labels(server, uri, position);
    for (const word of words) assert.ok(offered.some((o) => o.includes(word)), `${word} is not among ${offered}`);
  }
});

test('what a newer gateway may know is no mistake', async () => {
  for (const [from, to] of [['      max_age: 86400', '      from_tomorrow: {}'], ['type: cors', 'type: not_yet_known']]) {
    const { diagnostics } = await open(server, example, await edited(from, to));
    assert.deepEqual(diagnostics, []);
  }
});

test('keys of a content are offered by the type of the plugin', async () => {
  const { text, position } = marked(await edited('      max_age: 86400\n', '      ¦\n'));
  const { uri } = await open(server, example, text);
  const offered = await labels(server, uri, position);
  for (const key of ['max_age', 'expose_headers']) assert.ok(offered.includes(key), `${key} is not among ${offered}`);
  assert.ok(!offered.includes('breaker_condition'), 'keys of other types are not offered');
});

test('a new item comes with the keys that it needs', async () => {
  const { text, position } = marked(`${head}throttles:\n  - ¦\n`);
  const { uri } = await open(server, example, text);
  const offered = await server.connection.sendRequest('textDocument/completion', { textDocument: { uri }, position });
  const whole = offered.items.find((item) => item.insertText?.includes('api_call_limits') && item.insertText.includes('time_unit'));
  assert.ok(whole, `no item has all needed keys: ${JSON.stringify(offered.items.map((i) => [i.label, i.insertText]))}`);
});

test('a hover tells meaning, unit and rules', async () => {
  const { text, position } = marked(await edited('    user_call_limits: 500', '    user_¦call_limits: 500'));
  const { uri } = await open(server, example, text);
  const said = (await hover(server, uri, position)).replaceAll('\\', '');
  assert.match(said, /Calls of one account in a period/);
  assert.match(said, /Unit: calls per period/);
  assert.match(said, /from 1 to 2147483647/);
});

// lineOf is the line on which a text stands, counted from 0.
const lineOf = (text, part) => text.slice(0, text.indexOf(part)).split('\n').length - 1;

const mistakes = [
  ['an unknown key', '    user_call_limits: 500', '    user_call_limit: 500', 'user_call_limit:', /user_call_limit/],
  ['a wrong word', 'time_unit: SECOND', 'time_unit: FORTNIGHT', 'FORTNIGHT', /SECOND|accepted/],
  ['a text for a number', 'api_call_limits: 800', 'api_call_limits: many', 'many', /integer|pattern/i],
  ['a text for a number in a content', '      max_age: 86400', '      max_age: a day', 'a day', /integer|pattern/i],
  ['what is needed and missing', '    time_interval: 1\n', '', 'name: orders_basic', /time_interval/],
];

for (const [what, from, to, at, message] of mistakes) {
  test(`${what} is diagnosed on its line`, async () => {
    const text = await edited(from, to);
    const { diagnostics } = await open(server, example, text);
    assert.equal(diagnostics.length, 1, JSON.stringify(diagnostics));
    assert.equal(diagnostics[0].range.start.line, lineOf(text, at));
    assert.match(diagnostics[0].message, message);
  });
}

test('an export names the published schema', async () => {
  const text = (await read(example)).replace('../../schema/config.schema.json', url).replace('time_unit: SECOND', 'time_unit: FORTNIGHT');
  const { diagnostics } = await open(server, 'export.yaml', text);
  assert.equal(diagnostics.length, 1, JSON.stringify(diagnostics));
  assert.deepEqual([...new Set(server.asked)], [url]);
});
