/** Our ttrpc against the Rust crate that the kata-agent serves with and Kata's Rust shim calls with. */

import { test } from 'node:test';
import { statusCodes } from '#codec/ttrpc/status.ts';
import { runCallerChecks } from './callers.ts';
import { checkPendingCallsEnd, checkRawAnswers, serveOurs } from './our-server.ts';
import { lacksToolchain, PeerClient, startPeerServer } from './peer.ts';
import { runServerChecks } from './servers.ts';

/** The crate writes a status with code 0 beside each payload: tag and a length of 0. */
const responseOverhead = 5 + 2;

test('the Rust client calls our server', async (t) => {
  if (lacksToolchain(t, 'rust')) return;
  const { path } = await serveOurs(t);
  const { resource_exhausted: oversizedAnswer, unimplemented: unknownService } = statusCodes;
  const client = new PeerClient(t, 'rust', path);
  await runCallerChecks(t, { client, language: 'rust', responseOverhead: 5, oversizedAnswer, unknownService });
});

test('the Rust client at the end of a connection, and before odd answers', async (t) => {
  if (lacksToolchain(t, 'rust')) return;
  await checkPendingCallsEnd(t, 'rust', /socket|closed/);
  await checkRawAnswers(t, 'rust', { oversized: statusCodes.invalid_argument });
});

test('our client calls the Rust server', async (t) => {
  if (lacksToolchain(t, 'rust')) return;
  await runServerChecks(t, {
    server: await startPeerServer(t, 'rust'),
    responseOverhead,
    oversizedAnswer: statusCodes.invalid_argument,
    unknownService: statusCodes.invalid_argument,
    undecodablePayload: statusCodes.unknown,
  });
});
