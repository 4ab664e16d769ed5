/** What the forwarder changes in requests on their way to the agent, and what it does to the VM first. */

import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { grpc } from '#codec/gen/agent.js';
import { encodeBytesField } from '#codec/protobuf-wire.ts';
import { encodeFrame, messageTypes } from '#codec/ttrpc/frame.ts';
import type { CallContext } from '#io/ttrpc-server.ts';
import { forwarderRig, runAgent, service } from './forwarder-rig.ts';

const targetPath = 'io.confidentialcontainers.org.peerpodvolumes.target_path';

/** A forwarder whose agent keeps what it is sent. */
async function rig(podNamespace?: string) {
  await using undo = new AsyncDisposableStack();
  const forwarder = undo.use(await forwarderRig({}, {}, podNamespace));
  const seen: { payload: Uint8Array; call: CallContext }[] = [];
  const keep = async (payload: Uint8Array, call: CallContext) => {
    seen.push({ payload, call });
    return new Uint8Array(0);
  };
  const methods = { CreateContainer: keep, CreateSandbox: keep, DestroySandbox: keep };
  undo.use(await runAgent(forwarder.agentPath, methods));
  const { client, socket } = await forwarder.connect();
  const owned = undo.move();
  return {
    ...forwarder,
    client,
    socket,
    seen,
    /** A container as a shim asks for it; gives what the agent got. */
    async create(OCI: object, timeoutMs?: number) {
      const request = grpc.CreateContainerRequest.encode({ containerId: 'c', OCI }).finish();
      await client.call(service, 'CreateContainer', request, timeoutMs === undefined ? {} : { timeoutMs });
      return grpc.CreateContainerRequest.decode(seen.at(-1)?.payload ?? new Uint8Array(0));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const Linux = { CgroupsPath: 'c', Namespaces: [{ Type: 'ipc' }, { Type: 'mount', Path: '/m' }] };

for (const path of ['/run/netns/podns', '']) {
  test(`9.1 row 5: CreateContainer gains the network namespace as the 3rd of 3, path ${JSON.stringify(path)}`, async () => {
    await using vm = await rig(path);
    const { OCI } = await vm.create({ Linux });
    assert.deepEqual(
      OCI?.Linux?.Namespaces?.map(({ Type, Path }) => [Type, Path || '']),
      [
        ['ipc', ''],
        ['mount', '/m'],
        ['network', path],
      ],
    );
  });
}

test('9.1 row 5: CreateSandbox loses its dns and nothing else, unknown fields included', async () => {
  await using vm = await rig();
  const dns = encodeBytesField(2, Buffer.from('nameserver 10.0.0.1'));
  const rest = [encodeBytesField(1, Buffer.from('pod')), encodeBytesField(99, Buffer.from('new'))] as const;
  await vm.client.call(service, 'CreateSandbox', Buffer.concat([dns, rest[0], dns, rest[1]]));
  assert.deepEqual(Buffer.from(vm.seen[0]?.payload ?? []), Buffer.concat(rest));
});

test('everything else of CreateContainer passes byte for byte; without an OCI it fails alone', async () => {
  await using vm = await rig();
  const strange = (number: number) => encodeBytesField(number, Buffer.from('kept'));
  const text = (number: number, value: string) => encodeBytesField(number, Buffer.from(value));
  const message = (number: number, ...parts: Uint8Array[]) => encodeBytesField(number, Buffer.concat(parts));
  const request = (...added: Uint8Array[]) =>
    Buffer.concat([message(6, message(8, text(5, 'cg'), strange(99), ...added), strange(98)), strange(200)]);
  await vm.client.call(service, 'CreateContainer', request());
  const namespace = message(6, text(1, 'network'), text(2, '/run/netns/podns'));
  assert.deepEqual(Buffer.from(vm.seen[0]?.payload ?? []), request(namespace));
  await assert.rejects(vm.client.call(service, 'CreateContainer', strange(1)), { status: 'invalid_argument' });
  await assert.rejects(vm.create({}), /the request has no OCI.Linux/);
  await vm.create({ Linux });
});

test('9.1 row 6: a bind source that is missing is created, a failure to do so is ignored, other types are not', async () => {
  await using vm = await rig();
  await writeFile(join(vm.directory, 'file'), '');
  const at = (name: string) => join(vm.directory, name);
  await mkdir(at('there'));
  const mounts = [
    { destination: '/1', source: at('new/deep/source'), type: 'bind' },
    { destination: '/2', source: at('file/impossible'), type: 'bind' },
    { destination: '/3', source: at('file'), type: 'bind' },
    { destination: '/4', source: at('not-bind'), type: 'local' },
    { destination: '/5', source: at('there'), type: 'bind' },
    { destination: '/6', source: 'tmpfs', type: 'bind' },
  ];
  const { OCI } = await vm.create({ Linux, Mounts: mounts });
  assert.deepEqual(
    OCI?.Mounts?.map(({ source, type }) => [source, type]),
    mounts.map(({ source, type }) => [source, type]),
  );
  assert.ok((await stat(at('new/deep/source'))).isDirectory());
  await assert.rejects(stat(at('not-bind')), { code: 'ENOENT' });
});

test('9.1 row 6: entries of target_path may have blanks, be empty and end in a comma; only sources are waited for', async () => {
  await using vm = await rig();
  const mount = (source: string) => ({ destination: source, source, type: 'local' });
  const create = (list: string, sources: string[], timeoutMs?: number) =>
    vm.create({ Linux, Mounts: sources.map(mount), Annotations: { [targetPath]: list } }, timeoutMs);
  await create(', /proc ,,/nowhere, ', ['/proc', '/etc']); // /proc is a mount point, /nowhere no source
  await create('', ['']);
  await create(',', ['', '/etc']);
  const late = join(vm.directory, 'late');
  await assert.rejects(create(` ${late} `, ['/proc', late], 300), { status: 'deadline_exceeded' });
  assert.equal(vm.seen.length, 3, 'the agent does not hear of a container without its volume');
});

test('the time that an edit takes is taken off what the agent is given', async () => {
  await using vm = await rig();
  await vm.create({ Linux }, 20_000);
  const given = vm.seen[0]?.call.deadlineMs ?? 0;
  assert.ok(given > 10_000 && given < 20_000, `${given} ms`);
  await vm.create({ Linux });
  assert.equal(vm.seen[1]?.call.deadlineMs, undefined, 'no limit stays none');
});

test('a request is edited however its envelope is laid out', async () => {
  await using vm = await rig();
  const payload = grpc.CreateContainerRequest.encode({ containerId: 'c', OCI: { Linux } }).finish();
  const text = (number: number, value: string) => encodeBytesField(number, Buffer.from(value));
  const envelope = Buffer.concat([encodeBytesField(3, payload), text(2, 'CreateContainer'), text(1, service)]);
  vm.socket.write(encodeFrame(9001, messageTypes.request, 0, envelope));
  while (vm.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const { OCI } = grpc.CreateContainerRequest.decode(vm.seen[0]?.payload ?? new Uint8Array(0));
  assert.equal(OCI?.Linux?.Namespaces?.length, 3);
});

test('an edit that makes a request too large is refused on its stream, and the connection goes on', async () => {
  await using vm = await rig(`/${'x'.repeat(4000)}`);
  const Annotations = { large: 'y'.repeat(4 * 1024 * 1024 - 2000) };
  await assert.rejects(vm.create({ Linux, Annotations }), { status: 'resource_exhausted' });
  await vm.create({ Linux });
});

test('metadata goes on with an edited request', async () => {
  await using vm = await rig();
  const metadata = [
    { key: 'traceparent', value: '00-1' },
    { key: 'traceparent', value: '00-2' },
  ];
  await vm.client.call(service, 'CreateSandbox', new Uint8Array(0), { metadata });
  assert.deepEqual(vm.seen[0]?.call.metadata, metadata);
});
