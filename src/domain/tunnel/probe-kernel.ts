/** Whether this kernel can do what tunnels need, found out by doing it in a network namespace that nobody else sees. */

import {
  addIngressQdisc,
  addRedirectFilter,
  createNetns,
  deleteNetns,
  delLink,
  execute,
  isNetlinkError,
  type Netlink,
  type NetlinkRequest,
  type Netns,
  newLink,
  openNetns,
} from '@peerpods/netlink';
import { errorText } from '#base/errors.ts';
import { NftAbsentError, NftPins } from './nft-pins.ts';

export const kernelFeatures = ['netns', 'vxlan', 'sch_ingress', 'cls_u32, act_mirred', 'nf_tables'] as const;
export type KernelFeature = (typeof kernelFeatures)[number];

export interface FeatureProbe {
  readonly feature: KernelFeature;
  /** absent: the kernel does not know it. denied: this process may not. untried: something before it failed. */
  readonly outcome: 'works' | 'absent' | 'denied' | 'failed' | 'untried';
  /** The kernel's words. */
  readonly detail?: string;
}

const probeIndex = 0x77_0001;
const loopbackIndex = 1;
/** Of a documentation network: nothing is ever sent. */
const remote = '192.0.2.1';
const pin = { remote, port: 4789, vni: 1 };

export type PortProbe = 'free' | 'taken' | { readonly error: string };

/** The last VNIs: those of tunnels are random, and another one is tried when it is in use. */
const portVnis = [0xff_fff0, 0xff_fff1, 0xff_fff2, 0xff_fff3];

/**
 * Whether a tunnel's UDP socket can be had in the worker's namespace: a VXLAN device is made as for a pod, with the
 * device in a namespace of its own. Shared with other VXLANs is free. Never rejects.
 */
export async function probeVxlanPort(netlink: Netlink, path: string, port: number): Promise<PortProbe> {
  try {
    await createNetns(path);
    try {
      using netns = openNetns(path);
      for (const vni of portVnis) {
        const vxlan = { vni, port, remote };
        const request = newLink({ kind: 'vxlan', name: 'probe', index: probeIndex, netns, up: true, vxlan });
        try {
          await execute(netlink, undefined, [request]);
          await execute(netlink, netns, [delLink({ index: probeIndex })]);
          return 'free';
        } catch (error) {
          if (isNetlinkError(error, 'EADDRINUSE')) return 'taken';
          if (!isNetlinkError(error, 'EEXIST')) return { error: errorText(error) };
        }
      }
      return { error: 'the VNIs for trying are in use' };
    } finally {
      await deleteNetns(path);
    }
  } catch (error) {
    return { error: errorText(error) };
  }
}

/** `path` is where the namespace is mounted meanwhile, in a directory that exists. Never rejects. */
export async function probeKernel(netlink: Netlink, path: string): Promise<readonly FeatureProbe[]> {
  const found: FeatureProbe[] = [];
  const attempt = async (feature: KernelFeature, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      found.push({ feature, outcome: 'works' });
      return true;
    } catch (error) {
      found.push({ feature, outcome: outcomeOf(error), detail: errorText(error) });
      return false;
    }
  };
  let netns: Netns | undefined;
  const isThere = await attempt('netns', async () => {
    await createNetns(path);
    netns = openNetns(path);
  });
  try {
    const inside = netns;
    if (isThere && inside) await probeWithin(netlink, inside, attempt);
  } finally {
    netns?.[Symbol.dispose]();
    if (isThere) await deleteNetns(path).catch(() => {}); // it ends with the machine at the latest
  }
  return kernelFeatures.map(
    (feature) => found.find((one) => one.feature === feature) ?? { feature, outcome: 'untried' },
  );
}

async function probeWithin(
  netlink: Netlink,
  netns: Netns,
  attempt: (feature: KernelFeature, work: () => Promise<unknown>) => Promise<boolean>,
): Promise<void> {
  const run = (request: NetlinkRequest) => execute(netlink, netns, [request]);
  const vxlan = { vni: 1, port: 4789, remote };
  const hasVxlan = await attempt('vxlan', () =>
    run(newLink({ kind: 'vxlan', name: 'probe', index: probeIndex, vxlan })),
  );
  const on = hasVxlan ? probeIndex : loopbackIndex;
  const hasIngress = await attempt('sch_ingress', () => run(addIngressQdisc(on)));
  if (hasIngress) {
    const redirect = { linkIndex: on, targetIndex: loopbackIndex, priority: 50001 };
    await attempt('cls_u32, act_mirred', () => run(addRedirectFilter(redirect)));
  }
  await attempt('nf_tables', async () => {
    const pins = new NftPins(netlink);
    await pins.add(pin, netns);
    await pins.remove(pin, netns, false);
  });
}

function outcomeOf(error: unknown): FeatureProbe['outcome'] {
  if (error instanceof NftAbsentError) return 'absent';
  for (const code of ['EPERM', 'EACCES'] as const) if (isNetlinkError(error, code)) return 'denied';
  // A kind of link, qdisc or filter that no module brings
  for (const code of ['EOPNOTSUPP', 'ENOENT', 'EPROTONOSUPPORT'] as const) {
    if (isNetlinkError(error, code)) return 'absent';
  }
  return 'failed';
}
