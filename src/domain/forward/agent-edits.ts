/** What the VM changes in requests to its agent, on wire level so that every unknown field survives. */

import { mkdir } from 'node:fs/promises';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { encodeBytesField, fieldBytes, fieldString, wireFields } from '#codec/protobuf-wire.ts';
import type { RpcRequest } from '#codec/ttrpc/envelope.ts';
import { waitForMounts } from './mount-wait.ts';

export interface AgentEditOptions {
  /** Path of the network namespace that the pod's processes join. */
  readonly podNamespace: string;
  readonly clock: Clock;
  readonly log: Log;
}

const agentService = 'grpc.AgentService';
const fields = {
  createSandboxDns: 2,
  createContainerOci: 6,
  specMounts: 5,
  specAnnotations: 7,
  specLinux: 8,
  linuxNamespaces: 6,
} as const;
const targetPath = 'io.confidentialcontainers.org.peerpodvolumes.target_path';
const cloudVolumes = 'io.confidentialcontainers.org.cloud_volumes';

/** undefined: the request passes as it is. */
export function editAgentRequest(
  request: RpcRequest,
  options: AgentEditOptions,
  signal: AbortSignal,
): Promise<Uint8Array> | undefined {
  if (request.service !== agentService) return undefined;
  if (request.method === 'CreateSandbox') return Promise.resolve(clearDns(request.payload));
  if (request.method === 'CreateContainer') return editCreateContainer(request.payload, options, signal);
  return undefined;
}

/** The image's resolv.conf must stay in place. */
export function clearDns(payload: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  for (const field of wireFields(payload)) {
    if (field.number !== fields.createSandboxDns) kept.push(payload.subarray(field.start, field.end));
  }
  return Buffer.concat(kept);
}

async function editCreateContainer(
  payload: Uint8Array,
  options: AgentEditOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const edited = appendNetworkNamespace(payload, options.podNamespace);
  const spec = merged(payload, fields.createContainerOci) ?? new Uint8Array(0);
  if (readAnnotation(spec, cloudVolumes)) {
    throw new PeerPodError('E_CLOUD_VOLUME', 'cloud volumes are not mounted by this version of the forwarder');
  }
  const mounts = mountsOf(spec);
  for (const { source, type } of mounts) {
    if (type !== 'bind' || !source.startsWith('/')) continue;
    try {
      await mkdir(source, { recursive: true });
    } catch (error) {
      // A file at this place is fine, and so is what the agent makes itself.
      options.log.debug({ error: errorText(error) }, 'bind source not created');
    }
  }
  const awaited = (readAnnotation(spec, targetPath) ?? '').split(',').map((path) => path.trim());
  const sources = new Set(mounts.map((mount) => mount.source).filter((source) => source !== ''));
  const late = awaited.filter((path) => sources.has(path));
  await waitForMounts(late, options.clock, signal);
  return edited;
}

export function appendNetworkNamespace(payload: Uint8Array, path: string): Uint8Array {
  const namespace = Buffer.concat([
    encodeBytesField(1, Buffer.from('network')),
    path === '' ? Buffer.alloc(0) : encodeBytesField(2, Buffer.from(path)),
  ]);
  return editField(payload, fields.createContainerOci, (spec) =>
    editField(spec, fields.specLinux, (linux) =>
      Buffer.concat([linux, encodeBytesField(fields.linuxNamespaces, namespace)]),
    ),
  );
}

/** Several occurrences of one message mean their merge, which is their bodies one after the other. */
function merged(bytes: Uint8Array, number: number): Uint8Array | undefined {
  const bodies = [...wireFields(bytes)].filter((field) => field.number === number);
  return bodies.length === 0 ? undefined : Buffer.concat(bodies.map((field) => fieldBytes(bytes, field)));
}

/** Replaces the message in field `number`, in the place of its first occurrence; its absence is an error. */
function editField(bytes: Uint8Array, number: number, edit: (body: Uint8Array) => Uint8Array): Uint8Array {
  const body = merged(bytes, number);
  if (!body) throw new PeerPodError('E_DECODE', `the request lacks message field ${number}`);
  const parts: Uint8Array[] = [];
  let done = false;
  for (const field of wireFields(bytes)) {
    if (field.number !== number) parts.push(bytes.subarray(field.start, field.end));
    else if (!done) {
      parts.push(encodeBytesField(number, edit(body)));
      done = true;
    }
  }
  return Buffer.concat(parts);
}

function strings(bytes: Uint8Array): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const field of wireFields(bytes)) {
    if (field.wireType === 2 && field.number <= 3) found.set(field.number, fieldString(bytes, field));
  }
  return found;
}

function readAnnotation(spec: Uint8Array, key: string): string | undefined {
  let value: string | undefined;
  for (const field of wireFields(spec)) {
    if (field.number !== fields.specAnnotations) continue;
    const entry = strings(fieldBytes(spec, field));
    if (entry.get(1) === key) value = entry.get(2);
  }
  return value;
}

function mountsOf(spec: Uint8Array): readonly { readonly source: string; readonly type: string }[] {
  return [...wireFields(spec)]
    .filter((field) => field.number === fields.specMounts)
    .map((field) => strings(fieldBytes(spec, field)))
    .map((mount) => ({ source: mount.get(2) ?? '', type: mount.get(3) ?? '' }));
}
