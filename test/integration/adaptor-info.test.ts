/** GetInfo on the adaptor's socket: who asks for a pod's VM hears of it as soon as there is one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podvminfo } from '#codec/gen/podvminfo.js';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import type { TtrpcClient } from '#io/ttrpc-client.ts';
import { newSandboxId, Scene } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';

async function getInfo(client: TtrpcClient, podName: string, wait: boolean, options = {}): Promise<string> {
  const request = { PodName: podName, PodNamespace: 'shop', Wait: wait };
  const payload = podvminfo.GetInfoRequest.encode(request).finish();
  return podvminfo.GetInfoResponse.decode(await client.call('podvminfo.PodVMInfo', 'GetInfo', payload, options)).VMID;
}

const notFound = (error: unknown) => error instanceof RpcError && error.rpcStatus.code === statusCodes.not_found;
const settledWithin = async (promise: Promise<unknown>, ms: number) =>
  await Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise((resolve) => setTimeout(() => resolve(false), ms)),
  ]);

if (insideOwnNamespaces(import.meta.filename)) {
  test('without wait it is NOT_FOUND until there is a pod VM, then its id', async (t) => {
    const scene = await Scene.start(t);
    await using client = await scene.connect();
    const pod = await scene.addPod('web');
    await assert.rejects(getInfo(client, 'web', false), notFound);
    await scene.shim.createVm(pod);
    await assert.rejects(getInfo(client, 'web', false), notFound, 'a sandbox without a pod VM');
    await scene.shim.startVm(pod.id);
    assert.equal(await getInfo(client, 'web', false), scene.cloud.podVms[0]?.id);
    await scene.shim.stopVm(pod.id);
    await assert.rejects(getInfo(client, 'web', false), notFound);
  });

  test('with wait it waits over CreateVM for the pod VM, and other pods do not answer it', async (t) => {
    const scene = await Scene.start(t);
    await using client = await scene.connect();
    const waiting = getInfo(client, 'web', true);
    const [other, web] = [await scene.addPod('other'), await scene.addPod('web')];
    await scene.shim.createVm(other);
    await scene.shim.startVm(other.id);
    await scene.shim.createVm(web);
    assert.equal(await settledWithin(waiting, 50), false);
    await scene.shim.startVm(web.id);
    const mine = scene.cloud.podVms.find(({ sandboxId }) => sandboxId === web.id);
    assert.equal(await waiting, mine?.id);
    await Promise.all([scene.shim.stopVm(other.id), scene.shim.stopVm(web.id)]);
  });

  test('a wait ends at its deadline with DEADLINE_EXCEEDED', async (t) => {
    const scene = await Scene.start(t);
    await using client = await scene.connect();
    const late = getInfo(client, 'web', true, { timeoutMs: 100 });
    await assert.rejects(late, { status: 'deadline_exceeded' });
  });

  test('a caller that hangs up is forgotten at once', async (t) => {
    const scene = await Scene.start(t);
    const client = await scene.connect();
    const waiting = getInfo(client, 'web', true);
    waiting.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.destroy();
    // A wait that was still there would hold up the drain, which gives calls in flight ten seconds.
    const from = performance.now();
    await scene.drain();
    assert.ok(performance.now() - from < 2000);
  });

  test('of two sandboxes of one pod the newer counts, also after a restart of the adaptor', async (t) => {
    const scene = await Scene.start(t);
    const old = await scene.addPod('web');
    // The larger id first: a directory listing would give it last.
    const [small, large] = [newSandboxId(), newSandboxId()].toSorted();
    const first = { ...old, id: large ?? '' };
    const second = { ...(await scene.addPod('web')), id: small ?? '' };
    await scene.shim.createVm(first);
    await scene.shim.startVm(first.id);
    await scene.shim.createVm(second);
    await using client = await scene.connect();
    await assert.rejects(getInfo(client, 'web', false), notFound, 'the newer has no pod VM yet');
    await scene.shim.startVm(second.id);
    const newest = scene.cloud.podVms.find(({ sandboxId }) => sandboxId === second.id)?.id;
    assert.equal(await getInfo(client, 'web', false), newest);
    await scene.restart();
    await using again = await scene.connect();
    assert.equal(await getInfo(again, 'web', false), newest);
    await scene.shim.stopVm(second.id);
    assert.equal(
      await getInfo(again, 'web', false),
      scene.cloud.podVms.find(({ sandboxId }) => sandboxId === first.id)?.id,
    );
    await scene.shim.stopVm(first.id);
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });
}
