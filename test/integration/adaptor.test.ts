/** The adaptor's calls over its real socket, with a real tunnel, real TLS and a cloud that fails as it is told. */

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { getTables, netlink, query } from '@peerpods/netlink';
import { ProviderError } from '@peerpods/provider';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import { Agent } from '#dev/shim/shim.ts';
import { newSandboxId, Scene, startVm, stopVm, until } from '../support/adaptor-scene.ts';
import { FakeCloud } from '../support/fake-cloud.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';

/** Of the server's answer. */
const status = (name: keyof typeof statusCodes, text = /./) => {
  return (error: unknown) =>
    error instanceof RpcError && error.rpcStatus.code === statusCodes[name] && text.test(error.message);
};
const owner = { cluster: 'default', node: 'localhost' };
const { signal } = new AbortController();

function lifeTests(): void {
  test('a pod is created, started, answers through its agent socket, is stopped, and nothing is left', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    const agentSocket = await scene.shim.createVm(pod);
    assert.equal(agentSocket, join(scene.settings.podsDir, pod.id, 'agent.ttrpc'));
    assert.equal(statSync(agentSocket).mode & 0o777, 0o600);
    assert.deepEqual(scene.cloud.podVms, [], 'CreateVM makes no pod VM');
    await scene.shim.startVm(pod.id);
    await using agent = await Agent.dial(agentSocket);
    await agent.check();
    await scene.shim.stopVm(pod.id);
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('CreateVM of a known id gives the same path and changes nothing', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    const recordOf = () => readFileSync(join(scene.settings.stateDir, 'sandboxes', `${pod.id}.json`), 'utf8');
    const first = await scene.shim.createVm(pod);
    const record = recordOf();
    assert.equal(await scene.shim.createVm(pod), first);
    assert.equal(await scene.shim.createVm({ ...pod, netnsPath: '/run/netns/gone' }), first);
    assert.equal(recordOf(), record);
    await scene.shim.startVm(pod.id);
    const running = recordOf();
    assert.equal(await scene.shim.createVm(pod), first, 'also while it runs');
    assert.equal(recordOf(), running);
    await scene.shim.stopVm(pod.id);
  });

  test('the table of pins is there while the adaptor runs, goes with it, and stays for a pod that runs on', async (t) => {
    const scene = await Scene.start(t);
    const tables = async () => (await query(netlink, undefined, getTables())).map(({ name }) => name);
    assert.deepEqual(await tables(), ['peerpods']);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    await scene.shim.startVm(pod.id);
    await scene.restart();
    assert.deepEqual(await tables(), ['peerpods'], 'its pod is pinned');
    await scene.shim.stopVm(pod.id);
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
    assert.deepEqual(await tables(), ['peerpods']);
    await scene.drain();
    assert.deepEqual(await tables(), []);
  });

  test('StartVM may be repeated, at once and later, and makes one pod VM', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    await Promise.all([scene.shim.startVm(pod.id), scene.shim.startVm(pod.id)]);
    await scene.shim.startVm(pod.id);
    assert.equal(scene.cloud.calls.filter(({ operation }) => operation === 'create').length, 1);
    await scene.shim.stopVm(pod.id);
  });

  test('StopVM of an unknown id is success after a look into the provider, and deletes what is there', async (t) => {
    const scene = await Scene.start(t);
    const sandboxId = newSandboxId();
    const spec = { sandboxId, name: 'x', podName: 'web', podNamespace: 'shop', owner, userData: '', sizing: {} };
    scene.cloud.boots = false;
    await scene.cloud.create(spec, { signal });
    await scene.cloud.create({ ...spec, sandboxId: newSandboxId() }, { signal });
    await scene.shim.stopVm(newSandboxId());
    assert.equal(scene.cloud.podVms.length, 2);
    await scene.shim.stopVm(sandboxId);
    assert.equal(scene.cloud.podVms.length, 1, 'that of another sandbox stays');
  });

  test('StartVM of an unknown id is NOT_FOUND, of one that is being stopped FAILED_PRECONDITION', async (t) => {
    const scene = await Scene.start(t);
    await assert.rejects(scene.shim.startVm(newSandboxId()), status('not_found', /E_SANDBOX_UNKNOWN/));
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    await scene.shim.startVm(pod.id);
    const held = Promise.withResolvers<void>();
    scene.cloud.hold = (operation) => (operation === 'delete' ? held.promise : Promise.resolve());
    const stopping = scene.shim.stopVm(pod.id);
    await until(() => scene.cloud.calls.some(({ operation }) => operation === 'delete'), 'the delete');
    await assert.rejects(scene.shim.startVm(pod.id), status('failed_precondition', /E_SANDBOX_STATE/));
    held.resolve();
    await stopping;
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('bad requests get a coded reply, and a call in flight on the same connection goes on', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    const held = Promise.withResolvers<void>();
    scene.cloud.hold = (operation) => (operation === 'create' ? held.promise : Promise.resolve());
    await using client = await scene.connect();
    const neighbour = startVm(client, pod.id);
    const createVm = (request: Parameters<typeof hypervisor.CreateVMRequest.encode>[0]) =>
      client.call('hypervisor.Hypervisor', 'CreateVM', hypervisor.CreateVMRequest.encode(request).finish());
    const annotations = {
      'io.kubernetes.cri.sandbox-name': 'web',
      'io.kubernetes.cri.sandbox-namespace': 'shop',
    };
    const id = newSandboxId();
    const networkNamespacePath = pod.netnsPath;
    const noName = { 'io.kubernetes.cri.sandbox-namespace': 'shop' };
    const invalid = status('invalid_argument');
    await assert.rejects(createVm({ annotations, networkNamespacePath }), invalid, 'no id');
    await assert.rejects(createVm({ id: '../x', annotations, networkNamespacePath }), invalid);
    await assert.rejects(createVm({ id, annotations }), invalid, 'no namespace path');
    await assert.rejects(createVm({ id, annotations: noName, networkNamespacePath }), invalid);
    const gone = createVm({ id, annotations, networkNamespacePath: '/run/netns/gone' });
    await assert.rejects(gone, status('not_found', /E_NETNS/));
    await assert.rejects(client.call('hypervisor.Hypervisor', 'CreateVM', Buffer.from([0xff])), status('internal'));
    await assert.rejects(client.call('hypervisor.Hypervisor', 'Migrate', Buffer.alloc(0)), status('unimplemented'));
    assert.deepEqual(scene.records, [`${pod.id}.json`]);
    held.resolve();
    await neighbour;
    await scene.shim.stopVm(pod.id);
  });
}

function leavingTests(): void {
  test('StopVM ends the pod VM although its caller gave it a second and left', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    await scene.shim.startVm(pod.id);
    scene.cloud.hold = async (operation) => {
      if (operation === 'delete') await new Promise((resolve) => setTimeout(resolve, 1500));
    };
    await assert.rejects(scene.shim.stopVm(pod.id, 1000), { status: 'deadline_exceeded' });
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('StopVM ends the pod VM although its caller hung up at once, and the first delete failed', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    await scene.shim.startVm(pod.id);
    scene.cloud.failNext('delete', new ProviderError('throttled', 'not now', { retryAfterMs: 50 }), { times: 2 });
    const client = await scene.connect();
    stopVm(client, pod.id).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  for (const [when, hold] of [
    ['while the pod VM is being made', true],
    ['while the pod VM boots', false],
  ] as const) {
    const startSlowly = async (scene: Scene) => {
      const pod = await scene.addPod();
      await scene.shim.createVm(pod);
      scene.cloud.boots = false;
      const made = Promise.withResolvers<void>();
      if (hold) scene.cloud.hold = (operation) => (operation === 'create' ? made.promise : Promise.resolve());
      const client = await scene.connect();
      const starting = startVm(client, pod.id);
      const begun = () => scene.cloud.calls.some(({ operation }) => operation === 'create');
      await until(() => (hold ? begun() : scene.cloud.podVms.length === 1), 'the create');
      return { pod, client, starting };
    };

    test(`StopVM ${when} ends StartVM with an error and leaves nothing`, async (t) => {
      const scene = await Scene.start(t);
      const { pod, client, starting } = await startSlowly(scene);
      await Promise.all([assert.rejects(starting, status('cancelled', /being stopped/)), scene.shim.stopVm(pod.id)]);
      assert.deepEqual(await scene.leftoversAfterSettling(), []);
      client.destroy();
    });

    test(`the caller of StartVM leaving ${when} undoes everything`, async (t) => {
      const scene = await Scene.start(t);
      const { client, starting } = await startSlowly(scene);
      starting.catch(() => {});
      client.destroy();
      assert.deepEqual(await scene.leftoversAfterSettling(), []);
    });
  }

  test('a second caller of StartVM keeps it going when the first leaves', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    const held = Promise.withResolvers<void>();
    scene.cloud.hold = (operation) => (operation === 'create' ? held.promise : Promise.resolve());
    const first = await scene.connect();
    startVm(first, pod.id).catch(() => {});
    await until(() => scene.cloud.calls.length > 0, 'the create');
    const second = scene.shim.startVm(pod.id);
    await new Promise((resolve) => setTimeout(resolve, 50));
    first.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    held.resolve();
    await second;
    await scene.shim.stopVm(pod.id);
  });

  test('the caller of CreateVM leaving leaves nothing', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    const client = await scene.connect();
    const annotations = { 'io.kubernetes.cri.sandbox-name': 'web', 'io.kubernetes.cri.sandbox-namespace': 'shop' };
    const request = { id: pod.id, annotations, networkNamespacePath: pod.netnsPath };
    client
      .call('hypervisor.Hypervisor', 'CreateVM', hypervisor.CreateVMRequest.encode(request).finish())
      .catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    await until(() => /call failed/.test(scene.log), 'the call to end');
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('a create whose answer is lost leaves no pod VM, also when the list shows it late', async (t) => {
    for (const listLag of [0, 2]) {
      const cloud = new FakeCloud({ listLag, listLagMsMax: 700 });
      const scene = await Scene.start(t, { cloud });
      const pod = await scene.addPod();
      await scene.shim.createVm(pod);
      cloud.loseNextCreate();
      await assert.rejects(scene.shim.startVm(pod.id), status('unavailable', /connection reset/));
      assert.deepEqual(await scene.leftoversAfterSettling(), []);
      assert.ok(cloud.calls.some(({ operation, subject }) => operation === 'delete' && subject === 'fake-1'));
    }
  });
}

if (insideOwnNamespaces(import.meta.filename)) {
  lifeTests();
  leavingTests();
}
