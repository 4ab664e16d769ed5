/** kill -9 in the middle of the demo: nothing of it lives on or stays, and the next one works. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { thisMachine, whatIsMissing } from '#dev/demo/namespaces.ts';
import { asOrdinaryUser } from '../support/namespace-command.ts';
import { lacks, lacksRoot } from '../support/requirements.ts';

const program = 'dev/demo/main.ts';
const demo = [process.execPath, join(import.meta.dirname, '../..', program)];

interface Seen {
  readonly pid: number;
  readonly parent: number;
  /** Network and PID namespace. */
  readonly namespaces: readonly string[];
  readonly command: string;
}

function processes(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (fields[0] === 'Z' || fields[0] === 'X') return [];
        const namespaces = ['net', 'pid'].map((kind) => readlinkSync(`/proc/${name}/ns/${kind}`));
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(fields[1]), namespaces, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** The demo's processes: children of children, and what lives in their namespaces. */
function family(root: number): Seen[] {
  const all = processes();
  const pids = new Set([root]);
  for (let grew = true; grew; ) {
    const more = all.filter(({ pid, parent }) => pids.has(parent) && !pids.has(pid));
    for (const { pid } of more) pids.add(pid);
    grew = more.length > 0;
  }
  return all.filter(({ pid }) => pids.has(pid));
}

const own = ['net', 'pid'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));

/** Starts three pods and comes back in the midst of their lives, with all that then runs. */
async function startedMidway(context: TestContext, command: readonly string[]) {
  const [file = '', ...args] = [...command, '--pods', '3'];
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  let said = '';
  const midway = new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the demo ended with ${code} before its middle: ${said}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (/✓ pod-\d +ReadStdout/.test(said)) resolve();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  });
  await midway;
  const members = family(child.pid ?? 0);
  for (const part of ['relay/main.ts', 'adaptor/main.ts', 'forwarder/main.ts', 'agent/main.ts', 'workload.ts']) {
    assert.ok(
      members.some((member) => member.command.includes(part)),
      `${part} runs in the middle of the demo`,
    );
  }
  return { child, members };
}

/** No process of it, and nobody in its namespaces: so the kernel has dropped its devices, mounts and sockets. */
async function assertGone(members: readonly Seen[]): Promise<void> {
  const namespaces = new Set(members.flatMap((member) => member.namespaces).filter((one) => !own.includes(one)));
  assert.ok(namespaces.size > 6, 'the demo and its pods had namespaces of their own');
  const pids = new Set(members.map(({ pid }) => pid));
  let left: Seen[] = [];
  for (let tries = 0; tries < 500; tries += 1) {
    left = processes().filter(({ pid, namespaces: in_ }) => pids.has(pid) || in_.some((one) => namespaces.has(one)));
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(left, []);
}

function assertNextWorks(command: readonly string[]): void {
  const [file = '', ...args] = [...command, '--output', 'json'];
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, stderr);
}

function lacksNamespaces(context: TestContext): boolean {
  const missing = whatIsMissing(thisMachine);
  return lacks(context, missing === undefined, `namespaces for the demo: ${missing}`);
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

const everything = (members: readonly Seen[]) => members.map(({ pid }) => pid);
const named = (text: string) => (members: readonly Seen[]) =>
  members.filter(({ command }) => command.includes(text)).map(({ pid }) => pid);

test('everything is killed at once: nothing stays, and the next demo works', async (t) => {
  if (lacksNamespaces(t)) return;
  const { members } = await startedMidway(t, demo);
  kill(everything(members));
  await assertGone(members);
  assertNextWorks(demo);
});

test('an ordinary user kills everything: the same', async (t) => {
  if (lacksRoot(t) || lacksNamespaces(t)) return;
  const { members } = await startedMidway(t, asOrdinaryUser(program, []));
  kill(everything(members));
  await assertGone(members);
  assertNextWorks(asOrdinaryUser(program, []));
});

test('only the front process is killed: the rest goes with it', async (t) => {
  if (lacksNamespaces(t)) return;
  const { child, members } = await startedMidway(t, demo);
  child.kill('SIGKILL');
  await assertGone(members);
});

test('Ctrl-C ends the whole of it', async (t) => {
  if (lacksNamespaces(t)) return;
  const { child, members } = await startedMidway(t, demo);
  child.kill('SIGINT');
  await assertGone(members);
});

for (const part of ['adaptor/main.ts', 'relay/main.ts', 'scene.ts']) {
  test(`only ${part} is killed: the demo says that it failed, ends, and leaves nothing`, async (t) => {
    if (lacksNamespaces(t)) return;
    const { child, members } = await startedMidway(t, demo);
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
    kill(named(part)(members).slice(-1));
    const [code] = await ended;
    assert.notEqual(code, 0);
    await assertGone(members);
  });
}
