/** Run inside the demo's namespaces: leaves one thing of each kind behind on purpose, prints what the check says of each. */

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  addAddress,
  addIngressQdisc,
  addNeighbour,
  addRedirectFilter,
  addRoute,
  addSourceRule,
  addTable,
  createNetns,
  execute,
  getLink,
  netlink,
  newLink,
  nftBatch,
  query,
} from '@peerpods/netlink';
import { leftovers, takeSnapshot } from '#dev/demo/leftovers.ts';
import { SecretWatch } from '#dev/demo/secrets.ts';
import { addPod, removePod, setUpWorkerNode } from '#dev/demo/worker-node.ts';

mkdirSync('/run/netns');
mkdirSync('/run/demo-logs');
await setUpWorkerNode();
const indexOf = async (name: string) => (await query(netlink, undefined, getLink({ name })))[0]?.index ?? 0;
const ens3 = await indexOf('ens3');
const secrets = new SecretWatch();
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Each adds exactly what its name says. */
const plants: Record<string, () => Promise<unknown> | unknown> = {
  device: () => execute(netlink, undefined, [newLink({ kind: 'bridge', name: 'left0' })]),
  address: () => execute(netlink, undefined, [addAddress({ linkIndex: ens3, address: '10.9.9.9', prefixLength: 32 })]),
  route: () =>
    execute(netlink, undefined, [
      addRoute({ destination: { address: '10.9.8.0', length: 24 }, gateway: '192.168.122.2', linkIndex: ens3 }),
    ]),
  neighbour: () =>
    execute(netlink, undefined, [
      addNeighbour({ linkIndex: ens3, address: '192.168.122.9', mac: '02:00:00:00:00:09' }),
    ]),
  'routing rule': () =>
    execute(netlink, undefined, [
      addSourceRule({ source: { address: '10.9.9.9', length: 32 }, table: 77, priority: 777 }),
    ]),
  'nft table': () => execute(netlink, undefined, nftBatch([addTable({ family: 'inet', name: 'left' })])),
  qdisc: () => execute(netlink, undefined, [addIngressQdisc(ens3)]),
  filter: async () =>
    execute(netlink, undefined, [
      addRedirectFilter({ linkIndex: ens3, targetIndex: await indexOf('cni0'), priority: 7 }),
    ]),
  namespace: () => createNetns('/run/netns/left'),
  process: () => once(spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }), 'spawn'),
  'unix socket': () => once(createServer().listen('/run/left.sock'), 'listening'),
  'abstract socket': () => once(createServer().listen('\0left'), 'listening'),
  'tcp socket': () => once(createServer().listen(15150, '127.0.0.1'), 'listening'),
  'vxlan device with its udp socket': async () => {
    const vxlan = { vni: 5, port: 4789, remote: '192.168.122.77', learning: false } as const;
    await execute(netlink, undefined, [newLink({ kind: 'vxlan', name: 'left1', vxlan, up: true })]);
  },
  file: () => writeFileSync('/run/left.json', '{}'),
  folder: () => mkdirSync('/run/peerpod/pods/left', { recursive: true }),
};

const reports: Record<string, readonly string[]> = {};
for (const [kind, plant] of Object.entries(plants)) {
  const before = await takeSnapshot();
  await plant();
  reports[kind] = leftovers(before, await takeSnapshot());
}

secrets.learn('/run');
reports['no secret'] = secrets.found('/run');
writeFileSync('/run/client.key', key);
secrets.learn('/run');
writeFileSync('/run/client.key', '');
reports['secret overwritten'] = secrets.found('/run');
writeFileSync('/run/demo-logs/relay.log', JSON.stringify({ msg: key.replaceAll(/-----.*-----/g, '') }));
reports['secret in a log'] = secrets.found('/run');

const pod = await addPod(0);
reports['nothing in the namespace of a pod'] = await removePod(pod);
const other = await addPod(1);
const { openNetns } = await import('@peerpods/netlink');
{
  using netns = openNetns(other.netnsPath);
  const [eth0] = await query(netlink, netns, getLink({ name: 'eth0' }));
  await execute(netlink, netns, [newLink({ kind: 'bridge', name: 'vxlan1' }), addIngressQdisc(eth0?.index ?? 0)]);
}
reports['tunnel in the namespace of a pod'] = await removePod(other);

process.stdout.write(JSON.stringify(reports));
process.exit(0);
