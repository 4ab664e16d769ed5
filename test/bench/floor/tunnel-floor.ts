/** The C floor as a process that takes commands, and the byte sequences it is given. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  addIngressQdisc,
  addRedirectFilter,
  ingressParent,
  type NetlinkRequest,
  type Netns,
  newLink,
  openNetns,
  setLink,
} from '@peerpods/netlink';
import { tunnelMessages } from '#domain/tunnel/node-messages.ts';
import { planSends } from '../../../native/exchange.ts';
import { compileC } from '../compile.ts';

export interface TunnelShape {
  readonly netnsPath: string;
  /** ifindex of the pod's interface. */
  readonly podIndex: number;
  readonly vni: number;
  readonly remote: string;
  readonly port: number;
}

const local = '192.0.2.2';
const podMtu = 1450;

/** ifindex of the tunnel's device: chosen, as the product does. */
export const tunnelIndex = (vni: number) => 0x100_0000 + vni;

export interface Leg {
  readonly inPod: boolean;
  readonly messages: readonly NetlinkRequest[];
}

/** What the product sends: the device in place and up, then four messages in one send. */
export function directLegs({ podIndex, vni, remote, port }: TunnelShape, pod: Netns): Leg[] {
  const spec = { vni, port, remote, local, podMtu };
  const messages = tunnelMessages({ spec, index: tunnelIndex(vni), podIndex, parent: ingressParent, pod });
  const { link, podQdisc, tunnelQdisc, podRedirect, tunnelRedirect } = messages;
  return [
    { inPod: false, messages: [link] },
    { inPod: true, messages: [podQdisc, tunnelQdisc, podRedirect, tunnelRedirect] },
  ];
}

/** Upstream's order: made in the host's namespace, moved, renamed, brought up; each message a send of its own. */
export function movingLegs({ podIndex, vni, remote, port }: TunnelShape, netns: Netns): Leg[] {
  const index = tunnelIndex(vni);
  const host = [
    newLink({ kind: 'vxlan', name: 'ppvxlan1', index, vxlan: { vni, remote, port } }),
    setLink({ index }, { netns }),
  ];
  const pod = [
    setLink({ index }, { name: 'vxlan1' }),
    setLink({ index }, { up: true }),
    addIngressQdisc(podIndex),
    addRedirectFilter({ linkIndex: podIndex, targetIndex: index }),
    addIngressQdisc(index),
    addRedirectFilter({ linkIndex: index, targetIndex: podIndex }),
  ];
  return [
    ...host.map((message) => ({ inPod: false, messages: [message] })),
    ...pod.map((message) => ({ inPod: true, messages: [message] })),
  ];
}

export class TunnelFloor implements AsyncDisposable {
  readonly #child: ChildProcess = spawn(compileC('floor/tunnel-floor.c'), { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();

  /** Numbers of the answer: nanoseconds. */
  async #command(text: string): Promise<number[]> {
    this.#child.stdin?.write(`${text}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the floor ended at: ${text.slice(0, 100)}`);
    return String(value).split(' ').map(Number);
  }

  /** Sets one tunnel up; ms. */
  async setUp(shape: TunnelShape, plan: typeof directLegs): Promise<number> {
    const [ns = Number.NaN] = await this.#command(`net ${this.#job(shape, plan)}`);
    return ns / 1e6;
  }

  /** Sets all up on `threads` threads; ms in all, and each one's. */
  async burst(
    shapes: readonly TunnelShape[],
    threads: number,
  ): Promise<{ readonly ms: number; readonly each: number[] }> {
    for (const shape of shapes) await this.#command(`job ${this.#job(shape, directLegs)}`);
    const [ns = Number.NaN, ...each] = await this.#command(`burst ${threads}`);
    return { ms: ns / 1e6, each: each.map((value) => value / 1e6) };
  }

  /** Runs programs one after the other, without a shell; ms in all. No word may hold a space. */
  async run(commands: readonly string[]): Promise<number> {
    const [ns = Number.NaN] = await this.#command(`run ${commands.join(' ; ')}`);
    return ns / 1e6;
  }

  #job(shape: TunnelShape, plan: typeof directLegs): string {
    using netns = openNetns(shape.netnsPath);
    const legs = plan(shape, netns).flatMap(({ inPod, messages }) =>
      planSends(messages).map((bytes) => `${inPod ? 'p' : 'h'}:${bytes.toString('hex')}`),
    );
    return `${shape.netnsPath} ${legs.join(' ')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
  }
}
