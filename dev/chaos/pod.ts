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
const expected = Array.from({ length: lines }, (_, index) => `line ${index}\n`).join('');

export class Pod {
  readonly id = randomBytes(32).toString('hex');
  readonly #network: WorkerPod;
  readonly #shim = new Hypervisor(paths.hypervisorSocket);
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
    if (text !== expected) throw new Error(`output was ${text.split('\n').length - 1} lines, or not as written`);
    const status = await agent.waitProcess(target);
    if (status !== 7) throw new Error(`exit code ${status}`);
  }
}
