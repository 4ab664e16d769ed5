/** Reference: the least an HTTPS server in Node can do. Each call gets the same answer, with its own uid. */

import { readFileSync } from 'node:fs';
import https from 'node:https';

const [folder = '', port = '', answerFile = ''] = process.argv.slice(2);
/** The file's own uid, which the answer names first. */
const [before = '', , after = ''] = readFileSync(answerFile, 'utf8').split(/("uid":"[^"]*")/);
const server = https.createServer(
  { cert: readFileSync(`${folder}/tls.crt`), key: readFileSync(`${folder}/tls.key`), keepAliveTimeout: 120_000 },
  (request, response) => {
    let head = ''; // the uid is among the first words
    request.on('data', (chunk: Buffer) => {
      head ||= chunk.toString('latin1', 0, 400);
    });
    request.once('end', () => {
      const at = head.indexOf('"uid":"');
      const answer = before + head.slice(at, head.indexOf('"', at + '"uid":"'.length) + 1) + after;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
      response.end(answer);
    });
  },
);
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
