/** Cloud volumes on real block devices: loop devices stand where a cloud's disks would be. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { grpc } from '#codec/gen/agent.js';
import { fieldBytes, fieldString, wireFields } from '#codec/protobuf-wire.ts';
import { CloudVolumes, type CloudVolumesOptions } from '#domain/forward/cloud-volumes.ts';
import { mountPoints } from '#domain/forward/mount-wait.ts';
import { runProgram } from '#io/run-program.ts';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcServer, type UnaryHandler } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { lacks, lacksCommand, lacksRoot } from '../support/requirements.ts';
import { forwarderRig, runAgent, service } from './forwarder-rig.ts';

function lacksDisks(context: TestContext): boolean {
  return (
    lacksRoot(context) ||
    ['losetup', 'mkfs.ext4', 'mkfs.ext3', 'blkid', 'mount'].some((command) => lacksCommand(context, command)) ||
    lacks(context, existsSync('/dev/loop-control'), 'loop devices')
  );
}

interface Disk extends AsyncDisposable {
  readonly device: string;
}

async function disk(): Promise<Disk> {
  const directory = await mkdtemp(join(tmpdir(), 'disk-'));
  const file = join(directory, 'disk.img');
  await writeFile(file, '');
  await truncate(file, 32 * 1024 * 1024);
  const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
  return {
    device,
    async [Symbol.asyncDispose]() {
      execFileSync('losetup', ['--detach', device]);
      await rm(directory, { recursive: true });
    },
  };
}

const mountedNow = () => mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'));

/** A VM with the disks at LUN 0, 1, …, its forwarder, and an agent that shows the containers it was given. */
async function vmWith(disks: readonly Disk[], options: Partial<CloudVolumesOptions> = {}) {
  await using undo = new AsyncDisposableStack();
  const rig = undo.use(await forwarderRig(options));
  const volumePath = (name: string) => join(rig.directory, 'run/cloud-volumes', name);
  undo.defer(() => {
    for (const path of [...mountedNow()].filter((each) => each.startsWith(rig.directory)).toReversed()) {
      execFileSync('umount', [path]);
    }
  });
  await mkdir(join(rig.directory, 'dev/disk/azure/data/by-lun'), { recursive: true });
  for (const [lun, { device }] of disks.entries()) {
    await symlink(device, join(rig.directory, `dev/disk/azure/data/by-lun/${lun}`));
  }
  const containers: grpc.CreateContainerRequest[] = [];
  const destroyed: string[][] = [];
  const empty = new Uint8Array(0);
  const methods: Record<string, UnaryHandler> = {
    CreateContainer: async (payload) => {
      containers.push(grpc.CreateContainerRequest.decode(payload));
      return empty;
    },
    DestroySandbox: async () => {
      destroyed.push([...mountedNow()].filter((path) => path.startsWith(rig.directory)));
      return empty;
    },
  };
  undo.use(await runAgent(rig.agentPath, methods));
  const { client } = await rig.connect();
  const owned = undo.move();
  return {
    rig,
    containers,
    /** What was still mounted when the agent was told to destroy the sandbox. */
    destroyed,
    volumePath,
    async create(volumes: object | string, more: { mounts?: object[] } = {}) {
      const annotation = typeof volumes === 'string' ? volumes : JSON.stringify(volumes);
      const Mounts = more.mounts ?? [{ destination: '/data', source: '/host/data', type: 'local', options: ['rw'] }];
      const Annotations = { 'io.confidentialcontainers.org.cloud_volumes': annotation };
      const OCI = { Mounts, Annotations, Linux: { CgroupsPath: 'c' } };
      const request = grpc.CreateContainerRequest.encode({ containerId: 'c', OCI }).finish();
      await client.call(service, 'CreateContainer', request);
    },
    destroySandbox: () => client.call(service, 'DestroySandbox', empty),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const volume = (lun: number, more: object = {}) => ({ mount_point: '/data', lun: String(lun), ...more });

test('9.1 row 7: a blank disk gets a file system once, keeps its data, and the container mount leads to it', async (context) => {
  if (lacksDisks(context)) return;
  await using blank = await disk();
  {
    await using vm = await vmWith([blank]);
    await vm.create({ 'vol-0': volume(0, { fs_group: '2345' }) });
    const path = vm.volumePath('vol-0');
    const [mount] = vm.containers[0]?.OCI?.Mounts ?? [];
    assert.deepEqual([mount?.source, mount?.type, mount?.options], [path, 'bind', ['rw']]);
    const { gid, mode } = await stat(path);
    assert.deepEqual([gid, mode & 0o7777], [2345, 0o2775]);
    assert.match(execFileSync('findmnt', ['-n', '-o', 'SOURCE,FSTYPE', path], { encoding: 'utf8' }), /loop\d+ +ext4/);
    await writeFile(join(path, 'kept'), 'data');
    await vm.create({ 'vol-0': volume(0) }); // the second container that uses it
    assert.equal(vm.containers[1]?.OCI?.Mounts?.[0]?.source, path);
    await vm.destroySandbox();
    assert.deepEqual(vm.destroyed, [[]], 'unmounted before the agent hears of the end');
  }
  await using next = await vmWith([blank]);
  await next.create({ other: volume(0) });
  assert.equal(await readFile(join(next.volumePath('other'), 'kept'), 'utf8'), 'data');
});

/** A master boot record with one Linux partition. */
function partitionTable(): Buffer {
  const sector = Buffer.alloc(512);
  sector.set([0, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0x40, 0, 0], 446);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

test('a disk that holds anything is never formatted', async (context) => {
  if (lacksDisks(context)) return;
  const head = (device: string) => readFileSync(device).subarray(0, 65536);
  for (const prepare of [
    (device: string) => execFileSync('mkswap', [device], { stdio: 'ignore' }),
    (device: string) => writeFileSync(device, partitionTable()),
  ]) {
    await using used = await disk();
    prepare(used.device);
    const before = head(used.device);
    await using vm = await vmWith([used]);
    await assert.rejects(
      vm.create({ 'vol-0': volume(0) }),
      /failed_precondition.*E_CLOUD_VOLUME.*holds.*cannot be mounted/s,
    );
    assert.deepEqual(vm.containers, []);
    assert.ok(head(used.device).equals(before));
  }
});

test('a file system of another kind than asked for is mounted as what it is', async (context) => {
  if (lacksDisks(context)) return;
  await using used = await disk();
  execFileSync('mkfs.ext3', ['-q', used.device]);
  await using vm = await vmWith([used]);
  await vm.create({ 'vol-0': volume(0, { fs_type: 'xfs' }) });
  assert.ok(mountedNow().has(vm.volumePath('vol-0')));
});

test('volumes are mounted by name and unmounted in reverse, also by a forwarder that was started anew', async (context) => {
  if (lacksDisks(context)) return;
  await using disks = new AsyncDisposableStack();
  const pair = [disks.use(await disk()), disks.use(await disk())];
  const ran: string[] = [];
  const run: CloudVolumesOptions['run'] = (command, args, timeoutMs) => {
    ran.push(`${command} ${args.at(-1)}`);
    return runProgram(command, args, timeoutMs);
  };
  await using vm = await vmWith(pair, { run });
  const mounts = ['/b', '/a'].map((destination) => ({ destination, source: '/x', type: 'local' }));
  const [first, second] = [vm.volumePath('vol-0'), vm.volumePath('vol-1')];
  await vm.create(
    { 'vol-1': volume(1, { mount_point: '/b', fs_type: 'ext3' }), 'vol-0': volume(0, { mount_point: '/a' }) },
    { mounts },
  );
  const sources = vm.containers[0]?.OCI?.Mounts?.map((mount) => mount.source);
  assert.deepEqual(sources, [second, first]);
  const order = (verb: string) => ran.filter((line) => line.startsWith(verb)).map((line) => line.split(' ')[1]);
  assert.deepEqual([...new Set(order('mount'))], [first, second]);
  const anew = new CloudVolumes({ ...vm.rig.volumes, run });
  await anew.detachAll();
  assert.deepEqual(order('umount'), [second, first]);
  assert.ok(!mountedNow().has(first) && !mountedNow().has(second));
  assert.equal(existsSync(first), false);
});

test('9.1 row 7: each wrong annotation fails the call before anything is done, and the agent does not hear of it', async (context) => {
  if (lacksDisks(context)) return;
  await using blank = await disk();
  const ran: string[] = [];
  const run: CloudVolumesOptions['run'] = async (command) => {
    ran.push(command);
    return { exitCode: 1, output: '' };
  };
  await using vm = await vmWith([blank], { run });
  const good = volume(0);
  for (const wrong of [
    '{"vol-0": ',
    { a: good, b: { lun: '0' } },
    { a: good, b: { mount_point: '/data' } },
    { a: good, b: { ...good, fs_type: 'ntfs' } },
    { a: good, '../escape': good },
    { a: good, b: { ...good, lun: 'abc' } },
    { a: good, b: { ...good, encrypt_type: 'luks2' } },
  ]) {
    await assert.rejects(vm.create(wrong), { status: 'failed_precondition' }, JSON.stringify(wrong));
  }
  assert.deepEqual(ran, []);
  assert.equal(vm.containers.length, 0);
  await vm.create(''); // an empty annotation means no volumes
  assert.equal(vm.containers[0]?.OCI?.Mounts?.[0]?.source, '/host/data');
});

test('a disk that never comes fails the call after its attempts; one that comes late is found', async (context) => {
  if (lacksDisks(context)) return;
  await using blank = await disk();
  await using vm = await vmWith([], { search: { attemptsMax: 20, everyMs: 50 } });
  const link = join(vm.rig.directory, 'dev/disk/azure/data/by-lun/7');
  const late = vm.create({ 'vol-0': volume(7) });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await symlink(blank.device, link);
  await late;
  await assert.rejects(vm.create({ 'vol-1': volume(8) }), /LUN 8, platform azure, 20 attempts/);
});

/** Plays the Confidential Data Hub: a real ttrpc server that mounts the device it is asked for, as it is. */
async function dataHub(directory: string) {
  const requests: Record<string, string>[] = [];
  let refusal: Error | undefined;
  const SecureMount: UnaryHandler = async (payload) => {
    if (refusal) throw refusal;
    const request: Record<string, string> = {};
    for (const field of wireFields(payload)) {
      if (field.number === 2) {
        const [key, value] = [...wireFields(fieldBytes(payload, field))];
        const entry = fieldBytes(payload, field);
        if (key && value) request[fieldString(entry, key)] = fieldString(entry, value);
      } else
        request[{ 1: 'volume_type', 3: 'flags', 4: 'mount_point' }[field.number] ?? '?'] = fieldString(payload, field);
    }
    requests.push(request);
    if (request.sourceType === 'empty') execFileSync('mkfs.ext4', ['-q', request.devicePath ?? '']);
    execFileSync('mount', ['-t', request.filesystemType ?? '', request.devicePath ?? '', request.mount_point ?? '']);
    return new Uint8Array(0);
  };
  const server = new TtrpcServer({ services: { 'api.SecureMountService': { SecureMount } }, clock: systemClock });
  const listener = await listenUnix(join(directory, 'cdh.sock'), (socket) => server.serve(socket));
  return {
    requests,
    refuse(error: Error) {
      refusal = error;
    },
    async [Symbol.asyncDispose]() {
      server.destroy();
      await listener.close();
    },
  };
}

test('an encrypted volume is mounted by the Confidential Data Hub, and its mapping is closed at the end', async (context) => {
  if (lacksDisks(context)) return;
  await using blank = await disk();
  const closed: string[][] = [];
  const run: CloudVolumesOptions['run'] = async (command, args, timeoutMs) => {
    if (command !== 'cryptsetup') return runProgram(command, args, timeoutMs);
    closed.push([...args]); // a kernel with dm-crypt is not everywhere
    return { exitCode: 0, output: '' };
  };
  await using vm = await vmWith([blank], { run, log: silentLog });
  await using hub = await dataHub(vm.rig.directory);
  const encrypted = volume(0, { encrypt_type: 'LUKS2', key_id: 'default/key/vol0' });
  await vm.create({ 'vol-0': encrypted });
  const path = vm.volumePath('vol-0');
  assert.deepEqual(hub.requests, [
    {
      volume_type: 'block-device',
      devicePath: blank.device,
      sourceType: 'empty',
      targetType: 'fileSystem',
      encryptionType: 'luks2',
      filesystemType: 'ext4',
      key: 'kbs:///default/key/vol0',
      mapperName: 'caa-vol-0',
      mount_point: path,
    },
  ]);
  assert.equal(vm.containers[0]?.OCI?.Mounts?.[0]?.source, path);
  await vm.create({ 'vol-0': encrypted });
  assert.equal(hub.requests.length, 1, 'mounted already');
  await mkdir(join(vm.rig.directory, 'dev/mapper'), { recursive: true });
  for (const name of ['caa-vol-0', 'control', 'root']) await writeFile(join(vm.rig.directory, 'dev/mapper', name), '');
  await vm.destroySandbox();
  assert.deepEqual(closed, [['close', 'caa-vol-0']]);
  assert.deepEqual(vm.destroyed, [[]]);
});

test('a LUKS header is opened; a plain file system is never encrypted over; a refusal of the hub is told', async (context) => {
  if (lacksDisks(context)) return;
  await using used = await disk();
  await using vm = await vmWith([used]);
  await using hub = await dataHub(vm.rig.directory);
  const encrypted = volume(0, { encrypt_type: 'luks', key_id: 'k' });
  execFileSync('mkfs.ext4', ['-q', used.device]);
  await assert.rejects(vm.create({ 'vol-0': encrypted }), /E_CLOUD_VOLUME.*is to be encrypted and holds.*ext4/);
  const header = await open(used.device, 'r+');
  await header.write(Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]), 0, 6, 0); // an ext4's superblock is at 1024
  await header.close();
  await vm.create({ 'vol-0': encrypted });
  assert.equal(hub.requests[0]?.sourceType, 'encrypted');
  await vm.destroySandbox();
  hub.refuse(new Error('no key'));
  await assert.rejects(vm.create({ 'vol-0': encrypted }), /failed_precondition.*E_CLOUD_VOLUME.*no key/);
  assert.equal(mountedNow().has(dirname(vm.volumePath('vol-0'))), false);
});
