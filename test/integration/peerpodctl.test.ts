/** peerpodctl as a program against real daemons and a running pod: what it shows is what the kernel and iproute2 say. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { paths } from '#dev/demo/daemons.ts';
import { addPod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { newSandboxId, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

function peerpodctl(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function shown(...args: string[]): string {
  const { status, stdout, stderr } = peerpodctl(...args);
  assert.deepEqual([status, stderr], [0, ''], args.join(' '));
  return stdout;
}

const json = (...args: string[]) => JSON.parse(shown(...args, '--output', 'json'));

/** iproute2 inside of the pod's namespace. */
function ip(netnsPath: string, ...args: string[]) {
  const { stdout, stderr } = spawnSync('nsenter', [`--net=${netnsPath}`, 'ip', '-j', ...args], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('every command tells of a running pod what the kernel, the relay and the provider have', async () => {
    await setUpWorkerNode();
    await using relay = await runRelay();
    await using adaptor = await runAdaptor({ PEERPODS_LIMIT_PER_NODE: '7' });
    assert.equal(shown('get', 'pods'), 'No peer pods on this worker.\n');
    assert.deepEqual(json('get', 'pods'), []);
    const shim = new Hypervisor(paths.hypervisorSocket);
    const pod = await addPod(0);
    const id = newSandboxId();
    const other = newSandboxId();
    const otherPod = await addPod(1);
    const socket = await shim.createVm({ id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath });
    await shim.createVm({ id: other, podName: 'waits', podNamespace: 'shop', netnsPath: otherPod.netnsPath });
    await shim.startVm(id);
    await using agent = await Agent.dial(socket);
    for (let call = 0; call < 5; call += 1) await agent.check();
    const name = `shop/${pod.name}`;

    // Lists, in every form
    const [row] = json('get', 'pods').filter((one: { record: { sandboxId: string } }) => one.record.sandboxId === id);
    assert.equal(row.record.state.at, 'running');
    assert.equal(row.record.request.initdata, undefined);
    assert.match(
      shown('get', 'pods'),
      new RegExp(`^${name} +running +\\S+ +\\S+ +${row.record.network.vni} +connected`, 'm'),
    );
    assert.match(shown('get', 'pods', '-o', 'wide'), new RegExp(`${pod.address} .*${id} +${pod.netnsPath}`));
    assert.deepEqual(shown('get', 'pods', '-o', 'name').split('\n').toSorted(), ['', name, 'shop/waits'].toSorted());
    assert.equal(json('get', 'pods', pod.name).record.sandboxId, id);
    assert.equal(json('get', 'pods', id.slice(0, 12)).record.sandboxId, id);
    const missing = peerpodctl('get', 'pods', 'nobody');
    assert.equal(missing.status, 4);
    assert.match(missing.stderr, /no nobody among the pods\nSee: peerpodctl get pods/);

    const vm = json('get', 'vms', pod.name);
    assert.equal(vm.podVm.sandboxId, id);
    assert.deepEqual(vm.podVm.addresses, row.record.addresses);
    assert.match(shown('get', 'vms'), new RegExp(`^${vm.podVm.id} +${name} +running`, 'm'));

    // The tunnel, against iproute2
    const { tunnel } = json('get', 'tunnels', name);
    const [device] = ip(pod.netnsPath, '-d', '-s', 'link', 'show', 'vxlan1');
    const { id: vni, remote, local, port } = device.linkinfo.info_data;
    assert.deepEqual(
      tunnel.device,
      { name: 'vxlan1', index: device.ifindex, up: true, mtu: device.mtu, vni, port, remote, local },
      'as ip shows it',
    );
    assert.equal(tunnel.state, 'complete');
    const before = device.stats64;
    for (const [side, counters] of Object.entries({ rx: before.rx, tx: before.tx })) {
      const { bytes, packets } = counters as { bytes: number; packets: number };
      assert.ok(tunnel.counters[`${side}Bytes`] <= bytes && tunnel.counters[`${side}Packets`] <= packets, side);
    }
    spawnSync('nsenter', [`--net=${pod.netnsPath}`, 'tc', 'qdisc', 'del', 'dev', 'vxlan1', 'ingress']);
    assert.match(shown('get', 'tunnels'), new RegExp(`^${vni} +${name} +partial`, 'm'), 'a redirect was taken away');

    const { relay: carried } = json('get', 'relays', name);
    assert.equal(carried.shimConnections, 1);
    assert.ok(carried.traffic.calls >= 5 && carried.traffic.bytesToVm > 0 && carried.traffic.bytesToShim > 0);
    assert.match(shown('get', 'relays'), /^shop\/waits +waiting +0 +0 +0 +/m);

    const [capacity] = json('get', 'capacity');
    assert.equal(capacity.podVmsMax, 7);
    assert.match(shown('get', 'capacity'), /^localhost +local +7 +2 +5 +1 +1 +0$/m);
    assert.match(shown('get', 'events', pod.name), new RegExp(`info +${name} +sandbox +from=starting to=running`));
    assert.doesNotMatch(shown('get', 'events', '--level', 'error'), /info/);

    // One pod, in whole
    const text = shown('describe', name);
    for (const part of [
      `Sandbox: +${id}`,
      `VNI: +${vni}, UDP port ${port}`,
      `Ends: +${local} to ${remote}`,
      'Tunnel: +partial',
    ]) {
      assert.match(text, new RegExp(part));
    }
    const described = json('describe', id.slice(0, 8));
    assert.equal(described.podVm.id, vm.podVm.id);
    assert.deepEqual(described.findings, []);
    assert.equal(peerpodctl('describe', 'nobody').status, 4);

    // Use, once and again and again
    const use = json('top');
    const pids = use.daemons.map((daemon: { program: string; pid: number }) => [daemon.program, daemon.pid]);
    assert.deepEqual(
      pids.map(([program]: [string]) => program),
      ['cloud-api-adaptor', 'agent-relay'],
    );
    for (const { pid, residentBytes, cpu } of use.daemons) {
      assert.equal(spawnSync('kill', ['-0', String(pid)]).status, 0, 'a process that runs');
      assert.ok(residentBytes > 10e6 && cpu >= 0 && cpu < 4);
    }
    assert.match(
      shown('top'),
      new RegExp(`^DAEMON.*\\ncloud-api-adaptor.*\\nagent-relay.*\\n\\nPOD.*\\n(.*\\n)?${name}`, 'm'),
    );
    const calls = setInterval(() => void agent.check(), 50);
    const watched = shown('top', '--watch', '--count', '2', '--output', 'json').trim().split('\n');
    clearInterval(calls);
    assert.equal(watched.length, 2);
    const busy = JSON.parse(watched[1] ?? '').pods.find(({ sandboxId }: { sandboxId: string }) => sandboxId === id);
    assert.equal(busy.pod, name);

    // Logs
    assert.match(shown('logs', 'adaptor', '--lines', '5'), /^(\d{4}-\S+ [A-Z]+ .*\n){5}$/);
    assert.ok(
      shown('logs', 'relay', '--output', 'json')
        .split('\n')
        .filter(Boolean)
        .every((line) => JSON.parse(line).component === 'relay'),
    );
    await until(() => /forwarder/.test(shown('logs', pod.name)), 'the console to tell of the forwarder');
    assert.equal(peerpodctl('logs', 'shop/waits').status, 4, 'it has no pod VM');

    assert.equal(shown('sweep'), 'everything fits together\n');
    await shim.stopVm(id);
    await shim.stopVm(other);
    void [relay, adaptor];
  });

  test('a log that is followed goes on with what comes, and Ctrl-C ends it well', async () => {
    await using relay = await runRelay();
    await using adaptor = await runAdaptor();
    const child = spawn(process.execPath, [main, 'logs', 'adaptor', '--follow', '--lines', '1', '--level', 'info']);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await until(() => said !== '', 'the first line');
    const id = newSandboxId();
    const shim = new Hypervisor(paths.hypervisorSocket);
    const request = { id, podName: 'nobody', podNamespace: 'shop', netnsPath: '/run/netns/none' };
    await assert.rejects(shim.createVm(request));
    await until(() => said.includes(id), 'the failed call to show');
    child.kill('SIGINT');
    assert.equal(await ended, 0);
    void [relay, adaptor];
  });

  test('while only the relay is there, and its socket holds callers, it is said that the adaptor is away', async () => {
    await using relay = await runRelay();
    rmSync(paths.adaptorSocket, { force: true });
    const { status, stderr } = peerpodctl('get', 'pods');
    assert.equal(status, 3);
    assert.match(stderr, /the relay answers, the adaptor behind it does not\.\nStart cloud-api-adaptor/);
    void relay;
  });
}
