/** peerpodctl and the caretaker against real daemons: what nobody ended is found, shown, and mended. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deleteNetns } from '@peerpods/netlink';
import { paths } from '#dev/demo/daemons.ts';
import { addPod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { newSandboxId, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const machines = () => readdirSync(join(paths.stateDir, 'providers/local'));
const recordPath = (id: string) => join(paths.stateDir, 'sandboxes', `${id}.json`);

function peerpodctl(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function sweep(...args: string[]) {
  const { status, stdout, stderr } = peerpodctl('sweep', '--output', 'json', ...args);
  assert.equal(stderr, '');
  const kinds = (list: { what: string; sandboxId: string }[]) => list.map(({ what, sandboxId }) => [what, sandboxId]);
  const answer = JSON.parse(stdout);
  return { status, found: kinds(answer.found), due: kinds(answer.due), mended: kinds(answer.mended) };
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('ended pods, unknown pod VMs and lost relay connections are found and mended, running pods untouched', async () => {
    await setUpWorkerNode();
    let relay = await runRelay();
    let adaptor = await runAdaptor();
    const shim = new Hypervisor(paths.hypervisorSocket);
    const start = async (index: number) => {
      const pod = await addPod(index);
      const id = newSandboxId();
      const socket = await shim.createVm({ id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath });
      await shim.startVm(id);
      return { id, pod, socket };
    };
    const [runs, ended, lost] = [await start(0), await start(1), await start(2)];
    assert.deepEqual(sweep(), { status: 0, found: [], due: [], mended: [] });
    const table = peerpodctl('sandboxes');
    assert.match(table.stdout, new RegExp(`${runs.id.slice(0, 12)} +shop/${runs.pod.name} +running`));
    assert.equal(JSON.parse(peerpodctl('show', runs.id.slice(0, 20)).stdout).sandboxId, runs.id);

    // A pod that ended without StopVM, and a pod VM whose record was lost.
    await deleteNetns(ended.pod.netnsPath);
    await adaptor[Symbol.asyncDispose]();
    rmSync(recordPath(lost.id));
    adaptor = await runAdaptor();
    const strange = [
      ['ended-pod', ended.id],
      ['unknown-pod-vm', lost.id],
      ['unknown-socket', lost.id],
    ];
    assert.deepEqual(sweep('--dry-run'), { status: 1, found: strange, due: [], mended: [] });
    assert.equal(machines().length, 3, 'a dry run changes nothing');
    assert.deepEqual(sweep('--yes', '--all').mended, strange);
    await until(() => machines().length === 1, 'the pod VMs to go', 20_000);
    await until(() => !existsSync(recordPath(ended.id)), 'the record to go', 20_000);
    assert.equal(existsSync(lost.socket), false);

    // A relay that lost everything, its records too: nothing is due any grace, the pod has an agent socket again.
    await relay[Symbol.asyncDispose]();
    rmSync(join(paths.podsDir, runs.id, 'relay.json'));
    relay = await runRelay();
    // On a busy machine the caretaker's own look may have come first.
    sweep('--yes');
    assert.match(peerpodctl('logs', 'adaptor').stdout, new RegExp(`mending what=not-relayed sandboxId=${runs.id}`));
    await using agent = await Agent.dial(runs.socket);
    await agent.check();
    assert.deepEqual(sweep().found, []);

    await shim.stopVm(runs.id);
    await until(() => machines().length === 0, 'the last pod VM to go', 20_000);
    await adaptor[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  });

  test('without an adaptor peerpodctl says so and how to see', () => {
    const { status, stderr } = peerpodctl('sandboxes', '--socket', '/run/nobody.sock');
    assert.equal(status, 3);
    assert.match(stderr, /E_IO: nobody answers at \/run\/nobody.sock: .*\nIs cloud-api-adaptor running/);
    assert.equal(peerpodctl('--help').status, 0);
    assert.match(peerpodctl('dance').stderr, /has no command "dance"/);
  });
}
