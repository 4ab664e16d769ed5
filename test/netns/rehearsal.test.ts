/** What a pod VM plays through while it waits for a pod, in this kernel: it works, and nothing of it is left. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { rehearse } from '../../podvm/guest/rehearsal.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { lacksCommand } from '../support/requirements.ts';

const directory = '/run/rehearsal';
const agentSocket = '/run/agent.sock';
const settleMsMax = 3000;
/** More than the connections that may still be closing when descriptors are counted. */
const rehearsals = 8;

/** All that a rehearsal could leave in the machine: files, mounts, interfaces, rules, sockets. */
function traces(): Record<string, unknown> {
  const told = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: 'utf8' });
  return {
    files: readdirSync('/run', { recursive: true }).toSorted(),
    mounts: readFileSync('/proc/self/mounts', 'utf8'),
    links: told('ip', '-brief', 'link'),
    rules: told('nft', 'list', 'ruleset'),
    sockets: told('ss', '--no-header', '--listening', '--tcp', '--udp', '--numeric'),
  };
}

/** Of this process, to sockets, namespaces and files that a rehearsal opens. */
function descriptors(): number {
  const targets = readdirSync('/proc/self/fd').map(descriptorTarget);
  return targets.filter((target) => /^(socket|net):|^\/run|null$/.test(target)).length;
}

/** The last ends of its connections close a moment after it. */
async function assertDescriptorsAtMost(expected: number): Promise<void> {
  for (const until = performance.now() + settleMsMax; descriptors() > expected; await delay(20)) {
    if (performance.now() > until) return assert.fail(`${descriptors()} descriptors, of ${expected}`);
  }
}

function descriptorTarget(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return ''; // the one that the list was read with
  }
}

/** Health.Check of the agent, and how often it was called. */
async function agent(context: TestContext, check: () => Promise<Uint8Array>): Promise<void> {
  const server = new TtrpcServer({ services: { 'grpc.Health': { Check: check } }, clock: systemClock });
  const listener = await listenUnix(agentSocket, (socket) => server.serve(socket));
  context.after(async () => {
    await listener.close();
    await server.drain(1000);
  });
}

if (insideOwnNamespaces(import.meta.filename)) {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);

  test('a rehearsal goes through to the agent, and leaves nothing', async (context) => {
    if (lacksCommand(context, 'nft') || lacksCommand(context, 'ss')) return;
    let calls = 0;
    await agent(context, async () => {
      calls += 1;
      return new Uint8Array();
    });
    const before = traces();
    await rehearse({ directory, agentSocket }); // what loads at first use has its descriptors from here on
    const open = descriptors();
    for (let time = 0; time < rehearsals; time += 1) await rehearse({ directory, agentSocket });
    assert.deepEqual(traces(), before);
    await assertDescriptorsAtMost(open);
    assert.equal(calls, 1 + rehearsals);
  });

  test('where the agent starts with the pod, one that answers stands in for it', async (context) => {
    if (lacksCommand(context, 'nft') || lacksCommand(context, 'ss')) return;
    const before = traces();
    await rehearse({ directory, agentSocket: undefined });
    assert.deepEqual(traces(), before);
  });

  test('a rehearsal that fails says so, and leaves nothing either', async (context) => {
    if (lacksCommand(context, 'nft') || lacksCommand(context, 'ss')) return;
    await agent(context, () => Promise.reject(new Error('not today')));
    const before = traces();
    await assert.rejects(rehearse({ directory, agentSocket }), /not today|UNKNOWN|INTERNAL/);
    assert.deepEqual(traces(), before);
  });

  test("a folder that is somebody else's is neither used nor removed", async (context) => {
    if (lacksCommand(context, 'nft') || lacksCommand(context, 'ss')) return;
    await mkdir(directory);
    await writeFile(`${directory}/mine`, '');
    const before = traces();
    await assert.rejects(rehearse({ directory, agentSocket: undefined }), { code: 'EEXIST' });
    assert.deepEqual(traces(), before);
  });
}
