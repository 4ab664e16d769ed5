/** A provider vsphere over vcsim, with or without the proxy between them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { Clock, OptionValues, PodVmProvider, ProviderHost, ProviderLog } from '@peerpods/provider';
import { provider as vsphereModule } from '@peerpods/provider-vsphere';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { type Fault, FaultProxy, type ProxiedRequest } from './fault-proxy.ts';
import { lacksVcsim, Vcsim, vcsimUser } from './vcsim.ts';

export const { signal } = new AbortController();
export const owner = { cluster: 'c', node: 'n' };

/** As a command line would give them: DRS in vcsim's one cluster. */
export function vsphereValues(url: string, more: readonly string[] = ['-drs=true', '-cluster=DC0_C0']): OptionValues {
  const argv = [
    `-vcenter-url=${url}`,
    `-user-name=${vcsimUser.name}`,
    `-password=${vcsimUser.password}`,
    '-data-center=DC0',
    '-deploy-folder=pods/of-this-cluster',
    ...more,
  ];
  return parseOptions(vsphereModule.options, argv, {}).values;
}

/** In place of DRS: two hosts of the cluster, two datastores. */
export const fixedPlaces = ['-cluster=DC0_C0', '-host=DC0_C0_H0,DC0_C0_H1', '-data-store=LocalDS_0,LocalDS_1'];

/** Everything that waits, waits a `factor`th of the time; limits per second are met all the same. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    wallNow: systemClock.wallNow,
    after: (delayMs, callback) => systemClock.after(delayMs / factor, callback),
  };
}

export async function openVsphere(values: OptionValues, clock: Clock = systemClock, log: ProviderLog = silentLog) {
  const stateDir = mkdtempSync(join(tmpdir(), 'vsphere-'));
  const host: ProviderHost = { log, clock, random: systemRandom, stateDir };
  const provider = await vsphereModule.open(values, host);
  return { provider, dispose: () => rmSync(stateDir, { recursive: true }) };
}

/** The vim25 method of a request. */
export function methodOf({ body }: ProxiedRequest): string {
  return /<Body><(\w+)/.exec(body.toString())?.[1] ?? '';
}

/** A SOAP fault as a vCenter writes it, with another prefix than ours for xsi. */
export function soapFault(type: string, inside = ''): Fault {
  const body =
    '<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>' +
    `<faultcode>ServerFaultCode</faultcode><faultstring>${type}</faultstring><detail>` +
    `<${type}Fault xmlns="urn:vim25" i:type="${type}">${inside}</${type}Fault>` +
    '</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>';
  return { kind: 'answer', status: 500, headers: { 'content-type': 'text/xml' }, body };
}

let opened: Promise<Vcsim> | undefined;
after(async () => (await opened)?.close());

/** One process a test file, unless that one crashed. */
export async function vcsim(): Promise<Vcsim> {
  opened ??= Vcsim.open();
  const simulator = await opened;
  await simulator.noFaults();
  await simulator.silence(false);
  return simulator;
}

/** How the vcsim in use crashed; the next to ask for one gets another. */
export async function crashedVcsim(): Promise<string | undefined> {
  const end = (await opened)?.ended;
  if (end !== undefined) opened = undefined;
  return end;
}

export interface VsphereScene {
  readonly provider: PodVmProvider;
  readonly simulator: Vcsim;
  readonly proxy: FaultProxy;
  /** Bodies of the calls of a method. */
  readonly sent: (method: string) => readonly string[];
  /** Another provider over the same vCenter, as after a restart. */
  readonly reopen: (more?: readonly string[]) => Promise<PodVmProvider>;
}

type Body = (scene: VsphereScene) => Promise<void>;

/** A provider with these options behind a proxy; its pod VMs end with the test. Begun anew, once, when vcsim crashed. */
export async function inVsphereScene(
  context: TestContext,
  more: readonly string[] | undefined,
  body: Body,
  log?: ProviderLog,
): Promise<void> {
  if (lacksVcsim(context)) return;
  try {
    await inOneScene(more, body, log);
  } catch (error) {
    const defect = await crashedVcsim();
    if (defect === undefined) throw error;
    context.diagnostic(`begun anew: ${defect}`);
    await inOneScene(more, body, log);
  }
}

async function inOneScene(more: readonly string[] | undefined, body: Body, log?: ProviderLog): Promise<void> {
  const simulator = await vcsim();
  const proxy = await FaultProxy.open({ target: simulator.url });
  const closers: (() => Promise<void>)[] = [() => proxy.close()];
  const reopen = async (options = more) => {
    const { provider, dispose } = await openVsphere(vsphereValues(proxy.url, options), fastClock(20), log);
    closers.unshift(async () => {
      await provider.close();
      dispose();
    });
    return provider;
  };
  const sent = (method: string) =>
    proxy.requests.filter((request) => methodOf(request) === method).map((request) => request.body.toString());
  const provider = await reopen();
  try {
    await body({ provider, simulator, proxy, sent, reopen });
  } finally {
    await simulator.noFaults();
    for (const { id } of await provider.list(owner, { signal }).catch(() => [])) await provider.delete(id, { signal });
    for (const close of closers) await close();
  }
}
