/** Virtual machines of the Azure in memory, with the disks, interfaces and addresses that come and go with them. */

import { randomUUID } from 'node:crypto';
import type { AzureCatalogue } from './azure-cloud-catalogue.ts';
import { azureError, group, idOf, region, subscription } from './azure-place.ts';
import type { CapturedAnswer, CapturedCall } from './capture-server.ts';

type Json = Record<string, unknown>;

interface Failure {
  readonly code: string;
  readonly message: string;
}

interface Vm {
  readonly name: string;
  body: Json;
  readonly operation: string;
  readonly madeAt: number;
  readonly hiddenUntil: number;
  readonly failure: Failure | undefined;
  deletingSince: number | undefined;
  leavesBehind: boolean;
}

interface Resource {
  readonly body: Json;
  /** Of the VM that made it. */
  readonly owner: string;
}

type Kind = 'disks' | 'networkInterfaces' | 'publicIPAddresses';

export class AzureVms {
  /** From acceptance to success, and from a delete to its end, ms. */
  creationMs = 15;
  deletionMs = 5;
  pageSize = 100;
  /** What the next creations come to, after they were accepted. */
  readonly failures: Failure[] = [];
  /** What the next creations are answered with instead. */
  readonly refusals: CapturedAnswer[] = [];
  /** As `refusals`, for every creation. */
  refuseAll: CapturedAnswer | undefined;
  /** How long the next VM stays unseen, ms. */
  hideNextMs = 0;
  /** The next VM's disk, interfaces and addresses stay when it goes. */
  leaveNextBehind = false;
  /** Appended to the names of interfaces, as Azure does for some VMs. */
  nicSuffix = '';
  readonly #vms = new Map<string, Vm>();
  readonly #resources: Record<Kind, Map<string, Resource>> = {
    disks: new Map(),
    networkInterfaces: new Map(),
    publicIPAddresses: new Map(),
  };
  /** Operations outlive their VM. */
  readonly #operations = new Map<string, { readonly vm: Vm }>();
  readonly #catalogue: AzureCatalogue;
  #addresses = 0;
  #made = 0;

  constructor(catalogue: AzureCatalogue) {
    this.#catalogue = catalogue;
  }

  /** VMs that were ever accepted. */
  get made(): number {
    return this.#made;
  }

  get residue(): readonly string[] {
    this.#passTime();
    const others = Object.entries(this.#resources).flatMap(([kind, all]) =>
      [...all.keys()].map((name) => `${kind} ${name}`),
    );
    return [...[...this.#vms.values()].map(({ name }) => `vm ${name}`), ...others];
  }

  /** Undefined: not one of these paths. */
  answer(call: CapturedCall, namespace: string, rest: string): CapturedAnswer | undefined {
    this.#passTime();
    const [kind = '', name, ...more] = rest.split('/');
    if (kind === 'locations' && more[0] === 'operations') return this.#operation(more[1] ?? '');
    if (more.length > 0) return undefined;
    if (namespace === 'Microsoft.Compute' && kind === 'virtualMachines') return this.#vm(call, name);
    if (kind in this.#resources && !(kind === 'disks' && name !== undefined && this.#catalogue.disks.has(name))) {
      return this.#resource(call, kind as Kind, name);
    }
    return undefined;
  }

  #vm(call: CapturedCall, name: string | undefined): CapturedAnswer | undefined {
    const { method, url } = call;
    if (name === undefined)
      return this.#page(
        call,
        [...this.#vms.values()].filter(isVisible).map((vm) => this.#shown(vm)),
      );
    const vm = this.#vms.get(name.toLowerCase());
    switch (method) {
      case 'GET':
        if (!vm || !isVisible(vm)) return missing('Microsoft.Compute/virtualMachines', name);
        return { status: 200, body: this.#shown(vm, url.searchParams.get('$expand') === 'instanceView') };
      case 'PUT':
        return this.#create(call, name, vm);
      case 'PATCH': {
        if (!vm) return missing('Microsoft.Compute/virtualMachines', name);
        const patch = call.body as { readonly properties?: Json };
        vm.body = { ...vm.body, properties: { ...(vm.body.properties as Json), ...patch.properties } };
        return { status: 200, body: this.#shown(vm) };
      }
      case 'DELETE':
        if (!vm) return { status: 204 };
        vm.deletingSince ??= Date.now();
        return { status: 202, headers: this.#operationHeaders(call, vm.operation) };
      default:
        return undefined;
    }
  }

  #create(call: CapturedCall, name: string, existing: Vm | undefined): CapturedAnswer {
    const { headers, body } = call;
    if (existing && headers['if-none-match'] === '*') {
      return azureError(412, 'PreconditionFailed', 'The condition If-None-Match was not met.');
    }
    // Without the condition this would change another pod's VM.
    if (existing || headers['if-none-match'] !== '*')
      return azureError(400, 'InvalidRequestContent', 'no If-None-Match');
    const refusal = this.refuseAll ?? this.refusals.shift() ?? this.#catalogue.refusal(body as Json);
    if (refusal) return refusal;
    const vm: Vm = {
      name,
      body: body as Json,
      operation: randomUUID(),
      madeAt: Date.now(),
      hiddenUntil: Date.now() + this.hideNextMs,
      failure: this.failures.shift(),
      deletingSince: undefined,
      leavesBehind: this.leaveNextBehind,
    };
    this.hideNextMs = 0;
    this.leaveNextBehind = false;
    this.#made += 1;
    this.#vms.set(name.toLowerCase(), vm);
    this.#operations.set(vm.operation, { vm });
    this.#makeDependents(vm);
    return { status: 201, headers: this.#operationHeaders(call, vm.operation), body: this.#shown(vm) };
  }

  #makeDependents(vm: Vm): void {
    const { storageProfile, networkProfile } = vm.body.properties as {
      readonly storageProfile: { readonly osDisk: { readonly name: string } };
      readonly networkProfile: { readonly networkInterfaceConfigurations: readonly NicConfiguration[] };
    };
    const { name: disk } = storageProfile.osDisk;
    this.#resources.disks.set(disk.toLowerCase(), {
      owner: vm.name,
      body: resource('Microsoft.Compute/disks', disk, {
        properties: {
          creationData: { createOption: 'FromImage' },
          diskState: 'Attached',
          provisioningState: 'Succeeded',
        },
      }),
    });
    for (const { name, tags, properties } of networkProfile.networkInterfaceConfigurations) {
      const [{ name: ipName, properties: ip }] = properties.ipConfigurations;
      const { publicIPAddressConfiguration: publicAddress } = ip;
      if (publicAddress) {
        this.#resources.publicIPAddresses.set(publicAddress.name.toLowerCase(), {
          owner: vm.name,
          body: resource('Microsoft.Network/publicIPAddresses', publicAddress.name, {
            tags: publicAddress.tags,
            properties: { ipAddress: this.#address('198.18'), provisioningState: 'Succeeded' },
          }),
        });
      }
      const nic = `${name}${this.nicSuffix}`;
      const publicIPAddress = publicAddress && { id: idOf('Microsoft.Network/publicIPAddresses', publicAddress.name) };
      this.#resources.networkInterfaces.set(nic.toLowerCase(), {
        owner: vm.name,
        body: resource('Microsoft.Network/networkInterfaces', nic, {
          tags,
          properties: {
            primary: properties.primary ?? true,
            provisioningState: 'Succeeded',
            virtualMachine: { id: idOf('Microsoft.Compute/virtualMachines', vm.name) },
            ipConfigurations: [
              {
                name: ipName,
                properties: {
                  primary: true,
                  privateIPAddress: this.#address('10.0'),
                  ...(publicIPAddress && { publicIPAddress }),
                },
              },
            ],
          },
        }),
      });
    }
  }

  #address(prefix: string): string {
    this.#addresses += 1;
    return `${prefix}.${this.#addresses >> 8}.${this.#addresses & 255}`;
  }

  #shown(vm: Vm, expanded = false): Json {
    const done = Date.now() - vm.madeAt >= this.creationMs;
    const finished = vm.failure ? 'Failed' : 'Succeeded';
    const provisioningState = vm.deletingSince !== undefined ? 'Deleting' : done ? finished : 'Creating';
    const { networkProfile, osProfile, userData: _secret, ...properties } = vm.body.properties as Json;
    const { networkApiVersion: _version, networkInterfaceConfigurations = [] } = networkProfile as {
      readonly networkApiVersion?: string;
      readonly networkInterfaceConfigurations?: readonly NicConfiguration[];
    };
    const statuses = [
      vm.failure && done
        ? { code: `ProvisioningState/failed/${vm.failure.code}`, level: 'Error', message: vm.failure.message }
        : { code: `ProvisioningState/${provisioningState.toLowerCase()}`, level: 'Info' },
    ];
    return {
      ...vm.body,
      // Azure gives ids back in letters of its own.
      id: idOf('Microsoft.Compute/virtualMachines', vm.name).replace(`/${group}/`, `/${group.toUpperCase()}/`),
      name: vm.name,
      type: 'Microsoft.Compute/virtualMachines',
      properties: {
        ...properties,
        osProfile: osProfile as Json,
        networkProfile: {
          networkInterfaces: networkInterfaceConfigurations.map(({ name, properties: { primary, deleteOption } }) => ({
            id: idOf('Microsoft.Network/networkInterfaces', `${name}${this.nicSuffix}`),
            properties: { primary, deleteOption },
          })),
        },
        vmId: vm.operation,
        provisioningState,
        timeCreated: new Date(vm.madeAt).toISOString(),
        ...(expanded && { instanceView: { statuses } }),
      },
    };
  }

  #resource(call: CapturedCall, kind: Kind, name: string | undefined): CapturedAnswer | undefined {
    const all = this.#resources[kind];
    if (name === undefined)
      return this.#page(
        call,
        [...all.values()].map(({ body }) => body),
      );
    const found = all.get(name.toLowerCase());
    if (call.method === 'GET') return found ? { status: 200, body: found.body } : missing(kind, name);
    if (call.method !== 'DELETE') return undefined;
    if (!found) return { status: 204 };
    if (this.#vms.has(found.owner.toLowerCase())) {
      return azureError(400, kind === 'networkInterfaces' ? 'NicInUse' : 'InUse', `${name} is used by ${found.owner}`);
    }
    if (kind === 'publicIPAddresses' && [...this.#resources.networkInterfaces.values()].some(refersTo(name))) {
      return azureError(400, 'PublicIPAddressCannotBeDeleted', `${name} is in use by an interface`);
    }
    all.delete(name.toLowerCase());
    return { status: 202, headers: { location: `${call.url.origin}/done` } };
  }

  #operation(id: string): CapturedAnswer {
    const { vm } = this.#operations.get(id) ?? {};
    if (!vm) return azureError(404, 'NotFound', 'no such operation');
    const done = Date.now() - vm.madeAt >= this.creationMs;
    if (!done) return { status: 200, body: { name: id, status: 'InProgress' } };
    return {
      status: 200,
      body: { name: id, status: vm.failure ? 'Failed' : 'Succeeded', ...(vm.failure && { error: vm.failure }) },
    };
  }

  #operationHeaders({ url }: CapturedCall, operation: string): Record<string, string> {
    const path = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${region}/operations/${operation}`;
    const version = url.searchParams.get('api-version') ?? '';
    return { 'azure-asyncoperation': `${url.origin}${path}?api-version=${version}`, 'retry-after': '10' };
  }

  #page({ url }: CapturedCall, items: readonly Json[]): CapturedAnswer {
    const from = Number(url.searchParams.get('$skiptoken') ?? 0);
    const next = new URL(url);
    next.searchParams.set('$skiptoken', String(from + this.pageSize));
    const more = from + this.pageSize < items.length;
    return {
      status: 200,
      body: { value: items.slice(from, from + this.pageSize), ...(more && { nextLink: next.href }) },
    };
  }

  #passTime(): void {
    for (const [key, vm] of this.#vms) {
      if (vm.deletingSince === undefined || Date.now() - vm.deletingSince < this.deletionMs) continue;
      this.#vms.delete(key);
      // A creation that failed half way leaves its parts, whatever their deleteOption says.
      if (vm.leavesBehind) continue;
      for (const all of Object.values(this.#resources)) {
        for (const [name, { owner }] of all) if (owner === vm.name) all.delete(name);
      }
    }
  }
}

interface NicConfiguration {
  readonly name: string;
  readonly tags?: Json;
  readonly properties: {
    readonly primary?: boolean;
    readonly deleteOption?: string;
    readonly ipConfigurations: readonly [
      {
        readonly name: string;
        readonly properties: {
          readonly publicIPAddressConfiguration?: { readonly name: string; readonly tags?: Json };
        };
      },
    ];
  };
}

function resource(type: string, name: string, more: Json): Json {
  return { id: idOf(type, name), name, type, location: region, ...more };
}

function isVisible(vm: Vm): boolean {
  return Date.now() >= vm.hiddenUntil;
}

function missing(kind: string, name: string): CapturedAnswer {
  return azureError(
    404,
    'ResourceNotFound',
    `The Resource '${kind}/${name}' under resource group '${group}' was not found.`,
  );
}

function refersTo(publicAddress: string): (nic: Resource) => boolean {
  return ({ body }) => JSON.stringify(body).includes(`/publicIPAddresses/${publicAddress}"`);
}
