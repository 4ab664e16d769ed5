/** What a pod asks for and what the options say, as the provider and the pod VM get to see it. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directVolumeName } from '#codec/direct-volumes.ts';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { decodeInitdata, encodeInitdata } from '#codec/initdata.ts';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import { parseUserData } from '#codec/user-data.ts';
import { directVolumesRoot } from '#io/direct-volumes.ts';
import { type SandboxCall, Scene } from '../support/adaptor-scene.ts';
import { forwarderConfigOf } from '../support/fake-cloud.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';

const prefix = 'io.katacontainers.config.hypervisor.';

async function createVm(scene: Scene, pod: SandboxCall, more: Record<string, string> = {}): Promise<void> {
  await using client = await scene.connect();
  const annotations = {
    'io.kubernetes.cri.sandbox-name': pod.podName,
    'io.kubernetes.cri.sandbox-namespace': pod.podNamespace,
    ...more,
  };
  const request = { id: pod.id, annotations, networkNamespacePath: pod.netnsPath };
  await client.call('hypervisor.Hypervisor', 'CreateVM', hypervisor.CreateVMRequest.encode(request).finish());
}

const fileOf = (scene: Scene, pod: SandboxCall, path: string) =>
  parseUserData(scene.cloud.specs.get(pod.id)?.userData ?? '')
    .find((file) => file.path === path)
    ?.content.reveal();

const statusOf = (name: keyof typeof statusCodes, text: RegExp) => (error: unknown) =>
  error instanceof RpcError && error.rpcStatus.code === statusCodes[name] && text.test(error.message);

function serverTests(): void {
  test('Version is answered as ever, and the socket goes with the adaptor, however often it is ended', async (t) => {
    const scene = await Scene.start(t);
    await using client = await scene.connect();
    const request = hypervisor.VersionRequest.encode({ version: '9.9.9' }).finish();
    const reply = await client.call('hypervisor.Hypervisor', 'Version', request);
    assert.equal(hypervisor.VersionResponse.decode(reply).version, '0.0.0');
    await scene.drain();
    assert.equal(existsSync(scene.settings.socket), false);
    await scene.drain();
  });

  test('a successor on the same socket keeps it when its predecessor ends', async (t) => {
    const old = await Scene.start(t);
    const next = await Scene.start(t, { argv: ['-socket', old.settings.socket] });
    await old.drain();
    const pod = await next.addPod();
    await createVm(next, pod);
    await next.shim.stopVm(pod.id);
  });
}

function requestTests(): void {
  test('sizes, type and image reach the provider; zero and empty mean nothing asked for', async (t) => {
    const scene = await Scene.start(t);
    const [asking, plain] = [await scene.addPod(), await scene.addPod()];
    await createVm(scene, asking, {
      [`${prefix}machine_type`]: 'm6a.large',
      [`${prefix}image`]: 'ami-1',
      [`${prefix}default_vcpus`]: '1.5',
      [`${prefix}default_memory`]: '2048',
      [`${prefix}default_gpus`]: '1',
      [`${prefix}default_gpu_model`]: 'T4',
    });
    await createVm(scene, plain, { [`${prefix}default_vcpus`]: '0', [`${prefix}image`]: '' });
    for (const pod of [asking, plain]) await scene.shim.startVm(pod.id);
    const [first, second] = [asking, plain].map(({ id }) => scene.cloud.specs.get(id));
    assert.deepEqual(first?.sizing, { instanceType: 'm6a.large', vcpus: 2, memoryMiB: 2048, gpus: 1, gpuModel: 'T4' });
    assert.equal(first?.image, 'ami-1');
    assert.match(first?.name ?? '', /^podvm-pod-\d+-[0-9a-f]{8}$/);
    assert.deepEqual(second?.sizing, {});
    assert.equal(second && ('image' in second || 'volumes' in second || 'dedicatedInterface' in second), false);
  });

  test("the pod's initdata goes byte for byte before the worker's, and the scratch marker goes along", async (t) => {
    const toml = (text: string) => `algorithm = "sha256"\nversion = "0.1.0"\n\n[data]\n"aa.toml" = "${text}"\n`;
    const argv = ['-initdata', encodeInitdata(toml('of the worker')), '-enable-scratch-space'];
    const scene = await Scene.start(t, { argv });
    const [own, plain] = [await scene.addPod(), await scene.addPod()];
    await createVm(scene, own, { [`${prefix}cc_init_data`]: toml('of the pod') });
    await createVm(scene, plain);
    for (const pod of [own, plain]) await scene.shim.startVm(pod.id);
    const initdataOf = (pod: SandboxCall) =>
      decodeInitdata(fileOf(scene, pod, '/run/peerpod/initdata') ?? '').data.get('aa.toml');
    assert.deepEqual([initdataOf(own), initdataOf(plain)], ['of the pod', 'of the worker']);
    assert.equal(fileOf(scene, own, '/run/peerpod/scratch-space.marker'), '');
  });

  test('the network outside through the pod VM is asked of the provider and told to the VM', async (t) => {
    const scene = await Scene.start(t, { argv: ['-ext-network-via-podvm'] });
    const pod = await scene.addPod();
    await createVm(scene, pod);
    await scene.shim.startVm(pod.id);
    const spec = scene.cloud.specs.get(pod.id);
    assert.equal(spec?.dedicatedInterface, true);
    const network = forwarderConfigOf(spec?.userData ?? '').podNetwork as Record<string, unknown>;
    assert.equal(network['external-net-via-pod-vm'], true);
  });

  test("the subnets of the options become routes by the pod's gateway", async (t) => {
    const scene = await Scene.start(t, { argv: ['-pod-subnet-cidrs', '10.96.3.0/12, 172.30.0.0/16'] });
    const pod = await scene.addPod();
    await createVm(scene, pod);
    await scene.shim.startVm(pod.id);
    const network = forwarderConfigOf(scene.cloud.specs.get(pod.id)?.userData ?? '').podNetwork;
    const { routes } = network as { routes: { dst: string; gw: string; dev: string }[] };
    for (const dst of ['10.96.0.0/12', '172.30.0.0/16']) {
      assert.deepEqual(
        routes.filter((route) => route.dst === dst).map(({ gw, dev }) => [gw, dev]),
        [['10.244.1.1', 'eth0']],
        dst,
      );
    }
  });

  test("a pod whose uid is known at CreateVM gets its own volumes, in LUN order, and nobody else's", async (t) => {
    const scene = await Scene.start(t);
    const [own, unknown] = [await scene.addPod(), await scene.addPod()];
    const addVolume = (uid: string, volume: string) => {
      const path = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~csi/${volume}/mount`;
      mkdirSync(join(directVolumesRoot, directVolumeName(path)), { recursive: true });
      const info = JSON.stringify({ device: `disk-${volume}` });
      writeFileSync(join(directVolumesRoot, directVolumeName(path), 'mountInfo.json'), info);
    };
    for (const [uid, volume] of [
      ['uid-1', 'b'],
      ['uid-1', 'a'],
      ['uid-2', 'c'],
    ] as const) {
      addVolume(uid, volume);
    }
    await createVm(scene, own, { 'io.kubernetes.cri.sandbox-name': `k8s_${own.podName}_shop_uid-1_0` });
    addVolume('uid-1', '0'); // comes too late to be attached, and must not move the others
    await createVm(scene, unknown);
    for (const pod of [own, unknown]) await scene.shim.startVm(pod.id);
    assert.deepEqual(scene.cloud.specs.get(own.id)?.volumes, ['disk-a', 'disk-b']);
    assert.equal(scene.cloud.specs.get(own.id)?.podName, own.podName);
    assert.equal(scene.cloud.specs.get(unknown.id)?.volumes, undefined);
  });
}

function failureTests(): void {
  test('user-data that the provider can not take is refused before anything is made', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    const random = randomBytes(60_000).toString('base64');
    const toml = `algorithm = "sha256"\nversion = "0.1.0"\n\n[data]\n"aa.toml" = "${random}"\n`;
    await createVm(scene, pod, { [`${prefix}cc_init_data`]: toml });
    const refused = statusOf('resource_exhausted', /E_USER_DATA_TOO_LARGE: \d+ bytes/);
    await assert.rejects(scene.shim.startVm(pod.id), refused);
    assert.equal(scene.cloud.calls.filter(({ operation }) => operation === 'create').length, 0);
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('a pod VM that never answers, for example of a broken image, is given up in time and leaves nothing', async (t) => {
    const scene = await Scene.start(t, { argv: ['-proxy-timeout', '500ms'] });
    scene.cloud.boots = false;
    const pod = await scene.addPod();
    await createVm(scene, pod);
    await assert.rejects(scene.shim.startVm(pod.id), statusOf('deadline_exceeded', /E_RELAY_NOT_READY/));
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('the forwarder is looked for at the port that the options name', async (t) => {
    const scene = await Scene.start(t, { argv: ['-forwarder-port', '15151', '-proxy-timeout', '500ms'] });
    const pod = await scene.addPod();
    await createVm(scene, pod);
    await assert.rejects(scene.shim.startVm(pod.id), statusOf('deadline_exceeded', /:15151/));
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });
}

if (insideOwnNamespaces(import.meta.filename)) {
  serverTests();
  requestTests();
  failureTests();
}
