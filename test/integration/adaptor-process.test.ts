/** The adaptor killed as a process, with the relay beside it and pod VMs made of namespaces: pods go on, nothing leaks. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Daemon, paths } from '#dev/demo/daemons.ts';
import { leftovers, takeSnapshot } from '#dev/demo/leftovers.ts';
import { addPod, removePod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { newSandboxId, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

let podsMade = 0;
let worker: Promise<void> | undefined;

const recordsLeft = () => readdirSync(join(paths.stateDir, 'sandboxes'));
const records = () => (readdirSync(paths.stateDir).includes('sandboxes') ? recordsLeft() : []);
const recordOf = (id: string) => readFileSync(join(paths.stateDir, 'sandboxes', `${id}.json`), 'utf8');
const machines = () => readdirSync(join(paths.stateDir, 'providers/local'));

/** A worker with its daemons and one pod's network; afterwards nothing more may be there than before. */
async function worked(t: TestContext, body: (scene: WorkerScene) => Promise<void>): Promise<void> {
  worker ??= setUpWorkerNode();
  await worker;
  const relay = await runRelay();
  const adaptor = await runAdaptor();
  const before = await takeSnapshot();
  const pod = await addPod(podsMade++);
  const id = newSandboxId();
  const shim = new Hypervisor(paths.hypervisorSocket);
  const request = { id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath };
  const scene = new WorkerScene(adaptor, shim, id, () => shim.createVm(request));
  try {
    await body(scene);
    await until(() => records().length === 0, 'the records to go', 30_000);
    assert.deepEqual(await removePod(pod), []);
    // The adaptor that runs now is another process than before.
    const found = async () =>
      leftovers(before, await takeSnapshot()).filter((line) => !/^process .*adaptor/.test(line));
    await until(async () => (await found()).length === 0, 'everything to go').catch(() => {});
    assert.deepEqual(await found(), []);
    assert.deepEqual(machines(), []);
  } catch (error) {
    for (const name of ['cloud-api-adaptor', 'agent-relay']) {
      t.diagnostic(
        readFileSync(join(paths.logs, `${name}.log`), 'utf8')
          .split('\n')
          .slice(-40)
          .join('\n'),
      );
    }
    throw error;
  } finally {
    await scene.adaptor[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  }
}

class WorkerScene {
  adaptor: Daemon;
  readonly shim: Hypervisor;
  readonly id: string;
  readonly createVm: () => Promise<string>;

  constructor(adaptor: Daemon, shim: Hypervisor, id: string, createVm: () => Promise<string>) {
    this.adaptor = adaptor;
    this.shim = shim;
    this.id = id;
    this.createVm = createVm;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.adaptor[Symbol.asyncDispose]();
  }

  async runAgain(): Promise<void> {
    this.adaptor = await runAdaptor();
  }
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('a pod that runs goes on without the adaptor, and its successor stops it', async (t) => {
    await worked(t, async (scene) => {
      await using agent = await Agent.dial(await scene.createVm());
      await scene.shim.startVm(scene.id);
      await agent.check();
      await scene.kill();
      await agent.check();
      await scene.runAgain();
      const from = performance.now();
      await scene.shim.startVm(scene.id);
      assert.ok(performance.now() - from < 2000, 'a running sandbox needs no start');
      await agent.check();
      assert.equal(machines().length, 1);
      await scene.shim.stopVm(scene.id);
    });
  });

  test('a sandbox that is created only is started by the successor', async (t) => {
    await worked(t, async (scene) => {
      const agentSocket = await scene.createVm();
      await scene.kill();
      await scene.runAgain();
      await scene.shim.startVm(scene.id);
      await using agent = await Agent.dial(agentSocket);
      await agent.check();
      await scene.shim.stopVm(scene.id);
    });
  });

  test('killed while the pod VM is being made, the successor undoes the start without being asked', async (t) => {
    await worked(t, async (scene) => {
      await scene.createVm();
      const starting = scene.shim.startVm(scene.id);
      starting.catch(() => {});
      await until(() => recordOf(scene.id).includes('"step":"pod-vm"'), 'the start to get there');
      await scene.kill();
      await scene.runAgain();
      await assert.rejects(starting, 'the caller hears of it');
    });
  });

  test('killed while the pod VM boots, the successor finishes the start, and the caller never knows', async (t) => {
    await worked(t, async (scene) => {
      await using agent = await Agent.dial(await scene.createVm());
      const starting = scene.shim.startVm(scene.id);
      starting.catch(() => {});
      await until(() => recordOf(scene.id).includes('"step":"connect"'), 'the start to get there');
      await scene.kill();
      await scene.runAgain();
      await starting;
      await agent.check();
      assert.equal(machines().length, 1);
      await scene.shim.stopVm(scene.id);
    });
  });

  test('killed in the midst of StopVM, the successor ends what is left', async (t) => {
    await worked(t, async (scene) => {
      await scene.createVm();
      await scene.shim.startVm(scene.id);
      const stopping = scene.shim.stopVm(scene.id);
      stopping.catch(() => {});
      await until(() => records().length === 0 || recordOf(scene.id).includes('"at":"stopping"'), 'the stop');
      await scene.kill();
      await scene.runAgain();
      await stopping;
    });
  });
}
