/** What the daemons answer to peerpodctl, as JSON over ttrpc: names, shapes and bounds. */

import type { PodVm } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';
import type { RecentLines, RecentLinesLimits } from '#base/recent-lines.ts';
import type { RelayStatus } from '#domain/relay/control.ts';
import type { Look } from '#domain/sandbox/caretaker.ts';
import type { Finding } from '#domain/sandbox/findings.ts';
import type { SandboxRecord } from '#domain/sandbox/ledger.ts';
import type { NodeEndView } from '#domain/tunnel/node-view.ts';

/** On adaptor.sock, and behind hypervisor.sock. */
export const adminService = 'peerpods.admin.v1.Admin';
/** On relay.sock. */
export const relayAdminService = 'peerpods.admin.v1.Relay';

/** What a daemon keeps of its log, beside writing it. */
export const recentLogLimits: RecentLinesLimits = { linesMax: 4000, charactersMax: 1024 * 1024 };
/** Of a pod VM's console; as JSON a control character takes six bytes, and a frame holds 4 MiB. */
export const consoleBytesMax = 512 * 1024;
/** Records in one answer, for the same reason. */
export const sandboxesPageSize = 500;
const linesDefault = 100;

/** A record as people may see it: without the pod's initdata. */
export type ShownRecord = Omit<SandboxRecord, 'request'> & {
  readonly request: Omit<SandboxRecord['request'], 'initdata'>;
};

export interface SandboxesAnswer {
  readonly provider: string;
  /** From number `skip` of the question on, a page at most; fewer than that are the last ones. */
  readonly sandboxes: readonly ShownRecord[];
}

export interface SweepAnswer extends Look {
  readonly mended: readonly Finding[];
}

/** Of one daemon. */
export interface ProcessAnswer {
  readonly program: string;
  readonly version: string;
  readonly pid: number;
  /** Prometheus text. */
  readonly metrics: string;
}

export interface NodeAnswer {
  readonly provider: string;
  readonly cluster: string;
  readonly node: string;
  /** Pod VMs that the settings allow here; undefined: not told to Kubernetes. */
  readonly podVmsMax: number | undefined;
  readonly byState: Readonly<Record<string, number>>;
  /** The provider's options that name the pod VM's image, empty where not given. */
  readonly image: readonly { readonly option: string; readonly value: string }[];
  readonly settings: {
    readonly stateDir: string;
    readonly podsDir: string;
    readonly vxlanPort: number;
    readonly forwarderPort: number;
    readonly relaySocket: string;
    readonly probePort: number | undefined;
    readonly credentialFiles: readonly { readonly what: string; readonly path: string }[];
    readonly warmPool: Readonly<Record<string, number>>;
  };
}

export interface TunnelsAnswer {
  readonly tunnels: readonly (NodeEndView & { readonly sandboxId: string })[];
}

export interface PodVmsAnswer {
  readonly podVms: readonly PodVm[];
}

export interface RelaysAnswer {
  readonly relays: readonly RelayStatus[];
}

export interface LogAnswer {
  /** Oldest first, one JSON object a line. */
  readonly lines: readonly string[];
  /** To ask with as `from` for what comes after these. */
  readonly next: number;
}

export interface ConsoleAnswer {
  readonly text: string;
}

export interface VerifyAnswer {
  /** Absent: all is well. */
  readonly error?: string;
}

export const encodeAnswer = (value: object): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

/** Throws E_DECODE for what is not a JSON object. */
export function decodeQuestion(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = payload.length === 0 ? {} : JSON.parse(Buffer.from(payload).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // told below
  }
  throw new PeerPodError('E_DECODE', 'the request is not a JSON object');
}

/** `lines`: how many, the newest; `from`: those since an earlier answer; `containing`: a text that each must hold. */
export function answerLog(log: RecentLines, payload: Uint8Array): Uint8Array {
  const { lines = linesDefault, from = 0, containing = '' } = decodeQuestion(payload);
  if (typeof lines !== 'number' || !Number.isSafeInteger(lines) || lines < 1) {
    throw new PeerPodError('E_ARGUMENT', 'lines must be a positive integer');
  }
  if (typeof from !== 'number' || !Number.isSafeInteger(from) || from < 0) {
    throw new PeerPodError('E_ARGUMENT', 'from must be a whole number');
  }
  if (typeof containing !== 'string') throw new PeerPodError('E_ARGUMENT', 'containing must be a string');
  const found = log.since(from).filter((line) => line.includes(containing));
  const answer: LogAnswer = { lines: found.slice(-lines), next: log.next };
  return encodeAnswer(answer);
}
