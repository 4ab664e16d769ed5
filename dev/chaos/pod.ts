/** A pod with calls in flight: lines of output, their order and number, and an exit code that must arrive. */

import { randomBytes } from 'node:crypto';
import { paths } from '#dev/demo/daemons.ts';
import type { WorkerPod } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';

/** As long as kubelet has patience; nothing here waits for it to pass. */
const startMsMax = 75_000;
const checkEveryMs = 5000;
const lines = 150;
const script = `i=0; while [ $i -lt ${lines} ]; do echo line $i; i=$((i+1)); sleep 0.01; done; exit 7`;
/** A reader takes what is there; at a line every 10 ms that is a line or a few. */
const pieceMax = 10 * 'line 000\n'.length;
const expected = Array.from({ length: lines }, (_, index) => `line ${index}\n`).join('');

/** In order, nothing twice, and one piece of some lines gone. */
function isWithoutPiece(text: string): boolean {
  const lost = expected.length - text.length;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === expected[at]) continue;
    return lost > 0 && lost <= pieceMax && text.slice(at) === expected.slice(at + lost);
  }
  return false;
}

/** The first line that is not as written. */
function differenceOf(text: string): string {
  const read = text.split('\n');
  const at = expected.split('\n').findIndex((line, index) => line !== read[index]);
  return `output has ${read.length - 1} lines of ${lines}; where line ${at} should be it has "${read[at]}"`;
}

export class Pod {
  readonly id = randomBytes(32).toString('hex');
  readonly #network: WorkerPod;
  readonly #shim = new Hypervisor(paths.hypervisorSocket);
  /** Why `work` was not carried through. */
  trouble = '';
  /** Whether a piece of output may be gone: one that was in a process of the pod VM when that was killed. */
  mayLoseOutput = false;
  #agentSocket = '';
  #agent: Agent | undefined;

  constructor(network: WorkerPod) {
    this.#network = network;
  }

  async create(): Promise<void> {
    const { name, netnsPath } = this.#network;
    const request = { id: this.id, podName: name, podNamespace: 'chaos', netnsPath };
    this.#agentSocket = await this.#shim.createVm(request);
  }

  async start(): Promise<void> {
    await this.#shim.startVm(this.id, startMsMax);
  }

  async stop(): Promise<void> {
    await this.#agent?.[Symbol.asyncDispose]();
    await this.#shim.stopVm(this.id, startMsMax);
  }

  async check(): Promise<void> {
    this.#agent ??= await Agent.dial(this.#agentSocket);
    await this.#agent.check();
  }

  /** Resolves when every line came, once and in order, and the exit code was right; rejects when the shim would give up. */
  async work(): Promise<void> {
    this.#agent ??= await Agent.dial(this.#agentSocket);
    const agent = this.#agent;
    const over = new AbortController();
    try {
      await Promise.race([this.#workload(agent), this.#monitor(agent, over.signal)]);
    } catch (error) {
      this.trouble = String(error);
      throw error;
    } finally {
      over.abort();
    }
  }

  /** As the shim does it: a Check every 5 s, and the pod is over when one is not answered within 30 s. */
  async #monitor(agent: Agent, over: AbortSignal): Promise<never> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, checkEveryMs));
      if (over.aborted) throw over.reason;
      await agent.check();
    }
  }

  async #workload(agent: Agent): Promise<void> {
    const target = { containerId: 'worker', execId: 'worker' };
    await agent.createSandbox(this.#network.name, this.id);
    await agent.createContainer('worker', ['sh', '-c', script], ['PATH=/usr/bin:/bin']);
    await agent.startContainer('worker');
    const { text } = await agent.readAllStdout(target);
    if (text !== expected && !(this.mayLoseOutput && isWithoutPiece(text))) throw new Error(differenceOf(text));
    const status = await agent.waitProcess(target);
    if (status !== 7) throw new Error(`exit code ${status}`);
  }
}
