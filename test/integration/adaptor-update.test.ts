/** A rolling update of the adaptor: a newer process starts beside the older one, as with maxSurge 1; pods do not notice. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Daemon, paths } from '#dev/demo/daemons.ts';
import { addPod, removePod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { newSandboxId, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

const recordOf = (id: string) => readFileSync(join(paths.stateDir, 'sandboxes', `${id}.json`), 'utf8');
const machines = () => readdirSync(join(paths.stateDir, 'providers/local'));
const isStarted = async () => {
  const answer = await fetch('http://127.0.0.1:8000/startup', { headers: { connection: 'close' } }).catch(
    () => undefined,
  );
  return answer?.status === 200;
};

/** Resolves once the successor serves: the socket is another one than before. */
async function runSuccessor(environment: Record<string, string>): Promise<Daemon> {
  const { ino } = statSync(paths.adaptorSocket);
  const daemon = await runAdaptor(environment, ['-probe-port=8000']);
  const isNew = () => statSync(paths.adaptorSocket, { throwIfNoEntry: false })?.ino !== ino;
  await until(isNew, 'the successor to listen');
  return daemon;
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('a newer adaptor takes over from one that runs: pods, calls in flight and sockets are served throughout', async () => {
    await setUpWorkerNode();
    await using _relay = await runRelay();
    const older = await runAdaptor({}, ['-probe-port=8000']);
    const shim = new Hypervisor(paths.hypervisorSocket);
    const sandbox = async (index: number) => {
      const pod = await addPod(index);
      const id = newSandboxId();
      return {
        pod,
        id,
        socket: await shim.createVm({ id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath }),
      };
    };
    const [runs, starts] = [await sandbox(0), await sandbox(1)];
    await shim.startVm(runs.id);
    await using agent = await Agent.dial(runs.socket);
    await agent.check();

    // Others come and go all the while: no call may fail, whoever is there to answer it.
    const visitor = await addPod(3);
    let isOver = false;
    let visits = 0;
    const visiting = (async () => {
      for (; !isOver; visits += 1) {
        const id = newSandboxId();
        await shim.createVm({ id, podName: visitor.name, podNamespace: 'shop', netnsPath: visitor.netnsPath });
        await shim.stopVm(id);
      }
    })();
    visiting.catch(() => {}); // awaited below

    // A StartVM is in the older one's hands as the newer one begins.
    const starting = shim.startVm(starts.id);
    await until(() => recordOf(starts.id).includes('"at":"starting"'), 'the start to begin');
    await using newer = await runSuccessor({});
    await starting;
    await using late = await Agent.dial(starts.socket);
    await late.check();
    await agent.check();
    assert.equal(machines().length, 2, 'nothing was made twice, nothing was taken for a left-over');
    await until(isStarted, 'the startup probe to pass', 5000);

    const before = visits;
    await until(() => visits > before + 1 || isOver, 'calls to go on', 10_000);
    isOver = true;
    await visiting;

    // What is created now, the older one knows nothing of; and then it is told to stop.
    const afterwards = await sandbox(2);
    await shim.startVm(afterwards.id);
    const { ino } = statSync(paths.adaptorSocket);
    assert.equal(await older.stop(), 0);
    assert.equal(statSync(paths.adaptorSocket).ino, ino, 'the socket is the newer one’s');
    assert.ok(await isStarted());
    await Promise.all([agent.check(), late.check()]);
    assert.equal(machines().length, 3);

    for (const { id } of [runs, starts, afterwards]) await shim.stopVm(id);
    await until(() => machines().length === 0, 'the pod VMs to go');
    assert.deepEqual(await removePod(visitor), []);
    for (const { pod } of [runs, starts, afterwards]) assert.deepEqual(await removePod(pod), []);
    assert.equal(await newer.stop(), 0);
  });

  test('when the newer one is gone for good, the older one ends, to be started again', async () => {
    const older = await runAdaptor();
    const newer = await runSuccessor({});
    await newer[Symbol.asyncDispose](); // kill -9
    await assert.rejects(older.died, /ended by itself: exit code 1/);
    await using again = await runAdaptor();
    assert.equal(await again.stop(), 0);
  });
}
