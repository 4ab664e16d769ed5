/** Each message of a set-up refused in turn: the kernel's state before and after is the same. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deleteNetns, type Netlink, NetlinkError, netlink } from '@peerpods/netlink';
import type { PodNetwork } from '#codec/pod-network.ts';
import { setUpNodeEnd, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { setUpVmEnd } from '#domain/tunnel/vm-end.ts';
import { lacksCommand, lacksRoot } from '../support/requirements.ts';
import { answer, contextOf, type Place, place, snapshot, underlay, wordFrom } from './topology.ts';

function lacksKernel(context: TestContext): boolean {
  return ['ip', 'tc', 'nft', 'python3'].some((command) => lacksCommand(context, command)) || lacksRoot(context);
}

const vni = 99;
const port = 14789;
const podNetwork: PodNetwork = {
  podIp: '10.1.0.5/24',
  podIps6: ['fd00:1::5/64'],
  podMac: '02:00:00:00:00:05',
  interface: 'eth0',
  workerNodeIp: '192.0.2.1/24',
  routes: [
    route({ destination: '0.0.0.0/0', gateway: '169.254.1.1' }),
    route({ destination: '169.254.1.1/32', scope: 'link' }),
  ],
  routes6: [route({ destination: '::/0', gateway: 'fd00:1::1', onlink: true })],
  neighbours: [{ address: '169.254.1.1', mac: 'ee:ee:ee:ee:ee:ee', device: 'eth0', state: 'permanent' }],
  neighbours6: [],
  mtu: 9000,
  index: 0,
  vxlanPort: port,
  vni,
  dedicated: false,
  externalNetViaPodVm: false,
};

function route(given: Partial<PodNetwork['routes'][number]> & { destination: string }): PodNetwork['routes'][number] {
  return {
    gateway: undefined,
    device: 'eth0',
    protocol: 'boot',
    scope: undefined,
    metric: undefined,
    source: undefined,
    onlink: false,
    mtu: undefined,
    ...given,
  };
}

/** Sends the n-th acknowledged change as one that the kernel refuses; counts them. */
function failing(failAt: number, errno: number): Netlink & { changes: number } {
  const decorator = {
    changes: 0,
    armed: true,
    async exchange(legs: Parameters<Netlink['exchange']>[0]) {
      const dump = legs.every((leg) => leg.messages.every((message) => 'decode' in message));
      if (dump || !decorator.armed) return netlink.exchange(legs);
      for (const [at, leg] of legs.entries()) {
        for (const [position, request] of leg.messages.entries()) {
          if (!('decode' in request) && ++decorator.changes === failAt) {
            decorator.armed = false;
            return refuse(legs, at, position, new NetlinkError(request.attempted, errno));
          }
        }
      }
      return netlink.exchange(legs);
    },
  };
  return decorator;
}

/** As the kernel would: what comes before is done, the rest of an independent leg too, later legs are not sent. */
async function refuse(legs: Parameters<Netlink['exchange']>[0], at: number, position: number, error: NetlinkError) {
  const leg = legs[at];
  assert.ok(leg);
  const rest = leg.messages.filter((_, index) => index !== position);
  const whole = leg.family === 'netfilter';
  const sent = [...legs.slice(0, at), ...(whole || rest.length === 0 ? [] : [{ ...leg, messages: rest }])];
  const replies = sent.length > 0 ? await netlink.exchange(sent) : [];
  const answered = whole || rest.length === 0 ? [] : [...(replies[at]?.replies ?? [])];
  const refused = (request: (typeof leg.messages)[number], why: NetlinkError) => ({
    request,
    messages: [],
    error: why,
    interrupted: false,
  });
  const skipped = (request: (typeof leg.messages)[number]) =>
    refused(request, new NetlinkError(request.attempted, 125));
  const mixed = leg.messages.map((request, index) => {
    if (index === position) return refused(request, error);
    return answered.shift() ?? skipped(request);
  });
  return [
    ...replies.slice(0, at),
    { replies: mixed },
    ...legs.slice(at + 1).map((later) => ({ replies: later.messages.map(skipped) })),
  ];
}

async function pair(context: TestContext) {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  const pod = await place(context, 'pod');
  pod.run('ip link add eth0 type veth peer name far; ip link set far up; ip link set eth0 up');
  return { worker, vm, pod };
}

// EINTR is what an interrupted read gives, EPERM and ENOMEM what any message may, EEXIST and ENOENT what races give
for (const [name, errno] of Object.entries({ EPERM: 1, ENOENT: 2, ENOMEM: 12, EEXIST: 17, EOPNOTSUPP: 95 })) {
  test(`each message of both set-ups refused with ${name} leaves the kernel as it was`, async (context) => {
    if (lacksKernel(context)) return;
    const { worker, vm, pod } = await pair(context);
    const inside = await place(context, 'inside');
    const spec = {
      netns: pod.netns.path,
      podInterface: 'eth0',
      vni,
      port,
      remote: '192.0.2.2',
      local: '192.0.2.1',
      podMtu: 1450,
    };
    const before = snapshot(worker, pod, vm, inside);
    let refused = 0;
    for (const setUp of ['node', 'vm'] as const) {
      for (let failAt = 1; ; failAt++) {
        const faulty = failing(failAt, errno);
        const host = contextOf(setUp === 'node' ? worker : vm);
        const given = { ...host, netlink: faulty };
        const work: Promise<unknown> =
          setUp === 'node'
            ? setUpNodeEnd(spec, given)
            : setUpVmEnd({ podNetwork, podNetnsPath: inside.netns.path }, given);
        const failed = await work.then(
          () => false,
          () => true,
        );
        if (failed) {
          refused++;
          assert.equal(snapshot(worker, pod, vm, inside), before, `${setUp} end, message ${failAt}`);
        } else if (faulty.changes < failAt) {
          break;
        } else {
          // Some refusals are overcome (a missing table is made, a VNI just freed is waited for): begin anew
          await undo(setUp, worker, vm, pod, inside);
          assert.equal(snapshot(worker, pod, vm, inside), before, `${setUp} end, message ${failAt}, overcome`);
        }
      }
      await undo(setUp, worker, vm, pod, inside);
    }
    assert.ok(refused > 15, `${refused} refusals`);
  });
}

async function undo(which: 'node' | 'vm', worker: Place, vm: Place, pod: Place, inside: Place): Promise<void> {
  const { tearDownVmEnd } = await import('#domain/tunnel/vm-end.ts');
  const record = {
    netns: pod.netns.path,
    podInterface: 'eth0',
    vni,
    port,
    remote: '192.0.2.2',
    local: '192.0.2.1',
    podMtu: 1450,
  };
  if (which === 'node') await tearDownNodeEnd({ ...record, ownsQdisc: true }, contextOf(worker));
  else await tearDownVmEnd({ podNetwork, podNetnsPath: inside.netns.path }, contextOf(vm));
}

test('teardown succeeds after the pod’s namespace is gone, and removes the pin', async (context) => {
  if (lacksKernel(context)) return;
  const { worker, pod } = await pair(context);
  const before = snapshot(worker);
  const spec = {
    netns: pod.netns.path,
    podInterface: 'eth0',
    vni,
    port,
    remote: '192.0.2.2',
    local: '192.0.2.1',
    podMtu: 1450,
  };
  const record = await setUpNodeEnd(spec, contextOf(worker));
  assert.notEqual(snapshot(worker), before);
  await deleteNetns(pod.netns.path);
  await tearDownNodeEnd(record, contextOf(worker));
  assert.equal(snapshot(worker), before);
});

test('a frame with the right VNI from another source is dropped; the same from the far end arrives', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm, stranger] = (await underlay(context, 3)) as [Place, Place, Place];
  const inside = await place(context, 'inside');
  await setUpVmEnd({ podNetwork, podNetnsPath: inside.netns.path }, contextOf(vm));
  answer(context, inside, '10.1.0.5', 'from the pod');
  const received = () => Number(JSON.parse(inside.run('ip -j -s link show eth0'))[0].stats64.rx.packets);
  for (const [from, arrives] of [
    [stranger, false],
    [worker, true],
  ] as const) {
    from.run(`ip link add t0 type vxlan id ${vni} remote 192.0.2.2 dstport ${port} nolearning
      ip addr add 10.1.0.6/24 dev t0; ip link set t0 up; ip neigh add 10.1.0.5 lladdr 02:00:00:00:00:05 dev t0`);
    inside.run(`ip route replace 10.1.0.6/32 dev eth0
      ip neigh replace 10.1.0.6 lladdr $(ip netns exec ${from.name} cat /sys/class/net/t0/address) dev eth0`);
    const before = received();
    assert.equal(wordFrom(from, '10.1.0.5', arrives ? 40 : 5), arrives ? 'from the pod' : undefined);
    assert.equal(received() > before, arrives);
  }
  // The control: without the pins the stranger's frames do arrive
  vm.run('nft delete table inet peerpods');
  const before = received();
  wordFrom(stranger, '10.1.0.5', 5);
  assert.ok(received() > before);
});
