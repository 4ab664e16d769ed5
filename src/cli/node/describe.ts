/** Everything that this worker knows of one pod. */

import type { SweepAnswer } from '#daemons/admin-contract.ts';
import { bytes, duration } from '../humane.ts';
import { renderFields, renderJson } from '../output.ts';
import { renderTable } from '../table.ts';
import type { NodeClient } from './ask.ts';
import { loadEvents } from './resources.ts';
import { findRecord, loadRecords, loadRelays, loadTunnels, loadVms, podKey } from './view.ts';

const eventsMax = 20;

export async function describePod(node: NodeClient, name: string, nowMs: number, asJson: boolean): Promise<string> {
  const record = findRecord(await loadRecords(node), name);
  const { sandboxId } = record;
  const [tunnels, relays, vms, sweep, events] = await Promise.all([
    loadTunnels(node),
    loadRelays(node).catch(() => undefined),
    loadVms(node).catch(() => undefined),
    node.adaptor<SweepAnswer>('Sweep', { dryRun: true }),
    loadEvents(node, { sandboxId, level: 'info', countMax: eventsMax }),
  ]);
  const seen = {
    record,
    tunnel: tunnels.find((row) => row.tunnel.sandboxId === sandboxId)?.tunnel,
    relay: relays?.find((row) => row.relay.sandboxId === sandboxId)?.relay,
    podVm: vms?.find((row) => row.podVm.sandboxId === sandboxId)?.podVm,
    findings: sweep.found.filter((finding) => finding.sandboxId === sandboxId),
    events,
  };
  if (asJson) return renderJson(seen);
  return render(seen, nowMs, { relayAsked: relays !== undefined, providerAsked: vms !== undefined });
}

interface Seen {
  readonly record: Awaited<ReturnType<typeof loadRecords>>[number];
  readonly tunnel: Awaited<ReturnType<typeof loadTunnels>>[number]['tunnel'] | undefined;
  readonly relay: Awaited<ReturnType<typeof loadRelays>>[number]['relay'] | undefined;
  readonly podVm: Awaited<ReturnType<typeof loadVms>>[number]['podVm'] | undefined;
  readonly findings: SweepAnswer['found'];
  readonly events: Awaited<ReturnType<typeof loadEvents>>;
}

interface Asked {
  readonly relayAsked: boolean;
  readonly providerAsked: boolean;
}

function render(seen: Seen, nowMs: number, { relayAsked, providerAsked }: Asked): string {
  const { record, tunnel, relay, podVm, findings, events } = seen;
  const { request, network, state } = record;
  const parts = [
    renderFields([
      ['Pod', podKey(record)],
      ['Sandbox', record.sandboxId],
      ['State', state.at === 'starting' ? `starting, step ${state.step}` : state.at],
      ['Age', duration(nowMs - record.createdAtMs)],
      ['Namespace', record.netnsPath],
      ['Agent socket', record.agentSocketPath],
      ['Asked for', askedFor(request)],
    ]),
    `Pod VM:\n${renderFields(podVmFields(seen, providerAsked, podVm), '  ')}`,
    `Network:\n${renderFields(
      [
        ['Addresses', [network.podIp, ...network.podIps6].filter((address) => address !== undefined).join(' ')],
        ['MAC', network.podMac],
        ['Interface', `${network.interface}, MTU ${network.mtu}`],
        ['VNI', `${network.vni}, UDP port ${network.vxlanPort}`],
        ['Tunnel', tunnel ? tunnel.state : 'none on record'],
        ['Device', tunnel?.device && `${tunnel.device.name}, ${tunnel.device.up ? 'up' : 'down'}`],
        ['Ends', tunnel?.device && `${tunnel.device.local ?? '?'} to ${tunnel.device.remote ?? '?'}`],
        ['From VM', tunnel?.counters && `${bytes(tunnel.counters.rxBytes)} in ${tunnel.counters.rxPackets} packets`],
        ['To VM', tunnel?.counters && `${bytes(tunnel.counters.txBytes)} in ${tunnel.counters.txPackets} packets`],
        ['Error', tunnel?.error],
      ],
      '  ',
    )}`,
    `Relay:\n${renderFields(
      relay
        ? [
            ['Pod VM', relay.connected ? 'connected' : 'not connected yet'],
            ['Shims', relay.shimConnections],
            ['Calls', relay.traffic && `${relay.traffic.calls}, ${relay.traffic.callsInFlight} in flight`],
            ['To VM', relay.traffic && bytes(relay.traffic.bytesToVm)],
            ['To shim', relay.traffic && bytes(relay.traffic.bytesToShim)],
            ['Redials', relay.traffic?.reconnections],
            ['Calls lost', relay.traffic?.callsLost],
            ['Calls repeated', relay.traffic?.callsRepeated],
          ]
        : [['Status', relayAsked ? 'has no such sandbox' : 'could not be asked']],
      '  ',
    )}`,
    `Findings:\n${findings.length === 0 ? '  none\n' : findings.map(({ what }) => `  ${what}\n`).join('')}`,
    `Events:\n${renderEvents(events)}`,
  ];
  return parts.join('\n');
}

function podVmFields({ record }: Seen, providerAsked: boolean, podVm: Seen['podVm']) {
  const atProvider = podVm ? podVm.state : providerAsked ? 'the provider has none' : 'the provider could not be asked';
  return [
    ['Id', record.podVmId],
    ['Name', record.podVmName],
    ['State', atProvider],
    ['Addresses', record.addresses?.join(' ')],
    ['Type', podVm?.instanceType],
    ['Zone', podVm?.zone],
    ['Volumes', record.volumes?.map(({ diskId }) => diskId).join(' ')],
  ] as const;
}

function askedFor({ instanceType, vcpus, memoryMiB, gpus, image }: Seen['record']['request']): string {
  const parts = [
    instanceType && `type ${instanceType}`,
    vcpus !== undefined && `${vcpus} CPUs`,
    memoryMiB !== undefined && `${memoryMiB} MiB`,
    gpus !== undefined && `${gpus} GPUs`,
    image && `image ${image}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function renderEvents(events: Seen['events']): string {
  if (events.length === 0) return '  nothing that the daemons remember\n';
  const rows = events.map(({ time, level, what, detail }) => [time.slice(11, 19), level, what, detail]);
  return renderTable(['TIME', 'LEVEL', 'EVENT', 'DETAIL'], rows).replaceAll(/^(?=.)/gm, '  ');
}
