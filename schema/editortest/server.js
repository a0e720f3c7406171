// A client of yaml-language-server, as an editor is one: it opens texts and asks what is to be said of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import rpc from 'vscode-jsonrpc/node.js';

const require = createRequire(import.meta.url);
const root = new URL('../../', import.meta.url);

// inRepo is the path of a file of the repository.
export const inRepo = (path) => fileURLToPath(new URL(path, root));

// marked takes the cursor ¦ out of a text and tells where it stood.
export function marked(text) {
  const before = text.slice(0, text.indexOf('¦')).split('\n');
  return { text: text.replace('¦', ''), position: { line: before.length - 1, character: before.at(-1).length } };
}

// start runs the server. It reads schema files itself; what it wants from elsewhere it asks us for, and gets
// from contents: text by URL. Nothing is fetched.
export async function start(contents) {
  const main = require.resolve('yaml-language-server/bin/yaml-language-server');
  const process_ = spawn(process.execPath, [main, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(process_.stdout), new rpc.StreamMessageWriter(process_.stdin));
  const server = { connection, asked: [], waiting: new Map() };

  connection.onRequest('workspace/configuration', ({ items }) => items.map(({ section }) =>
    (section === 'yaml' ? { validate: true, hover: true, completion: true, schemaStore: { enable: false } } : {})));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('vscode/content', (url) => {
    server.asked.push(url);
    if (!(url in contents)) throw new Error(`the test has no ${url}`);
    return contents[url];
  });
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    server.waiting.get(uri)?.(diagnostics);
  });
  connection.listen();

  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: root.href,
    capabilities: {
      textDocument: { completion: { completionItem: { snippetSupport: true } }, hover: {}, publishDiagnostics: {} },
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
    },
  });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('yaml/registerContentRequest');

  server.stop = async () => {
    await connection.sendRequest('shutdown');
    const ended = once(process_, 'exit');
    await connection.sendNotification('exit');
    await ended;
    connection.dispose();
  };
  return server;
}

let opened = 0;

// open shows the server a text under a path of the repository, and waits for what it finds wrong with it.
export async function open(server, path, text) {
  opened += 1; // a name of its own, beside the file it stands for
  const uri = pathToFileURL(inRepo(path.replace(/(\.yaml)$/, `-${opened}$1`))).href;
  const diagnosed = new Promise((resolve) => { server.waiting.set(uri, resolve); });
  await server.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  return { uri, diagnostics: await diagnosed };
}

// labels are the words that the server offers at a place.
export async function labels(server, uri, position) {
  const offered = await server.connection.sendRequest('textDocument/completion', { textDocument: { uri }, position });
  return (offered.items ?? offered).map((item) => item.label);
}

// hover is what the server says of a place.
export async function hover(server, uri, position) {
  const said = await server.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
  return said?.contents.value ?? '';
}

export const read = (path) => readFile(inRepo(path), 'utf8');
