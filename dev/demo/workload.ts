/** The container's program in the demo: an HTTP server that tells where it runs, and sends bytes when asked to. */

import { readlinkSync } from 'node:fs';
import { createServer } from 'node:http';

const chunk = Buffer.alloc(64 * 1024, 0x70);

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://pod');
  if (url.pathname !== '/bytes') {
    response.end(`hello from ${process.env.POD_NAME}, network namespace ${readlinkSync('/proc/self/ns/net')}\n`);
    return;
  }
  let left = Number(url.searchParams.get('count') ?? 0);
  const send = () => {
    while (left > 0) {
      const part = left >= chunk.length ? chunk : chunk.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
});

server.keepAliveTimeout = 60_000;
server.listen(8080, '::', () => process.stdout.write('listening\n'));
