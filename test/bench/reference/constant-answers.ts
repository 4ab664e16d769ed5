/** Reference: the least an HTTPS server in Node can do. Each call is read to its end and gets the same answer. */

import { readFileSync } from 'node:fs';
import https from 'node:https';

const [folder = '', port = '', answerFile = ''] = process.argv.slice(2);
const answer = readFileSync(answerFile);
const server = https.createServer(
  { cert: readFileSync(`${folder}/tls.crt`), key: readFileSync(`${folder}/tls.key`), keepAliveTimeout: 120_000 },
  (request, response) => {
    request.resume();
    request.once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
      response.end(answer);
    });
  },
);
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
