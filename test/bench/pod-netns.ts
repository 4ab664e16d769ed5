/** Namespaces with an eth0, as a CNI plugin leaves them, in numbers; they end with the bench's own namespaces. */

import { createNetns, execute, getLink, netlink, newLink, openNetns, query } from '@peerpods/netlink';

export interface PodNetns {
  /** Of /run/netns, for `ip -n`. */
  readonly name: string;
  readonly path: string;
  /** ifindex of eth0. */
  readonly podIndex: number;
}

async function makeOne(name: string): Promise<PodNetns> {
  const path = `/run/netns/${name}`;
  await createNetns(path);
  using netns = openNetns(path);
  await execute(netlink, netns, [newLink({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'peer' } })]);
  const [link] = await query(netlink, netns, getLink({ name: 'eth0' }));
  if (!link) throw new Error(`no eth0 in ${name}`);
  return { name, path, podIndex: link.index };
}

/** Made a few at a time; the kernel makes devices under one lock anyway. */
export async function makePods(prefix: string, count: number): Promise<PodNetns[]> {
  const pods: PodNetns[] = [];
  for (let from = 0; from < count; from += 8) {
    const names = Array.from({ length: Math.min(8, count - from) }, (_, at) => `${prefix}${from + at}`);
    pods.push(...(await Promise.all(names.map(makeOne))));
  }
  return pods;
}
