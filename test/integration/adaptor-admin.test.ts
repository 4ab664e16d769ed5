/** What peerpodctl asks of the adaptor, at its edges: pages, bounds, and what is no question. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcError, type statusCodes, statusName } from '#codec/ttrpc/status.ts';
import {
  adminService,
  consoleBytesMax,
  type LogAnswer,
  type NodeAnswer,
  type SandboxesAnswer,
} from '#daemons/admin-contract.ts';
import type { TtrpcClient } from '#io/ttrpc-client.ts';
import { Scene, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';

async function ask<T>(client: TtrpcClient, method: string, question: unknown = {}): Promise<T> {
  const payload = Buffer.from(typeof question === 'string' ? question : JSON.stringify(question));
  return JSON.parse(Buffer.from(await client.call(adminService, method, payload)).toString()) as T;
}

const refused = (name: keyof typeof statusCodes, text: RegExp) => (error: unknown) =>
  error instanceof RpcError && statusName(error.rpcStatus.code) === name && text.test(error.message);

if (insideOwnNamespaces(import.meta.filename)) {
  test('records come in pages without initdata, and the node says what there may be and what there is', async (t) => {
    const scene = await Scene.start(t, { argv: ['-peerpods-limit-per-node=5'] });
    await using client = await scene.connect();
    const pods = [await scene.addPod('a'), await scene.addPod('b')];
    for (const pod of pods) await scene.shim.createVm(pod);
    const all = await ask<SandboxesAnswer>(client, 'Sandboxes');
    assert.deepEqual(
      all.sandboxes.map(({ request }) => request.podName),
      ['a', 'b'],
    );
    const rest = await ask<SandboxesAnswer>(client, 'Sandboxes', { skip: 1 });
    assert.deepEqual(
      rest.sandboxes.map(({ request }) => request.podName),
      ['b'],
    );
    assert.deepEqual((await ask<SandboxesAnswer>(client, 'Sandboxes', { skip: 2 })).sandboxes, []);
    const node = await ask<NodeAnswer>(client, 'Node');
    assert.deepEqual([node.podVmsMax, node.byState.created, node.settings.vxlanPort], [5, 2, 4789]);
  });

  test('a question that is none is refused with what is wrong, and the next one is answered', async (t) => {
    const scene = await Scene.start(t);
    await using client = await scene.connect();
    const wrong: [string, unknown, RegExp][] = [
      ['Sandboxes', '[', /not a JSON object/],
      ['Sandboxes', { skip: -1 }, /skip must be/],
      ['Log', { lines: 0 }, /lines must be/],
      ['Log', { from: 'x' }, /from must be/],
      ['Log', { containing: 7 }, /containing must be/],
      ['Console', {}, /podVmId must be/],
      ['Console', { podVmId: 'x', bytes: consoleBytesMax + 1 }, /bytes must be/],
      ['Console', { podVmId: 'x' }, /keeps no console/],
    ];
    for (const [method, question, text] of wrong) {
      await assert.rejects(ask(client, method, question), refused('invalid_argument', text), `${method} ${text}`);
    }
    const { lines, next } = await ask<LogAnswer>(client, 'Log', { lines: 2 });
    assert.ok(lines.length <= 2 && next >= lines.length);
  });

  test('people ask the cloud eight things at once, the ninth is refused, and pods are not held up', async (t) => {
    const scene = await Scene.start(t);
    await using client = await scene.connect();
    const gate = Promise.withResolvers<void>();
    let held = 0;
    scene.cloud.hold = async (operation) => {
      if (operation !== 'list') return;
      held += 1;
      await gate.promise;
    };
    const asking = Array.from({ length: 8 }, () => ask(client, 'PodVms'));
    await until(() => held >= 8, 'the questions to reach the cloud');
    await assert.rejects(
      ask(client, 'PodVms'),
      refused('resource_exhausted', /E_LIMIT: list pod VMs: 8 such questions/),
    );
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    await scene.shim.startVm(pod.id);
    gate.resolve();
    await Promise.all(asking);
    await ask(client, 'PodVms');
  });
}
