/** Pod networks as CNI plugins build them, in namespaces: what is on a worker, and what a pod is given. */

import type { TestContext } from 'node:test';
import { hostAddress, hostAddress6, type Place, place } from './topology.ts';

/** One pod's place in a pod network; `worker` and `number` count from 1. */
export interface PodPlace {
  readonly worker: number;
  readonly number: number;
  /** Of the pod's veth on the worker. */
  readonly link: string;
}

export interface Cni {
  readonly name: string;
  readonly podMtu: number;
  readonly underlayMtu?: number;
  /** Addresses that the pod is reached at, IPv4 first. */
  addressesOf(at: PodPlace): readonly string[];
  /** Shell commands, once on each worker. `workers` is how many there are. */
  onWorker(worker: number, workers: number): string;
  /** For a pod, on its worker; the veth is there already. */
  forPod(at: PodPlace): string;
  /** Inside the pod; eth0 is there and up. */
  inPod(at: PodPlace): string;
  /** Where pods reach their worker. */
  workerAddresses(worker: number): readonly string[];
}

const others = (worker: number, workers: number) =>
  Array.from({ length: workers }, (_, index) => index + 1).filter((other) => other !== worker);

const forwarding = 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1';
const nodeAddress = (worker: number) => [hostAddress(worker)];

/** Pods on a Linux bridge with the gateway's address on it; workers route to each other's subnets. */
function bridged(
  name: string,
  podMtu: number,
  of: { subnet(worker: number): string; bits: number; routes(worker: number): string; onBridge?: string },
): Cni {
  const gateway = (worker: number) => of.subnet(worker).replace(/\.0$/, '.1');
  const podIp = ({ worker, number }: PodPlace) => of.subnet(worker).replace(/\.0$/, `.${10 + number}`);
  return {
    name,
    podMtu,
    addressesOf: (at) => [podIp(at)],
    onWorker: (worker, workers) => `${forwarding}
      ip link add cni0 mtu ${podMtu} type bridge mcast_snooping 0
      ip addr add ${gateway(worker)}/${of.bits} dev cni0; ip link set cni0 up; ${of.onBridge ?? ''}
      ${others(worker, workers)
        .map((other) => `ip route add ${of.subnet(other)}/${of.bits} via ${hostAddress(other)}`)
        .join('; ')}`,
    forPod: ({ link }) => `ip link set ${link} master cni0`,
    inPod: (at) =>
      `ip addr add ${podIp(at)}/${of.bits} brd + dev eth0; ${of.routes(at.worker).replaceAll('GW', gateway(at.worker)).replaceAll('SELF', podIp(at))}`,
    workerAddresses: (worker) => [gateway(worker), hostAddress(worker)],
  };
}

/** Pods behind a veth each: a host route on the worker, a gateway on link scope in the pod. */
function routed(
  name: string,
  podMtu: number,
  of: {
    hostMac?: string;
    proxyArp: boolean;
    underlayMtu?: number;
    onWorker?: string;
    inPod(podIp: string, worker: number): string;
  },
): Cni {
  const podIp = ({ worker, number }: PodPlace) => `10.244.${worker}.${10 + number}`;
  return {
    name,
    podMtu,
    ...(of.underlayMtu !== undefined && { underlayMtu: of.underlayMtu }),
    addressesOf: (at) => [podIp(at)],
    onWorker: (worker, workers) => `${forwarding}; ${of.onWorker ?? ''}
      ${others(worker, workers)
        .map((other) => `ip route add 10.244.${other}.0/24 via ${hostAddress(other)}`)
        .join('; ')}`,
    forPod: (at) => `${of.hostMac ? `ip link set ${at.link} address ${of.hostMac}` : ''}
      sysctl -qw net.ipv4.conf.${at.link}.proxy_arp=${of.proxyArp ? 1 : 0}
      ip route add ${podIp(at)} dev ${at.link} scope link`,
    inPod: (at) => of.inPod(podIp(at), at.worker),
    workerAddresses: nodeAddress,
  };
}

/** flannel: a bridge, and a VXLAN of its own between workers (port 8472, VNI 1). */
export const flannel: Cni = {
  ...bridged('flannel', 1450, {
    subnet: (worker) => `10.244.${worker}.0`,
    bits: 24,
    routes: () => 'ip route add default via GW; ip route add 10.244.0.0/16 via GW',
  }),
  onWorker: (worker, workers) => `${forwarding}
    ip link add cni0 mtu 1450 type bridge mcast_snooping 0
    ip addr add 10.244.${worker}.1/24 dev cni0; ip link set cni0 up
    ip link add flannel.1 address 02:fa:00:00:00:0${worker} mtu 1450 type vxlan id 1 dev up0 dstport 8472 \\
      local ${hostAddress(worker)} nolearning
    ip addr add 10.244.${worker}.0/32 dev flannel.1; ip link set flannel.1 up
    ${others(worker, workers)
      .map(
        (other) => `ip route add 10.244.${other}.0/24 via 10.244.${other}.0 dev flannel.1 onlink
          ip neigh add 10.244.${other}.0 lladdr 02:fa:00:00:00:0${other} dev flannel.1
          bridge fdb append 02:fa:00:00:00:0${other} dev flannel.1 dst ${hostAddress(other)}`,
      )
      .join('\n')}`,
};

/** The whole cluster's network is on the link; OVS answers ARP for all of it (here the bridge does). */
const openshiftSdn = bridged('OpenShift SDN', 1450, {
  subnet: (worker) => `10.128.${2 * worker}.0`,
  bits: 23,
  routes: () => 'ip route add default via GW; ip route add 10.128.0.0/14 dev eth0; ip route add 224.0.0.0/4 dev eth0',
  onBridge: 'sysctl -qw net.ipv4.conf.cni0.proxy_arp=1',
});

const ovnKubernetes = bridged('OVN-Kubernetes', 1400, {
  subnet: (worker) => `10.128.${2 * worker}.0`,
  bits: 23,
  routes: () => `for net in default 10.128.0.0/14 172.30.0.0/16 100.64.0.0/16 169.254.0.5/32; do
    ip route add $net via GW; done`,
});

const linkScope = 'ip route add 169.254.1.1 dev eth0 scope link; ip route add default via 169.254.1.1';

const calico = routed('Calico', 1480, {
  hostMac: 'ee:ee:ee:ee:ee:ee',
  proxyArp: true,
  inPod: (podIp) => `ip addr add ${podIp}/32 dev eth0; ${linkScope}`,
});

/** Nobody answers ARP: the permanent neighbour has to come along. The host's interface has several addresses. */
const awsVpc = routed('AWS VPC CNI', 9001, {
  hostMac: '02:aa:00:00:00:01',
  proxyArp: false,
  underlayMtu: 9001,
  onWorker: 'ip addr add 192.0.2.101/24 dev up0; ip addr add 192.0.2.102/24 dev up0',
  inPod: (podIp) => `ip addr add ${podIp}/32 dev eth0; ${linkScope}
    ip neigh add 169.254.1.1 lladdr 02:aa:00:00:00:01 dev eth0 nud permanent`,
});

const azure = routed('Azure CNI', 1500, {
  hostMac: '12:34:56:78:9a:bc',
  proxyArp: false,
  inPod: (podIp) => `ip addr add ${podIp}/24 brd + dev eth0 noprefixroute; ${linkScope}
    ip neigh add 169.254.1.1 lladdr 12:34:56:78:9a:bc dev eth0 nud permanent`,
});

/** The kernel's route to the subnet is replaced by ones through the gateway, with a preferred source. */
const gke = routed('GKE, PTP', 1460, {
  proxyArp: false,
  inPod: (podIp, worker) => `ip addr add ${podIp}/24 brd + dev eth0; ip route del 10.244.${worker}.0/24
    ip route add 10.244.${worker}.1 dev eth0 scope link src ${podIp}
    ip route add 10.244.${worker}.0/24 via 10.244.${worker}.1 src ${podIp}
    ip route add default via 10.244.${worker}.1`,
});

const ptp: Cni = {
  ...gke,
  forPod: (at) => `ip addr add 10.244.${at.worker}.1/32 dev ${at.link}; ${gke.forPod(at)}`,
};

/** What routes can have beyond destination and gateway. */
const attributes: Cni = {
  ...bridged('routes with metric, source, onlink and MTU', 1450, {
    subnet: (worker) => `10.244.${worker}.0`,
    bits: 24,
    routes: (worker) => `ip route add default via GW metric 300
      ip route add default via 10.244.${worker}.2 metric 400
      ip route add 10.9.0.0/16 via 10.77.0.1 dev eth0 onlink
      ip route add 192.0.2.0/24 via GW src SELF mtu 1300 metric 7 proto static`,
  }),
};

const dualStackBridge: Cni = {
  ...flannel,
  name: 'dual stack on a bridge',
  addressesOf: (at) => [...flannel.addressesOf(at), `fd00:244:${at.worker}::${10 + at.number}`],
  onWorker: (worker, workers) => `${flannel.onWorker(worker, workers)}
    ip addr add fd00:244:${worker}::1/64 dev cni0`,
  inPod: (at) => `${flannel.inPod(at)}; ip addr add fd00:244:${at.worker}::${10 + at.number}/64 dev eth0
    ip route add default via fd00:244:${at.worker}::1 metric 512
    ip route add fd00:244::/32 via fd00:244:${at.worker}::1`,
  workerAddresses: (worker) => [...flannel.workerAddresses(worker), `fd00:244:${worker}::1`, hostAddress6(worker)],
};

/** The gateway is the link-local address of the veth's other end. */
const ipv6Only: Cni = {
  name: 'IPv6 only, behind a veth',
  podMtu: 1480,
  addressesOf: ({ worker, number }) => [`fd00:244:${worker}::${10 + number}`],
  onWorker: () => forwarding,
  forPod: ({ link, worker, number }) => `ip link set ${link} address ee:ee:ee:ee:ee:ee
    ip link set ${link} down; ip link set ${link} up
    ip route add fd00:244:${worker}::${10 + number} dev ${link}`,
  inPod: ({ worker, number }) => `ip addr add fd00:244:${worker}::${10 + number}/128 dev eth0
    ip route add default via fe80::ecee:eeff:feee:eeee dev eth0`,
  workerAddresses: (worker) => [hostAddress6(worker)],
};

export const cnis: readonly Cni[] = [
  openshiftSdn,
  ovnKubernetes,
  flannel,
  calico,
  awsVpc,
  azure,
  ptp,
  attributes,
  dualStackBridge,
  ipv6Only,
];

let links = 0;

/** A pod as the CNI leaves it. */
export async function addPod(
  context: TestContext,
  cni: Cni,
  worker: Place,
  at: { worker: number; number: number },
): Promise<{ pod: Place; addresses: readonly string[] }> {
  const pod = await place(context, 'pod');
  const link = `veth${links++}`;
  const mac = `0a:58:0a:80:0${at.worker}:0${at.number}`;
  worker.run(`ip link add ${link} mtu ${cni.podMtu} type veth \\
    peer name eth0 mtu ${cni.podMtu} address ${mac} netns ${pod.name}; ip link set ${link} up`);
  pod.run(`ip link set eth0 up`);
  worker.run(cni.forPod({ ...at, link }));
  pod.run(cni.inPod({ ...at, link }));
  return { pod, addresses: cni.addressesOf({ ...at, link }) };
}
