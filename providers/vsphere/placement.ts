/** Where a clone may go: the configured hosts and datastores, or what DRS recommends, best first. */

import { type Offering, ProviderError } from '@peerpods/provider';
import { type CloneRequest, type Place, placeArguments } from './clone-request.ts';
import type { Inventory } from './inventory.ts';
import type { VsphereSettings } from './options.ts';
import { type Reference, referenceOf } from './soap.ts';
import type { VCenter } from './vcenter.ts';
import { childOf, childrenOf } from './xml.ts';

export interface PlacedOffering extends Offering {
  readonly place: Place;
}

export class Placement {
  readonly #vcenter: VCenter;
  readonly #inventory: Inventory;
  readonly #settings: VsphereSettings;

  constructor(vcenter: VCenter, inventory: Inventory, settings: VsphereSettings) {
    this.#vcenter = vcenter;
    this.#inventory = inventory;
    this.#settings = settings;
  }

  async offerings(request: CloneRequest, signal: AbortSignal): Promise<readonly PlacedOffering[]> {
    const places = this.#settings.drs ? await this.#recommended(request, signal) : await this.#configured(signal);
    return places.map((place) => ({
      instanceType: 'clone',
      capacityType: 'on-demand',
      zone: [place.host, place.datastore].flatMap((one) => one?.value ?? []).join('/'),
      place,
    }));
  }

  async #configured(signal: AbortSignal): Promise<readonly Place[]> {
    const datastores = await this.#datastores(signal);
    const hosts = await Promise.all(this.#settings.hosts.map((name) => this.#inventory.host(name, signal)));
    const pools = await Promise.all(hosts.map((host) => this.#inventory.pool(host, signal)));
    return hosts.flatMap((host, index) => datastores.map((datastore) => ({ host, datastore, pool: pools[index] })));
  }

  async #recommended(request: CloneRequest, signal: AbortSignal): Promise<readonly Place[]> {
    const cluster = await this.#inventory.cluster(signal);
    const pool = await this.#inventory.pool(cluster, signal);
    const hosts = await Promise.all(this.#settings.hosts.map((name) => this.#inventory.host(name, signal)));
    const datastores = await this.#datastores(signal);
    const args = placeArguments(request, { pool, hosts, datastores });
    const result = childOf(await this.#vcenter.call('PlaceVm', cluster, args, { signal }), 'returnval');
    const places = childrenOf(result, 'recommendations').flatMap((recommendation): Place[] => {
      const action = childrenOf(recommendation, 'action').find(({ xsiType }) => xsiType === 'PlacementAction');
      const spec = childOf(action, 'relocateSpec');
      if (!action || !spec) return [];
      return [
        {
          pool: this.#settings.resourcePool === undefined ? (referenceOf(childOf(spec, 'pool')) ?? pool) : pool,
          host: referenceOf(childOf(spec, 'host')) ?? referenceOf(childOf(action, 'targetHost')),
          datastore: referenceOf(childOf(spec, 'datastore')),
        },
      ];
    });
    if (places.length > 0) return places;
    throw new ProviderError('no-capacity', 'DRS recommends no place for the pod VM in the cluster');
  }

  async #datastores(signal: AbortSignal): Promise<readonly Reference[]> {
    const found = this.#settings.datastores.map((name) => this.#inventory.datastores(name, signal));
    return (await Promise.all(found)).flat();
  }
}
