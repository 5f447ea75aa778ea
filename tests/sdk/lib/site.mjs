// The web site of the tests: the pages and the packages of the clients, as an application would serve them.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = { pages: 'pages', modules: 'node_modules' };
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves the folders on a free port; returns the address and how to stop. */
export async function serveFiles() {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${server.address().port}`, stop };
}

async function answer(request, response) {
  const [, first, ...rest] = normalize(new URL(request.url, 'http://localhost').pathname).split('/');
  const file = join(root, folders[first] ?? 'missing', ...rest);
  const known = await stat(file).catch(() => undefined);
  if (!known?.isFile()) return response.writeHead(404).end();
  const type = types[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-length': known.size, 'last-modified': known.mtime.toUTCString() });
  if (request.method === 'HEAD') return response.end();
  createReadStream(file).pipe(response);
}
