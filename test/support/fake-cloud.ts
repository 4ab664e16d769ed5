/** The fake provider with pod VMs that answer: behind each address a real TLS listener made from the VM's user-data. */

import net, { type Server } from 'node:net';
import {
  type CallOptions,
  type LiveUserData,
  type PodVm,
  type PodVmSpec,
  ProviderError,
  type ProviderModule,
} from '@peerpods/provider';
import { type FakeOperation, FakeProvider } from '@peerpods/provider-fake';
import { Secret } from '#base/secret.ts';
import { type ForwarderConfig, parseForwarderConfig } from '#codec/forwarder-config.ts';
import { parseUserData } from '#codec/user-data.ts';
import { systemClock } from '#io/system-clock.ts';
import { createTlsListener, parseTlsProfile } from '#io/tls.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';

const forwarderPort = 15150;

export function forwarderConfigOf(userData: string): ForwarderConfig {
  const file = parseUserData(userData).find(({ path }) => path === '/run/peerpod/apf.json');
  if (!file) throw new Error('no apf.json in the user-data');
  return parseForwarderConfig(file.content.reveal());
}

/** What an image brings with it, in place of what apf.json leaves out. */
export interface ImageFiles {
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly clientCaPem?: string;
}

class Machine {
  readonly #agent = new TtrpcServer({
    services: { 'grpc.Health': { Check: async () => Buffer.from([8, 1]) } },
    clock: systemClock,
  });
  readonly #server: Server;

  constructor(userData: string, image: ImageFiles) {
    const config = forwarderConfigOf(userData);
    const certPem = image.certPem ?? config.tlsServerCert;
    const keyPem = image.keyPem ?? config.tlsServerKey?.reveal();
    const clientCaPem = image.clientCaPem ?? config.tlsClientCa;
    if (certPem === undefined || keyPem === undefined || clientCaPem === undefined) {
      this.#server = net.createServer((socket) => this.#agent.serve(socket));
    } else {
      this.#server = createTlsListener({
        certPem,
        key: new Secret(keyPem),
        clientCaPem,
        profile: parseTlsProfile(config.tlsMinVersion, config.tlsCipherSuites),
        onConnection: (socket) => this.#agent.serve(socket),
      });
    }
  }

  boot(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(forwarderPort, address, resolve);
    });
  }

  end(): void {
    this.#server.close();
    this.#agent.destroy();
  }
}

export class FakeCloud extends FakeProvider {
  /** Runs before each effect; a test stretches calls with it. */
  hold: (operation: FakeOperation, subject: string) => Promise<void>;
  /** False: VMs are made, but nothing in them listens. */
  boots = true;
  image: ImageFiles = {};
  /** Of the last create of each sandbox. */
  readonly specs = new Map<string, PodVmSpec>();
  /** What this cloud stores of the user-data of each pod VM. */
  readonly storedUserData = new Map<string, string>();
  readonly liveUserData: LiveUserData = {
    replace: async (podVmId, userData) => void this.storedUserData.set(podVmId, userData),
  };
  readonly #machines = new Map<string, Machine>();
  readonly #listLagMsMax: number;
  #losesNext = false;

  /** `listLag` counts calls of list, `listLagMsMax` is what the module promises of it. */
  constructor(options: { readonly listLag?: number; readonly listLagMsMax?: number } = {}) {
    const { listLag = 0, listLagMsMax = 0 } = options;
    super({ listLag, wait: (operation, subject) => this.hold(operation, subject) });
    this.#listLagMsMax = listLagMsMax;
    this.hold = async () => {};
  }

  /** The next create makes its pod VM, and fails without naming it. */
  loseNextCreate(): void {
    this.#losesNext = true;
  }

  get module(): ProviderModule {
    return {
      name: 'fake',
      summary: 'a cloud in the test process',
      options: [],
      userDataBytesMax: 64 * 1024,
      listLagMsMax: this.#listLagMsMax,
      open: async () => this,
    };
  }

  override async create(spec: PodVmSpec, options: CallOptions): Promise<PodVm> {
    this.specs.set(spec.sandboxId, spec);
    const podVm = await super.create(spec, options);
    this.storedUserData.set(podVm.id, spec.userData);
    if (this.boots) await this.#boot(podVm, spec.userData);
    if (!this.#losesNext) return podVm;
    this.#losesNext = false;
    throw new ProviderError('transient', 'connection reset');
  }

  override async delete(podVmId: string, options: CallOptions): Promise<'deleting' | 'gone'> {
    const outcome = await super.delete(podVmId, options);
    this.#machines.get(podVmId)?.end();
    this.#machines.delete(podVmId);
    return outcome;
  }

  /** Boots the pod VMs that were made while `boots` was false. */
  async bootAll(): Promise<void> {
    for (const podVm of this.podVms) await this.#boot(podVm, this.storedUserData.get(podVm.id) ?? '');
  }

  /** Ends what listens in the pod VMs that are left, so that the test process can end. */
  end(): void {
    for (const machine of this.#machines.values()) machine.end();
    this.#machines.clear();
  }

  async #boot({ id, addresses }: PodVm, userData: string): Promise<void> {
    const [address] = addresses;
    if (address === undefined || this.#machines.has(id)) return;
    const machine = new Machine(userData, this.image);
    this.#machines.set(id, machine);
    await machine.boot(address);
  }
}
