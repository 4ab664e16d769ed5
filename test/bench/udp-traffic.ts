/** Traffic between namespaces: packet rates, round trips, injected frames. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { compileC } from './compile.ts';
import { output } from './processes.ts';

const program = compileC('load/udp-traffic.c');
/** A receiver may wait for its CPU on a busy machine. */
const sinkTriesMax = 50;
const inNetns = (netns: string, cpu: number, args: readonly string[]) => [
  ...['ip', 'netns', 'exec', netns, 'taskset', '-c', String(cpu), program],
  ...args,
];

/** A program that answers or counts in a namespace. */
export class UdpListener implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  static async start(netns: string, mode: 'echo' | 'sink', port: number, cpu: number): Promise<UdpListener> {
    const [file = '', ...args] = inNetns(netns, cpu, [mode, String(port)]);
    const listener = new UdpListener(spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    const { value } = await listener.#lines.next();
    if (value !== 'ready') throw new Error(`${mode} did not start in ${netns}`);
    return listener;
  }

  /** Of a sink: packets that came so far. */
  async count(): Promise<number> {
    this.#child.stdin?.write('\n');
    return Number((await this.#lines.next()).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
  }
}

/**
 * Packets of `bytes` bytes of payload for each second of CPU time: all the way to the receiver's socket is done by the
 * sender's CPU, so that packets which a starved receiver drops count, too. Throws when none comes.
 */
export async function packetRate(
  from: string,
  address: string,
  port: number,
  sink: UdpListener,
  options: { readonly bytes: number; readonly ms: number; readonly cpu: number },
): Promise<number> {
  const before = await sink.count();
  const args = ['flood', address, String(port), String(options.bytes), String(options.ms)];
  const [sent = 0, ns = Number.NaN] = (await output(inNetns(from, options.cpu, args))).split(' ').map(Number);
  let came = 0;
  for (let tries = 0; came === 0 && tries < sinkTriesMax; tries += 1) {
    await delay(20); // what is still in queues
    came = (await sink.count()) - before;
  }
  if (came === 0) throw new Error(`none of ${sent} packets came to ${address} from ${from}`);
  return sent / (ns / 1e9);
}

/** Median round trip, µs. */
export async function roundTrip(from: string, address: string, port: number, cpu: number): Promise<number> {
  return Number(await output(inNetns(from, cpu, ['ping', address, String(port), '4000']))) / 1000;
}

export async function inject(
  from: string,
  to: { readonly address: string; readonly port: number; readonly vni: number },
  count: number,
  frame: Buffer,
): Promise<void> {
  const numbers = [to.port, to.vni, count].map(String);
  await output(inNetns(from, 0, ['inject', to.address, ...numbers, frame.toString('hex')]));
}
