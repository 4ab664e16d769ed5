/** The forwarder killed and started again over what it left in the kernel; and its end, which leaves what is not its own. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { assertSettles, lacksKernel, type Place, place, snapshot, underlay } from './topology.ts';

const root = join(import.meta.dirname, '../..');
const vni = 4711;
const port = 14789;

/** As an adaptor of the original writes it for a flannel pod. */
const podNetwork = {
  podip: '10.244.1.17/24',
  'pod-hw-addr': '0a:58:0a:f4:01:11',
  interface: 'eth0',
  'worker-node-ip': '192.0.2.1/24',
  'tunnel-type': 'vxlan',
  routes: [
    { dst: '::ffff:0.0.0.0/0', gw: '10.244.1.1', dev: 'eth0', protocol: 'boot' },
    { dst: '10.244.0.0/16', gw: '10.244.1.1', dev: 'eth0', protocol: 'boot' },
    { dst: '10.244.1.0/24', gw: '', dev: 'eth0', protocol: 'kernel', scope: 'link' },
  ],
  neighbors: null,
  mtu: 1450,
  index: 0,
  'vxlan-port': port,
  'vxlan-id': vni,
  dedicated: false,
  'external-net-via-pod-vm': false,
};

/** Calls the agent through the forwarder, from the worker's namespace. */
const callScript = `
import net from 'node:net';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { systemClock as clock } from '#io/system-clock.ts';
const client = new TtrpcClient(net.connect(15150, '192.0.2.2'), { clock });
const answer = await client.call('grpc.Health', 'Check', Buffer.from('well'), { timeoutMs: 10_000 });
process.stdout.write(answer);
client.destroy();
`;

interface Vm {
  readonly worker: Place;
  readonly vm: Place;
  readonly podNetns: Place;
  start(...words: string[]): ChildProcess;
  call(): Promise<string>;
}

async function world(context: TestContext): Promise<Vm> {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  const podNetns = await place(context, 'podns');
  // The worker's end, by iproute2: it stands for an adaptor of either kind.
  worker.run(`ip link add vx type vxlan id ${vni} remote 192.0.2.2 dstport ${port} nolearning
    ip addr add 10.244.1.1/24 dev vx; ip link set vx up`);
  await podNetns.packets.answer('0.0.0.0', 'from the pod');
  const directory = await mkdtemp(join(tmpdir(), 'restart-'));
  const [config, agentSocket] = [join(directory, 'apf.json'), join(directory, 'agent.sock')];
  await writeFile(config, JSON.stringify({ 'pod-network': podNetwork, 'pod-namespace': 'ns', 'pod-name': 'p' }));
  const services = { 'grpc.Health': { Check: async (payload: Uint8Array) => payload } };
  const agent = new TtrpcServer({ services, clock: systemClock });
  const listener = await listenUnix(agentSocket, (socket) => agent.serve(socket));
  const children = new Set<ChildProcess>();
  context.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    agent.destroy();
    await listener.close();
    await rm(directory, { recursive: true });
  });
  const main = join(root, 'src/daemons/forwarder/main.ts');
  const paths = ['-config', config, '-kata-agent-socket', agentSocket, '-pod-namespace', podNetns.netns.path];
  return {
    worker,
    vm,
    podNetns,
    start(...words) {
      const listen = ['-disable-tls', '-listen', '192.0.2.2:15150'];
      const args = ['netns', 'exec', vm.name, process.execPath, main, ...paths, ...listen, ...words];
      const child = spawn('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
      children.add(child);
      child.stderr?.setEncoding('utf8');
      return child;
    },
    async call() {
      const args = ['netns', 'exec', worker.name, process.execPath, '--input-type=module', '--eval', callScript];
      // Not the synchronous one: the agent lives in this process.
      return (await promisify(execFile)('ip', args, { cwd: root })).stdout;
    },
  };
}

/** Until its log says so; what it said if it ended instead. */
async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (text: string) => {
      said += text;
      if (said.includes('"msg":"ready"')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

const reached = (vm: Vm) => vm.worker.packets.ask('10.244.1.17');

test('killed at any moment and started again it comes up, with traffic and calls, and nothing is there twice', async (context) => {
  if (lacksKernel(context)) return;
  const pod = await world(context);
  const first = pod.start();
  await ready(first);
  assert.equal(await reached(pod), 'from the pod');
  assert.equal(await pod.call(), 'well');
  const made = await snapshot(pod.vm, pod.podNetns);

  await end(first, 'SIGKILL');
  assert.equal(await reached(pod), 'from the pod', 'the pod network outlives its maker');
  const second = pod.start();
  await ready(second);
  await assertSettles(() => snapshot(pod.vm, pod.podNetns), made);
  assert.equal(await reached(pod), 'from the pod');
  assert.equal(await pod.call(), 'well');
  await end(second, 'SIGTERM');

  for (const afterMs of [150, 200, 250, 300, 350, 400, 500]) {
    const killed = pod.start();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await end(killed, 'SIGKILL');
  }
  const last = pod.start();
  await ready(last);
  const withoutNumbers = (text: string) => text.replaceAll(/index \S+|@if\d+/g, '');
  await assertSettles(async () => withoutNumbers(await snapshot(pod.vm, pod.podNetns)), withoutNumbers(made));
  assert.equal(await reached(pod), 'from the pod');
  assert.equal(await pod.call(), 'well');
});

test('told to end it takes down what it made and nothing else', async (context) => {
  if (lacksKernel(context)) return;
  const pod = await world(context);
  pod.podNetns.run(
    'ip link add other type veth peer name far; ip link set far up; ip addr add 10.9.9.9/24 dev other; ip link set other up',
  );
  pod.vm.run('nft add table inet foreign; nft add chain inet foreign c; ip link add keep type veth peer name kept');
  const before = await snapshot(pod.vm, pod.podNetns);
  const child = pod.start();
  await ready(child);
  assert.notEqual(await snapshot(pod.vm, pod.podNetns), before);
  assert.equal(await end(child, 'SIGTERM'), 0);
  await assertSettles(() => snapshot(pod.vm, pod.podNetns), before);
});

test('a second forwarder on the same port ends with an error and leaves the network of the first', async (context) => {
  if (lacksKernel(context)) return;
  const pod = await world(context);
  await ready(pod.start());
  const second = pod.start();
  await assert.rejects(ready(second), /ended with 1.*E_IO: listen on 192\.0\.2\.2:15150/s);
  assert.equal(await reached(pod), 'from the pod');
  assert.equal(await pod.call(), 'well');
});

test('an interface of that name that is not this tunnel stops the start and stays', async (context) => {
  if (lacksKernel(context)) return;
  const pod = await world(context);
  pod.podNetns.run('ip link add eth0 type veth peer name far');
  const before = await snapshot(pod.vm, pod.podNetns);
  await assert.rejects(ready(pod.start()), /ended with 1.*E_TUNNEL: interface eth0/s);
  await assertSettles(() => snapshot(pod.vm, pod.podNetns), before);
});
