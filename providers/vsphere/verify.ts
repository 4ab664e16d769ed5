/** Looks at everything that the settings name, and tells all that is wrong at once. */

import { asProviderError, ProviderError, throwIfAborted } from '@peerpods/provider';
import type { Inventory } from './inventory.ts';
import type { VsphereSettings } from './options.ts';
import { type Reference, reference } from './soap.ts';
import type { VCenter } from './vcenter.ts';
import { childrenOf, text, textOf } from './xml.ts';

export interface VerifyParts {
  readonly vcenter: VCenter;
  readonly inventory: Inventory;
  readonly settings: VsphereSettings;
}

/** Privileges by what they are needed on; docs/providers/vsphere.md makes a role of the same list. */
export const privileges = {
  folder: [
    'VirtualMachine.Inventory.CreateFromExisting',
    'VirtualMachine.Inventory.Delete',
    'VirtualMachine.Interact.PowerOn',
    'VirtualMachine.Interact.PowerOff',
    'VirtualMachine.Config.AddNewDisk',
    'VirtualMachine.Config.AdvancedConfig',
    'VirtualMachine.Config.CPUCount',
    'VirtualMachine.Config.Memory',
  ],
  template: ['VirtualMachine.Provisioning.DeployTemplate'],
  datastore: ['Datastore.AllocateSpace'],
  pool: ['Resource.AssignVMToPool'],
} as const satisfies Record<string, readonly string[]>;

const apiVersionMin = 7;

export async function verify(parts: VerifyParts, signal: AbortSignal): Promise<void> {
  const { vcenter, inventory } = parts;
  // Without a login or a datacenter all else would fail for the same reason.
  const { apiType, apiVersion } = await vcenter.content(signal);
  const problems: string[] = [];
  if (apiType !== 'VirtualCenter') problems.push(`-vcenter-url: it is a ${apiType}, not a vCenter; clones need one`);
  if (Number.parseInt(apiVersion, 10) < apiVersionMin)
    problems.push(`the vCenter's API is ${apiVersion}, 7.0 is needed`);
  await inventory.datacenter(signal);
  const checks = [checkTemplate, checkFolder, checkPlaces];
  for (const check of checks) {
    try {
      problems.push(...(await check(parts, signal)));
    } catch (error) {
      throwIfAborted(signal);
      const failure = asProviderError(error, 'verify');
      if (failure.code === 'transient' || failure.code === 'throttled') throw failure;
      problems.push(failure.message);
    }
  }
  if (problems.length > 0) throw new ProviderError('invalid-configuration', problems.join('; '));
}

async function checkTemplate(parts: VerifyParts, signal: AbortSignal): Promise<readonly string[]> {
  const { vcenter, inventory, settings } = parts;
  const { reference: template } = await inventory.template(undefined, signal);
  const paths = ['config.hardware.device', 'config.extraConfig'];
  const properties = (await vcenter.retrieve([template], { VirtualMachine: paths }, signal)).get(template.value);
  const devices = childrenOf(properties?.get('config.hardware.device'), 'VirtualDevice');
  const cards = devices.filter((device) => textOf(device, 'macAddress') !== undefined);
  return [
    ...(devices.length > 0 && cards.length === 0 ? [`-template: ${settings.template} has no network interface`] : []),
    ...(await lacking(parts, template, '-template', privileges.template, signal)),
  ];
}

async function checkFolder(parts: VerifyParts, signal: AbortSignal): Promise<readonly string[]> {
  // Not made by a check: where it is missing the first pod makes it.
  const folder = await parts.inventory.folder(signal);
  return folder ? await lacking(parts, folder, '-deploy-folder', privileges.folder, signal) : [];
}

async function checkPlaces(parts: VerifyParts, signal: AbortSignal): Promise<readonly string[]> {
  const { inventory, settings } = parts;
  const problems: string[] = [];
  const owners: Reference[] = [];
  if (settings.drs) owners.push(await inventory.cluster(signal));
  for (const name of settings.hosts) {
    const host = await inventory.host(name, signal);
    owners.push(host);
    problems.push(...(await checkHost(parts, name, host, signal)));
  }
  for (const owner of owners) {
    const pool = await inventory.pool(owner, signal);
    problems.push(...(await lacking(parts, pool, '-resource-pool', privileges.pool, signal)));
  }
  for (const name of settings.datastores) {
    for (const datastore of await inventory.datastores(name, signal)) {
      problems.push(...(await checkDatastore(parts, name, datastore, signal)));
    }
  }
  return [...new Set(problems)];
}

async function checkHost({ vcenter }: VerifyParts, name: string, host: Reference, signal: AbortSignal) {
  const paths = ['runtime.connectionState', 'runtime.inMaintenanceMode'];
  const properties = (await vcenter.retrieve([host], { HostSystem: paths }, signal)).get(host.value);
  const state = properties?.get('runtime.connectionState')?.text;
  return [
    ...(state === undefined || state === 'connected' ? [] : [`-host: ${name} is ${state}`]),
    ...(properties?.get('runtime.inMaintenanceMode')?.text === 'true' ? [`-host: ${name} is in maintenance mode`] : []),
  ];
}

async function checkDatastore(parts: VerifyParts, name: string, datastore: Reference, signal: AbortSignal) {
  const paths = ['summary.accessible', 'summary.maintenanceMode'];
  const properties = (await parts.vcenter.retrieve([datastore], { Datastore: paths }, signal)).get(datastore.value);
  const mode = properties?.get('summary.maintenanceMode')?.text ?? 'normal';
  return [
    ...(properties?.get('summary.accessible')?.text === 'false' ? [`-data-store: ${name} is not accessible`] : []),
    ...(mode === 'normal' ? [] : [`-data-store: ${name} is in maintenance mode`]),
    ...(await lacking(parts, datastore, '-data-store', privileges.datastore, signal)),
  ];
}

async function lacking(
  { vcenter, settings }: VerifyParts,
  entity: Reference,
  flag: string,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { authorizationManager, sessionManager } = await vcenter.content(signal);
  const session = (await vcenter.retrieve([sessionManager], { SessionManager: ['currentSession'] }, signal)).get(
    sessionManager.value,
  );
  const sessionId = textOf(session?.get('currentSession'), 'key');
  if (sessionId === undefined) return [];
  const args = reference('entity', entity) + text('sessionId', sessionId);
  const answer = await vcenter.call(
    'HasPrivilegeOnEntities',
    authorizationManager,
    args + wanted.map((one) => text('privId', one)).join(''),
    { signal },
  );
  const availability = childrenOf(answer, 'returnval').flatMap((one) => childrenOf(one, 'privAvailability'));
  const refused = availability.filter((one) => textOf(one, 'isGranted') === 'false');
  const names = refused.flatMap((one) => textOf(one, 'privId') ?? []);
  return names.length === 0 ? [] : [`${flag}: ${settings.userName} lacks ${names.join(', ')}`];
}
