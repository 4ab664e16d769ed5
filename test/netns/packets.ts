/** A process in a namespace that sends, answers and counts packets (packets.py), started on first use. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./packets.py', import.meta.url));

/** VNI; inner source and target MAC; inner source and target IPv4 address; a text to recognise it by. */
export type InjectedFrame = readonly [
  vni: number,
  sourceMac: string,
  targetMac: string,
  source: string,
  target: string,
  mark: string,
];

export class Packets implements Disposable {
  readonly #namespace: string;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #process: ChildProcessWithoutNullStreams | undefined;
  #number = 0;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Answers UDP and TCP at `address` with `word` until the test ends. */
  async answer(address: string, word: string): Promise<void> {
    await this.#perform('answer', address, word);
  }

  /** The word that answers at `address` to a UDP packet of `bytes` bytes, which is never cut into fragments. */
  ask(address: string, { tries = 40, bytes = 100 } = {}): Promise<string | null> {
    return this.#perform('ask', address, tries, bytes) as Promise<string | null>;
  }

  /** How many of `bytes` bytes came over TCP. */
  fetch(address: string, bytes: number): Promise<number> {
    return this.#perform('fetch', address, bytes) as Promise<number>;
  }

  /** Sends VXLAN frames to a tunnel's port; with `vnis` with each of these in turn. */
  async inject(address: string, port: number, count: number, frame: InjectedFrame, vnis?: number[]): Promise<void> {
    await this.#perform('inject', address, port, count, frame, vnis ?? null);
  }

  /** The same in fragments, the first of which is too short to show the VNI. */
  async injectFragments(address: string, port: number, count: number, frame: InjectedFrame): Promise<void> {
    await this.#perform('inject_fragments', address, port, count, frame);
  }

  /**
   * In fragments, the first of which shows `length` bytes of a VXLAN header with another VNI. Of a length that 8 does not
   * divide, IPv4 cuts off the rest when it puts them together; otherwise the second fragment overlaps the first.
   */
  async injectDisguised(
    address: string,
    port: number,
    count: number,
    frame: InjectedFrame,
    length: number,
  ): Promise<void> {
    await this.#perform('inject_disguised', address, port, count, frame, length);
  }

  /** Counts packets that come in on `link` and hold `mark`, from now on. */
  async count(link: string, mark: string): Promise<() => Promise<number>> {
    await this.#perform('count', link, mark);
    return () => this.#perform('counted', link) as Promise<number>;
  }

  /** Drops IPv4 packets of that total length as they come in on `link`, by a BPF program (tcx). */
  async tcxDrop(link: string, length: number): Promise<void> {
    await this.#perform('tcx_drop', link, length);
  }

  #perform(name: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#process ??= this.#start();
    const number = this.#number++;
    const reply = Promise.withResolvers<unknown>();
    this.#open.set(number, reply);
    this.#process.stdin.write(`${JSON.stringify([number, name, args])}\n`);
    return reply.promise;
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = spawn('ip', ['netns', 'exec', this.#namespace, 'python3', program]);
    let complaint = '';
    child.stderr.on('data', (text) => {
      complaint += text;
    });
    child.stdin.on('error', () => {}); // 'exit' tells
    child.on('exit', () => {
      for (const reply of this.#open.values()) reply.reject(new Error(`packets.py ended: ${complaint}`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, value, error } = JSON.parse(line);
      const reply = this.#open.get(id);
      this.#open.delete(id);
      if (error === undefined) reply?.resolve(value);
      else reply?.reject(new Error(error));
    });
    return child;
  }

  [Symbol.dispose](): void {
    this.#open.clear();
    this.#process?.kill('SIGKILL');
  }
}
