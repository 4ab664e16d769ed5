/** The development kata-agent as a process, called over its socket: every method of the contract. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { grpc } from '#codec/gen/agent.js';
import { grpc as health } from '#codec/gen/health.js';
import { systemClock } from '#io/system-clock.ts';
import { type CallOptions, TtrpcClient } from '#io/ttrpc-client.ts';

const main = join(import.meta.dirname, '../../dev/agent/main.ts');
const service = 'grpc.AgentService';
const nothing = new Uint8Array();

interface Agent {
  readonly client: TtrpcClient;
  readonly directory: string;
  dial(): TtrpcClient;
}

async function startAgent(context: TestContext): Promise<Agent> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-'));
  const path = join(directory, 'agent.sock');
  const args = [main, '-listen', path, '-files-root', join(directory, 'files')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(path) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  const clients: TtrpcClient[] = [];
  const dial = () => {
    const client = new TtrpcClient(connect(path), { clock: systemClock });
    clients.push(client);
    return client;
  };
  context.after(async () => {
    for (const client of clients) client.destroy();
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true });
  });
  return { client: dial(), directory, dial };
}

interface Wanted {
  readonly terminal?: boolean;
  readonly memoryLimit?: number;
  readonly mounts?: readonly { destination: string; source: string }[];
}

async function createAndStart(client: TtrpcClient, id: string, args: readonly string[], wanted: Wanted = {}) {
  // Not through the generated types: their 64-bit fields want a class of their own.
  const limit = wanted.memoryLimit === undefined ? {} : { Resources: { Memory: { Limit: wanted.memoryLimit } } };
  const OCI = {
    Process: { Args: args, Cwd: '/', Terminal: wanted.terminal ?? false },
    Linux: limit,
    Mounts: wanted.mounts ?? [],
  };
  const request = { containerId: id, execId: id, OCI } as unknown as grpc.CreateContainerRequest.$Properties;
  await client.call(service, 'CreateContainer', grpc.CreateContainerRequest.encode(request).finish());
  await client.call(service, 'StartContainer', grpc.StartContainerRequest.encode({ containerId: id }).finish());
}

async function exec(client: TtrpcClient, containerId: string, execId: string, Args: string[], Terminal = false) {
  const request = { containerId, execId, process: { Args, Terminal, Env: ['TERM=xterm', 'COLOUR=blue'] } };
  await client.call(service, 'ExecProcess', grpc.ExecProcessRequest.encode(request).finish());
}

const readOnce = async (
  client: TtrpcClient,
  id: string,
  options: CallOptions & { len?: number; stream?: string } = {},
) => {
  const { len = 32768, stream = 'ReadStdout' } = options;
  const request = grpc.ReadStreamRequest.encode({ ...refOf(id), len }).finish();
  return Buffer.from(grpc.ReadStreamResponse.decode(await client.call(service, stream, request, options)).data);
};

async function readAll(client: TtrpcClient, id: string, stream = 'ReadStdout'): Promise<string> {
  const parts: Buffer[] = [];
  for (;;) {
    const data = await readOnce(client, id, { stream });
    if (data.length === 0) return Buffer.concat(parts).toString();
    parts.push(data);
  }
}

async function readUntil(client: TtrpcClient, id: string, wanted: RegExp): Promise<string> {
  let text = '';
  while (!wanted.test(text)) {
    const data = await readOnce(client, id, { timeoutMs: 5000 });
    assert.notEqual(data.length, 0, `the output ended: ${text}`);
    text += data;
  }
  return text;
}

const refOf = (id: string) => {
  const [containerId = '', execId = containerId] = id.split('/');
  return { containerId, execId };
};

async function wait(client: TtrpcClient, id: string, options: CallOptions = {}): Promise<number> {
  const request = grpc.WaitProcessRequest.encode(refOf(id)).finish();
  return grpc.WaitProcessResponse.decode(await client.call(service, 'WaitProcess', request, options)).status;
}

const signal = (client: TtrpcClient, id: string, number: number) =>
  client.call(service, 'SignalProcess', grpc.SignalProcessRequest.encode({ ...refOf(id), signal: number }).finish());

const write = async (client: TtrpcClient, id: string, text: string) => {
  const request = grpc.WriteStreamRequest.encode({ ...refOf(id), data: Buffer.from(text) }).finish();
  return grpc.WriteStreamResponse.decode(await client.call(service, 'WriteStdin', request)).len;
};

const closeStdin = (client: TtrpcClient, id: string) =>
  client.call(service, 'CloseStdin', grpc.CloseStdinRequest.encode(refOf(id)).finish());

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('runs a container: whole output until its end, stderr apart, the exit code', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['sh', '-c', 'head -c 300000 /dev/zero; echo oops >&2; exit 3']);
  assert.equal((await readAll(client, 'c1')).length, 300_000);
  assert.equal(await readAll(client, 'c1', 'ReadStderr'), 'oops\n');
  assert.equal(await wait(client, 'c1/'), 3);
});

it('passes stdin to an exec, ends it by its close, and forgets it once reaped', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  await exec(client, 'c1', 'e1', ['cat']);
  assert.equal(await write(client, 'c1/e1', 'hello'), 5);
  await closeStdin(client, 'c1/e1');
  assert.equal(await readAll(client, 'c1/e1'), 'hello');
  assert.equal(await wait(client, 'c1/e1'), 0);
  await assert.rejects(wait(client, 'c1/e1'), { status: 'not_found' });
  await assert.rejects(readOnce(client, 'c1/e1'), { status: 'not_found' });
});

it('a first process is reaped by its first waiter, too; those who waited then all have the code', async (context) => {
  const { client, dial } = await startAgent(context);
  await createAndStart(client, 'c1', ['sh', '-c', 'read line; exit 5']);
  const waiters = [wait(client, 'c1'), wait(client, 'c1'), wait(dial(), 'c1')];
  await pause(50);
  await closeStdin(client, 'c1');
  assert.deepEqual(await Promise.all(waiters), [5, 5, 5]);
  await assert.rejects(wait(client, 'c1'), { status: 'not_found' });
});

it('a waiter who leaves before the end reaps nothing: the code is still there for the next', async (context) => {
  const { client, dial } = await startAgent(context);
  await createAndStart(client, 'c1', ['sh', '-c', 'read line; exit 6']);
  const leaver = dial();
  const lost = assert.rejects(wait(leaver, 'c1'), { code: 'E_RPC_CLOSED' });
  await leaver.call('grpc.Health', 'Check', nothing);
  leaver.destroy();
  await lost;
  await closeStdin(client, 'c1');
  await pause(200);
  assert.equal(await wait(client, 'c1'), 6);
});

it('a reader holds the stream: another queues behind it, and the bytes come in order, once each', async (context) => {
  const { client, dial } = await startAgent(context);
  await createAndStart(client, 'c1', ['cat']);
  const first = readOnce(client, 'c1');
  await client.call('grpc.Health', 'Check', nothing);
  const second = readOnce(dial(), 'c1');
  await pause(50);
  await write(client, 'c1', 'one');
  assert.equal((await first).toString(), 'one');
  await write(client, 'c1', 'two');
  assert.equal((await second).toString(), 'two');
});

it('a reader who leaves while it waits has taken nothing', async (context) => {
  const { client, dial } = await startAgent(context);
  await createAndStart(client, 'c1', ['cat']);
  const leaver = dial();
  const lost = assert.rejects(readOnce(leaver, 'c1'), { code: 'E_RPC_CLOSED' });
  await leaver.call('grpc.Health', 'Check', nothing);
  leaver.destroy();
  await lost;
  await write(client, 'c1', 'kept');
  assert.equal((await readOnce(client, 'c1')).toString(), 'kept');
});

it('reads at most as many bytes as asked for, and holds a process back whose output nobody reads', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['sh', '-c', 'head -c 20000000 /dev/zero; echo done >&2']);
  assert.equal((await readOnce(client, 'c1', { len: 7 })).length, 7);
  const early = readOnce(client, 'c1', { stream: 'ReadStderr', timeoutMs: 300 });
  await assert.rejects(early, { status: 'deadline_exceeded' }, 'it cannot have written all of it');
  assert.equal((await readAll(client, 'c1')).length, 20_000_000 - 7);
  assert.equal(await readAll(client, 'c1', 'ReadStderr'), 'done\n');
});

it('a long-poll that nothing happens to is answered at its deadline, and others go on beside it', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  const read = assert.rejects(readOnce(client, 'c1', { timeoutMs: 150 }), { status: 'deadline_exceeded' });
  const waiting = assert.rejects(wait(client, 'c1', { timeoutMs: 150 }), { status: 'deadline_exceeded' });
  const memory = client.call(service, 'GetOOMEvent', nothing, { timeoutMs: 150 });
  await assert.rejects(memory, { status: 'deadline_exceeded' });
  await Promise.all([read, waiting]);
  await exec(client, 'c1', 'e', ['true']);
  assert.equal(await wait(client, 'c1/e'), 0);
});

it('signals reach a process and what it started; the status is 128 and the number', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  for (const number of [1, 2, 9, 15]) {
    await exec(client, 'c1', 'e', ['sh', '-c', 'echo up; sleep 60 & wait']);
    await readUntil(client, 'c1/e', /up/);
    await signal(client, 'c1/e', number);
    assert.equal(await wait(client, 'c1/e'), 128 + number);
  }
  await exec(client, 'c1', 'trap', ['sh', '-c', 'trap "exit 9" USR1; echo up; while :; do sleep 0.05; done']);
  await readUntil(client, 'c1/trap', /up/);
  await signal(client, 'c1/trap', 10);
  assert.equal(await wait(client, 'c1/trap'), 9, 'a signal that is handled is no end');
  await assert.rejects(signal(client, 'c1/trap', 15), { status: 'not_found' });
  await assert.rejects(signal(client, 'c1', 4096), { status: 'invalid_argument' });
});

it('KILL without an exec id ends the whole container; so does the end of its first process', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  await exec(client, 'c1', 'e1', ['sleep', '60']);
  await signal(client, 'c1/', 9);
  assert.deepEqual(await Promise.all([wait(client, 'c1'), wait(client, 'c1/e1')]), [137, 137]);
  await createAndStart(client, 'c2', ['sh', '-c', 'read line; exit 0']);
  await exec(client, 'c2', 'e1', ['sleep', '60']);
  await closeStdin(client, 'c2');
  assert.deepEqual(await Promise.all([wait(client, 'c2'), wait(client, 'c2/e1')]), [0, 137]);
});

it('a terminal is one: its name, its size and changes of it, echo, one stream, exit code, signals', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  const script = 'tty; echo to stderr >&2; echo ready; while read line; do stty size; echo "got $line"; done; exit 4';
  await exec(client, 'c1', 'tty', ['sh', '-c', script], true);
  const greeting = await readUntil(client, 'c1/tty', /ready/);
  assert.match(greeting, /^\/dev\/pts\/\d+\r\nto stderr\r\nready/);
  const size = grpc.TtyWinResizeRequest.encode({ ...refOf('c1/tty'), row: 42, column: 123 }).finish();
  await client.call(service, 'TtyWinResize', size);
  await write(client, 'c1/tty', 'hello\n');
  assert.match(await readUntil(client, 'c1/tty', /got hello/), /42 123\r\n/);
  await closeStdin(client, 'c1/tty');
  await readAll(client, 'c1/tty');
  assert.equal(await wait(client, 'c1/tty'), 4);
  await exec(client, 'c1', 'told', ['sh', '-c', 'trap "exit 8" WINCH; echo up; while :; do sleep 0.05; done'], true);
  await readUntil(client, 'c1/told', /up/);
  const other = grpc.TtyWinResizeRequest.encode({ ...refOf('c1/told'), row: 10, column: 20 }).finish();
  await client.call(service, 'TtyWinResize', other);
  assert.equal(await wait(client, 'c1/told'), 8, 'SIGWINCH came');
  await exec(client, 'c1', 'killed', ['sh', '-c', 'echo "$COLOUR $TERM"; sleep 60'], true);
  assert.match(await readUntil(client, 'c1/killed', /xterm/), /blue xterm/);
  await signal(client, 'c1/killed', 15);
  assert.equal(await wait(client, 'c1/killed'), 143);
});

it('only a terminal has a size', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  const size = grpc.TtyWinResizeRequest.encode({ ...refOf('c1'), row: 1, column: 1 }).finish();
  await assert.rejects(client.call(service, 'TtyWinResize', size), { status: 'failed_precondition' });
});

it('stats tell of CPU time, memory, processes and the network', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', [
    'sh',
    '-c',
    'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; sleep 60 & echo up; wait',
  ]);
  await readUntil(client, 'c1', /up/);
  const request = grpc.StatsContainerRequest.encode({ containerId: 'c1' }).finish();
  const reply = await client.call(service, 'StatsContainer', request);
  const { cgroupStats, networkStats } = grpc.StatsContainerResponse.decode(reply);
  assert.ok(Number(cgroupStats?.cpuStats?.cpuUsage?.totalUsage) >= 10_000_000, 'at least one tick');
  assert.ok(Number(cgroupStats?.memoryStats?.usage?.usage) > 100_000);
  assert.equal(Number(cgroupStats?.pidsStats?.current), 2);
  assert.ok(networkStats.some(({ name }) => name === 'lo'));
  const unknown = grpc.StatsContainerRequest.encode({ containerId: 'c9' }).finish();
  await assert.rejects(client.call(service, 'StatsContainer', unknown), { status: 'not_found' });
});

const hungry = (mebibytes: number) => [
  'sh',
  '-c',
  `head -c ${mebibytes}M /dev/zero | tail -c ${mebibytes}M | sleep 60`,
];

it('a container over its memory limit loses its largest process, and the long-poll hears of it, once', async (context) => {
  const { client, dial } = await startAgent(context);
  const leaver = dial();
  const lost = assert.rejects(leaver.call(service, 'GetOOMEvent', nothing), { code: 'E_RPC_CLOSED' });
  const event = client.call(service, 'GetOOMEvent', nothing);
  await leaver.call('grpc.Health', 'Check', nothing);
  leaver.destroy();
  await lost;
  await createAndStart(client, 'modest', hungry(1), { memoryLimit: 64 * 1024 * 1024 });
  await createAndStart(client, 'greedy', hungry(200), { memoryLimit: 64 * 1024 * 1024 });
  assert.equal(grpc.OOMEvent.decode(await event).containerId, 'greedy');
  const more = client.call(service, 'GetOOMEvent', nothing, { timeoutMs: 300 });
  await assert.rejects(more, { status: 'deadline_exceeded' });
});

it('a limit that comes later holds as well', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', hungry(100));
  await pause(300);
  const limit = { Memory: { Limit: 32 * 1024 * 1024 } } as unknown as grpc.LinuxResources.$Properties;
  const request = grpc.UpdateContainerRequest.encode({ containerId: 'c1', resources: limit }).finish();
  await client.call(service, 'UpdateContainer', request);
  const reply = await client.call(service, 'GetOOMEvent', nothing, { timeoutMs: 5000 });
  assert.equal(grpc.OOMEvent.decode(reply).containerId, 'c1');
});

it('a paused container stands still, a resumed one goes on', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['sh', '-c', 'while read line; do echo "$line"; done']);
  await client.call(service, 'PauseContainer', grpc.PauseContainerRequest.encode({ containerId: 'c1' }).finish());
  await write(client, 'c1', 'hello\n');
  await assert.rejects(readOnce(client, 'c1', { timeoutMs: 200 }), { status: 'deadline_exceeded' });
  await client.call(service, 'ResumeContainer', grpc.ResumeContainerRequest.encode({ containerId: 'c1' }).finish());
  assert.equal((await readOnce(client, 'c1', { timeoutMs: 5000 })).toString(), 'hello\n');
});

it('CopyFile: a file comes in pieces and is there when whole, with its mode; directories and links, too', async (context) => {
  const { client, directory } = await startAgent(context);
  const root = join(directory, 'files');
  const copy = (path: string, fileMode: number, offset: number, text: string, fileSize = text.length) => {
    const piece = { path, fileMode, dirMode: 0o750, uid: 0, gid: 0, offset, fileSize, data: Buffer.from(text) };
    const request = piece as unknown as grpc.CopyFileRequest.$Properties;
    return client.call(service, 'CopyFile', grpc.CopyFileRequest.encode(request).finish());
  };
  const path = join(root, 'c1/resolv.conf');
  await copy(path, 0o100640, 0, 'search ', 12);
  assert.ok(!existsSync(path));
  await copy(path, 0o100640, 7, 'local', 12);
  assert.equal(readFileSync(path, 'utf8'), 'search local');
  await copy(join(root, 'c1/empty'), 0o100600, 0, '');
  assert.equal(readFileSync(join(root, 'c1/empty'), 'utf8'), '');
  await copy(join(root, 'c1/folder'), 0o040755, 0, '');
  await copy(join(root, 'c1/link'), 0o120777, 0, 'resolv.conf');
  assert.equal(readFileSync(join(root, 'c1/link'), 'utf8'), 'search local');
  for (const bad of ['/etc/passwd', join(root, 'x').replace('/x', '/../x'), `${root}/a/../../b`, 'relative', root]) {
    await assert.rejects(copy(bad, 0o100644, 0, 'x'), { status: 'invalid_argument' }, bad);
  }
  await assert.rejects(copy(path, 0o100644, 10, 'beyond', 12), { status: 'invalid_argument' });
  await assert.rejects(copy(path, 0o100644, -1, 'x', 12), { status: 'invalid_argument' });
});

it('the termination log is diagnostic data; nothing else is', async (context) => {
  const { client, directory } = await startAgent(context);
  const source = join(directory, 'log');
  await writeFile(source, 'why it ended');
  await createAndStart(client, 'c1', ['/pause'], { mounts: [{ destination: '/dev/termination-log', source }] });
  await createAndStart(client, 'c2', ['/pause']);
  const ask = async (containerId: string, logType: string) => {
    const request = grpc.GetDiagnosticDataRequest.encode({ containerId, logType }).finish();
    const reply = await client.call(service, 'GetDiagnosticData', request);
    return Buffer.from(grpc.GetDiagnosticDataResponse.decode(reply).data).toString();
  };
  assert.equal(await ask('c1', 'termination_log'), 'why it ended');
  await assert.rejects(ask('c2', 'termination_log'), { status: 'not_found' });
  await assert.rejects(ask('c1', 'core_dump'), { status: 'invalid_argument' });
});

it('answers an outstanding wait when the process is killed, and destroys the sandbox', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  await createAndStart(client, 'c2', ['/pause']);
  const waiting = wait(client, 'c1');
  await signal(client, 'c1', 9);
  assert.equal(await waiting, 137);
  await client.call(service, 'DestroySandbox', nothing);
  await assert.rejects(wait(client, 'c2'), { status: 'not_found' });
});

it('a container is created and started once, with a process; what cannot start says so', async (context) => {
  const { client } = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  await assert.rejects(createAndStart(client, 'c1', ['/pause']), { status: 'already_exists' });
  const start = grpc.StartContainerRequest.encode({ containerId: 'c1' }).finish();
  await assert.rejects(client.call(service, 'StartContainer', start), { status: 'failed_precondition' });
  await assert.rejects(createAndStart(client, '../c2', ['/pause']), { status: 'invalid_argument' });
  await assert.rejects(createAndStart(client, 'c3', ['/no/such/program']), { status: 'invalid_argument' });
  await assert.rejects(createAndStart(client, 'c4', []), { status: 'invalid_argument' });
  const bare = grpc.CreateContainerRequest.encode({ containerId: 'c5' }).finish();
  await assert.rejects(client.call(service, 'CreateContainer', bare), { status: 'invalid_argument' });
  await exec(client, 'c1', 'e', ['sleep', '60']);
  await assert.rejects(exec(client, 'c1', 'e', ['true']), { status: 'already_exists' });
  await assert.rejects(exec(client, 'c9', 'e', ['true']), { status: 'not_found' });
  const remove = grpc.RemoveContainerRequest.encode({ containerId: 'c1' }).finish();
  await client.call(service, 'RemoveContainer', remove);
  await createAndStart(client, 'c1', ['/pause']);
});

it('Health answers Check and Version, GetGuestDetails tells the version', async (context) => {
  const { client } = await startAgent(context);
  const check = health.HealthCheckResponse.decode(await client.call('grpc.Health', 'Check', nothing));
  assert.equal(check.status, 1);
  const version = health.VersionCheckResponse.decode(await client.call('grpc.Health', 'Version', nothing));
  assert.match(version.agentVersion, /development/);
  const details = grpc.GuestDetailsResponse.decode(await client.call(service, 'GetGuestDetails', nothing));
  assert.equal(details.agentDetails?.version, version.agentVersion);
});

/** Nothing of the machine that a pod VM has and a namespace does not. */
const unimplemented = [
  'UpdateEphemeralMounts',
  'RemoveStaleVirtiofsShareMounts',
  'UpdateInterface',
  'UpdateRoutes',
  'ListInterfaces',
  'ListRoutes',
  'AddARPNeighbors',
  'GetIPTables',
  'SetIPTables',
  'GetMetrics',
  'MemAgentMemcgSet',
  'MemAgentCompactSet',
  'OnlineCPUMem',
  'ReseedRandomDev',
  'MemHotplugByProbe',
  'SetGuestDateTime',
  'AddSwap',
  'AddSwapPath',
  'GetVolumeStats',
  'ResizeVolume',
];

it('every other method of the contract is UNIMPLEMENTED by name; malformed requests fail their call alone', async (context) => {
  const { client } = await startAgent(context);
  for (const method of unimplemented) {
    await assert.rejects(client.call(service, method, nothing), {
      status: 'unimplemented',
      message: new RegExp(method),
    });
  }
  const bad = Buffer.from('ff', 'hex');
  const decoding = ['CreateContainer', 'StartContainer', 'ExecProcess', 'SignalProcess', 'WaitProcess', 'ReadStdout'];
  for (const method of decoding) {
    const reply = client.call(service, method, bad, { timeoutMs: 2000 });
    await assert.rejects(reply, (error: { status?: string }) => error.status !== 'deadline_exceeded');
  }
  for (const method of ['CreateSandbox', 'SetPolicy']) await client.call(service, method, nothing);
});
