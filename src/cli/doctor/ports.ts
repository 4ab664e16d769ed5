/** Ports: the tunnel's on this worker, the forwarder's on each pod VM, the probe's. Pure. */

import type { PortProbe } from '#domain/tunnel/probe-kernel.ts';
import { type Check, fail, isKnown, type Observed, ok, skip, warn } from './check.ts';

export interface VxlanPortFacts {
  readonly port: number;
  /** Whether a tunnel could be made on it. */
  readonly probe: PortProbe;
  /** Processes with a UDP socket on it, where they can be told. */
  readonly processes: readonly string[];
  /** VXLAN devices of the worker's own network namespace on that port; those of tunnels are in the pods'. */
  readonly devices: Observed<readonly string[]>;
}

const area = 'ports';

export function judgeVxlanPort({ port, probe, processes, devices }: VxlanPortFacts): Check {
  const what = `VXLAN, UDP ${port}`;
  if (typeof probe === 'object') return skip(area, what, probe.error);
  if (probe === 'taken') {
    const seen = `taken by ${processes.length === 0 ? 'something that is not seen from here' : processes.join(', ')}`;
    return fail(area, what, seen, 'give the adaptor another -vxlan-port, or end that program: no tunnel can be made');
  }
  if (!isKnown(devices)) return skip(area, what, devices.error);
  if (devices.value.length > 0) {
    const seen = `shared with ${devices.value.join(', ')}, as a CNI plugin has it`;
    return warn(area, what, seen, 'works while VNIs differ; to be apart from it give the adaptor another -vxlan-port');
  }
  return ok(area, what, 'free for tunnels; open it between worker and pod VMs, both ways');
}

export interface ForwarderFacts {
  readonly port: number;
  /** Of running pods. */
  readonly dialled: readonly { readonly pod: string; readonly address: string; readonly error?: string }[];
}

export function judgeForwarders({ port, dialled }: ForwarderFacts): Check {
  const what = `forwarder, TCP ${port}`;
  if (dialled.length === 0) return skip(area, what, 'no pod VM runs that could be dialled');
  const failed = dialled.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return ok(area, what, `${dialled.length} pod VMs accept connections`);
  const list = failed.map(({ pod, address, error }) => `${pod} at ${address}: ${error}`).join('; ');
  const mend = `let TCP ${port} through from this worker to the pod VMs (security group, firewall); see \`peerpodctl logs POD\` for the forwarder`;
  return fail(area, what, `${failed.length} of ${dialled.length} do not: ${list}`, mend);
}

export interface ProbeFacts {
  readonly port: number | undefined;
  readonly ready: Observed<{ readonly status: number; readonly body: string }>;
}

export function judgeProbe({ port, ready }: ProbeFacts): Check {
  const what = `probe, TCP ${port ?? '-'}`;
  if (port === undefined) return skip(area, what, 'the adaptor has no -probe-port');
  if (!isKnown(ready))
    return fail(area, what, ready.error, 'the adaptor listens on loopback: run doctor in its network namespace');
  const { status, body } = ready.value;
  if (status === 200) return ok(area, what, '/readyz answers 200');
  return fail(area, what, `/readyz answers ${status}: ${body.trim()}`, 'the text says what is missing');
}
