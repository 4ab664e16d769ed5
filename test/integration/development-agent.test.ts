/** The development kata-agent as a process, called over its socket. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { grpc } from '#codec/gen/agent.js';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';

const main = join(import.meta.dirname, '../../dev/agent/main.ts');
const service = 'grpc.AgentService';

async function startAgent(context: TestContext): Promise<TtrpcClient> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-'));
  const path = join(directory, 'agent.sock');
  const child = spawn(process.execPath, [main, '-listen', path], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(path) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  const client = new TtrpcClient(connect(path), { clock: systemClock });
  context.after(async () => {
    client.destroy();
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true });
  });
  return client;
}

async function createAndStart(client: TtrpcClient, id: string, Args: string[], Terminal = false): Promise<void> {
  const request = { containerId: id, execId: id, OCI: { Process: { Args, Cwd: '/', Terminal } } };
  await client.call(service, 'CreateContainer', grpc.CreateContainerRequest.encode(request).finish());
  await client.call(service, 'StartContainer', grpc.StartContainerRequest.encode({ containerId: id }).finish());
}

async function readAll(client: TtrpcClient, method: string, containerId: string, execId: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const request = grpc.ReadStreamRequest.encode({ containerId, execId, len: 32768 }).finish();
    const { data } = grpc.ReadStreamResponse.decode(await client.call(service, method, request));
    if (data.length === 0) return Buffer.concat(parts).toString();
    parts.push(data);
  }
}

async function wait(client: TtrpcClient, containerId: string, execId: string): Promise<number> {
  const request = grpc.WaitProcessRequest.encode({ containerId, execId }).finish();
  return grpc.WaitProcessResponse.decode(await client.call(service, 'WaitProcess', request)).status;
}

it('runs a container: whole output until its end, stderr apart, the exit code for every waiter', async (context) => {
  const client = await startAgent(context);
  await createAndStart(client, 'c1', ['sh', '-c', 'head -c 300000 /dev/zero; echo oops >&2; exit 3']);
  assert.equal((await readAll(client, 'ReadStdout', 'c1', 'c1')).length, 300_000);
  assert.equal(await readAll(client, 'ReadStderr', 'c1', 'c1'), 'oops\n');
  assert.deepEqual(await Promise.all([wait(client, 'c1', 'c1'), wait(client, 'c1', '')]), [3, 3]);
});

it('passes stdin to an exec, ends it by its close, and forgets it once reaped', async (context) => {
  const client = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  const exec = { containerId: 'c1', execId: 'e1' };
  const request = { ...exec, process: { Args: ['cat'] } };
  await client.call(service, 'ExecProcess', grpc.ExecProcessRequest.encode(request).finish());
  const write = grpc.WriteStreamRequest.encode({ ...exec, data: Buffer.from('hello') }).finish();
  await client.call(service, 'WriteStdin', write);
  await client.call(service, 'CloseStdin', grpc.CloseStdinRequest.encode(exec).finish());
  assert.equal(await readAll(client, 'ReadStdout', 'c1', 'e1'), 'hello');
  assert.equal(await wait(client, 'c1', 'e1'), 0);
  await assert.rejects(wait(client, 'c1', 'e1'), { status: 'not_found' });
});

it('answers an outstanding wait when the process is killed, and destroys the sandbox', async (context) => {
  const client = await startAgent(context);
  await createAndStart(client, 'c1', ['/pause']);
  await createAndStart(client, 'c2', ['/pause']);
  const waiting = wait(client, 'c1', 'c1');
  const signal = grpc.SignalProcessRequest.encode({ containerId: 'c1', execId: 'c1', signal: 9 }).finish();
  await client.call(service, 'SignalProcess', signal);
  assert.equal(await waiting, 137);
  await client.call(service, 'DestroySandbox', new Uint8Array());
  await assert.rejects(wait(client, 'c2', 'c2'), { status: 'not_found' });
});
