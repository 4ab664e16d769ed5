/**
 * An example of a provider plugin as one ES module: its "cloud" is a JSON file with a line of addresses. What a real one
 * keeps of it: the checks first, one create a sandbox, an answer only when there is an address, errors with codes.
 *
 *   cloud-api-adaptor file -plugin ./examples/plugin-node/provider.mjs -file-path /var/lib/file-cloud.json
 */

import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
// The adaptor gives its own copy of the contract, wherever this file lies.
import {
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  OptionReader,
  ProviderError,
  SingleFlight,
  throwIfAborted,
} from '@peerpods/provider';

export const apiVersion = 1;

const userDataBytesMax = 65_536;
const hostsMax = 250;

/** @type {import('@peerpods/provider').ProviderModule} */
export const provider = {
  name: 'file',
  summary: 'pod VMs as entries of a file; an example',
  userDataBytesMax,
  options: [
    { flag: 'file-path', env: 'FILE_PATH', kind: 'string', help: 'the file (required)' },
    { flag: 'file-network', kind: 'string', default: '192.0.2', help: 'first three numbers of the addresses' },
    { flag: 'file-size-max', kind: 'integer', default: '100', min: 1, max: hostsMax, help: 'pod VMs at most' },
  ],
  async open(values, { clock }) {
    const read = new OptionReader(values);
    const path = read.text('file-path');
    if (path === undefined) throw new ProviderError('invalid-configuration', '-file-path (FILE_PATH) is required');
    const network = read.text('file-network') ?? '192.0.2';
    if (!/^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(network)) {
      throw new ProviderError('invalid-configuration', '-file-network: three numbers with dots between them');
    }
    return new FileProvider(new FileCloud(path), network, read.number('file-size-max') ?? 100, clock);
  },
};

class FileProvider {
  #cloud;
  #network;
  #sizeMax;
  #clock;
  #creating = new SingleFlight();

  constructor(cloud, network, sizeMax, clock) {
    this.#cloud = cloud;
    this.#network = network;
    this.#sizeMax = sizeMax;
    this.#clock = clock;
  }

  async create(spec, { signal }) {
    checkSandboxId(spec.sandboxId);
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    // The id says which sandbox it is: whoever asks again, after a crash too, finds what there is.
    const id = idOf(spec.owner.cluster, spec.sandboxId);
    const make = () => this.#cloud.change((vms) => vms[id] ?? this.#made(vms, id, spec));
    return await this.#creating.run(id, make, signal);
  }

  async delete(podVmId, { signal }) {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    await this.#cloud.change((vms) => {
      delete vms[podVmId];
    });
    return 'gone';
  }

  async get(podVmId, { signal }) {
    throwIfAborted(signal);
    const vms = await this.#cloud.read();
    return Object.hasOwn(vms, podVmId) ? vms[podVmId] : undefined;
  }

  async list(owner, { signal }) {
    throwIfAborted(signal);
    const vms = Object.values(await this.#cloud.read());
    return vms.filter((vm) => vm.owner.cluster === owner.cluster && vm.owner.node === owner.node);
  }

  async verify({ signal }) {
    throwIfAborted(signal);
    await this.#cloud.change(() => undefined);
  }

  async close() {
    await this.#creating.settle();
  }

  #made(vms, id, { name, sandboxId, owner }) {
    const taken = new Set(Object.values(vms).flatMap(({ addresses }) => addresses));
    const hosts = Array.from({ length: this.#sizeMax }, (_, index) => `${this.#network}.${index + 1}`);
    const address = hosts.find((one) => !taken.has(one));
    if (address === undefined)
      throw new ProviderError('no-capacity', `the file holds ${this.#sizeMax} pod VMs already`);
    const createdAtMs = this.#clock.wallNow();
    vms[id] = { id, name, sandboxId, owner, state: 'running', addresses: [address], createdAtMs };
    return vms[id];
  }
}

/** Changes come one after the other, and each is there whole or not at all. */
class FileCloud {
  #path;
  #last = Promise.resolve();

  constructor(path) {
    this.#path = path;
  }

  async read() {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8'));
    } catch (cause) {
      if (cause.code === 'ENOENT') return {};
      const code = cause instanceof SyntaxError ? 'invalid-configuration' : 'transient';
      throw new ProviderError(code, `the file ${this.#path}: ${cause.message}`, { cause });
    }
  }

  change(body) {
    const turn = this.#last.then(async () => {
      const vms = await this.read();
      const result = body(vms);
      try {
        await writeFile(`${this.#path}.new`, JSON.stringify(vms), { mode: 0o600 });
        await rename(`${this.#path}.new`, this.#path);
      } catch (cause) {
        throw new ProviderError('invalid-configuration', `-file-path: ${cause.message}`, { cause });
      }
      return result;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function idOf(cluster, sandboxId) {
  return createHash('sha256')
    .update(JSON.stringify([cluster, sandboxId]))
    .digest('hex')
    .slice(0, 32);
}
