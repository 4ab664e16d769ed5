/** Every illegal input against our server, the two foreign servers, and the whole chain with a foreign server behind. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { startChain, startChainWithoutForwarder } from './chain.ts';
import { illegalInputs, judge, type Verdict } from './illegal-inputs.ts';
import { ourPeer } from './messages.ts';
import { type Language, lacksToolchain, socketPath, startPeerServer } from './peer.ts';

interface KnownFailure {
  readonly subject: string;
  readonly input: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const knownFailures: readonly KnownFailure[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'known-failing.json'), 'utf8'),
);

async function ourServer(context: TestContext): Promise<string> {
  const path = socketPath(context);
  const server = new TtrpcServer({ services: ourPeer().services, clock: systemClock });
  const listener = await listenUnix(path, (socket) => server.serve(socket));
  context.after(async () => {
    server.destroy();
    await listener.close();
  });
  return path;
}

const behind = (language: Language, startIt: typeof startChain) => async (context: TestContext) => {
  const { path } = await startPeerServer(context, language);
  const chain = await startIt(path);
  context.after(() => chain[Symbol.asyncDispose]());
  return chain.path;
};

interface Subject {
  readonly needs: Language | undefined;
  readonly start: (context: TestContext) => Promise<string>;
}

const foreign = (language: Language) => async (context: TestContext) => (await startPeerServer(context, language)).path;

const subjects: Record<string, Subject> = {
  'our server': { needs: undefined, start: ourServer },
  'the Go server': { needs: 'go', start: foreign('go') },
  'the Rust server': { needs: 'rust', start: foreign('rust') },
  'relay, TLS, forwarder, Rust server': { needs: 'rust', start: behind('rust', startChain) },
  "relay, TLS, Go server in the original forwarder's place": {
    needs: 'go',
    start: behind('go', startChainWithoutForwarder),
  },
};

for (const [subject, { needs, start }] of Object.entries(subjects)) {
  const name = `illegal inputs get the documented verdict, and calls beside them their answers: ${subject}`;
  test(name, { concurrency: 8 }, async (t) => {
    if (needs !== undefined && lacksToolchain(t, needs)) return;
    const one = (input: (typeof illegalInputs)[number]) => async (context: TestContext) => {
      using connection = await RawConnection.dial(await start(context));
      const known = knownFailures.find((entry) => entry.subject === subject && entry.input === input.name);
      const verdict = await judge(connection, input, known?.verdict);
      if (known && verdict === input.verdict) assert.fail('it passes: take it off test/interop/known-failing.json');
      assert.equal(verdict, known ? known.verdict : input.verdict);
    };
    await Promise.all(illegalInputs.map((input) => t.test(input.name, one(input))));
  });
}

test('the list of known failures names subjects and inputs that exist, and says why', () => {
  const names = new Set(illegalInputs.map(({ name }) => name));
  const stale = knownFailures.filter(
    ({ subject, input, why }) => !subjects[subject] || !names.has(input) || why === '',
  );
  assert.deepEqual(stale, []);
});
