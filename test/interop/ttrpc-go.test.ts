/** Our ttrpc against the Go library that Kata's shim and the original peer pods link, in both directions. */

import { test } from 'node:test';
import { statusCodes } from '#codec/ttrpc/status.ts';
import { runCallerChecks } from './callers.ts';
import { checkPendingCallsEnd, checkRawAnswers, serveOurs } from './our-server.ts';
import { lacksToolchain, PeerClient, startPeerServer } from './peer.ts';
import { checkGracefulEnd, runServerChecks } from './servers.ts';

test('the Go client calls our server', async (t) => {
  if (lacksToolchain(t, 'go')) return;
  const { path } = await serveOurs(t);
  const { resource_exhausted: oversizedAnswer, unimplemented: unknownService } = statusCodes;
  const client = new PeerClient(t, 'go', path);
  await runCallerChecks(t, { client, language: 'go', responseOverhead: 5, oversizedAnswer, unknownService });
});

test('the Go client at the end of a connection, and before odd answers', async (t) => {
  if (lacksToolchain(t, 'go')) return;
  await checkPendingCallsEnd(t, 'go', /ttrpc: closed/);
  await checkRawAnswers(t, 'go', { oversized: statusCodes.resource_exhausted });
});

test('our client calls the Go server', async (t) => {
  if (lacksToolchain(t, 'go')) return;
  await runServerChecks(t, {
    server: await startPeerServer(t, 'go'),
    responseOverhead: 5,
    oversizedAnswer: 'closed',
    unknownService: statusCodes.unimplemented,
    undecodablePayload: statusCodes.internal,
  });
});

test("our client sees the end of the Go server's graceful shutdown", async (t) => {
  if (lacksToolchain(t, 'go')) return;
  await checkGracefulEnd(await startPeerServer(t, 'go'));
});
