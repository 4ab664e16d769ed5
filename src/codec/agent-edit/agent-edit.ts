/** The edits that relay and forwarder make to kata-agent requests, on the wire level. */

import { PeerPodError } from '#base/errors.ts';
import { encodeBytesField, fieldBytes, wireFields } from '../protobuf-wire.ts';
import { editMessage, mergeSingular, readString, replaceFields, setString } from './wire-edit.ts';

/** Field numbers of the agent's messages, named as in proto/agent.proto. */
const createContainer = { oci: 6 } as const;
const createSandbox = { dns: 2 } as const;
const spec = { process: 2, root: 3, mounts: 5, hooks: 6, annotations: 7, linux: 8, solaris: 9, windows: 10 } as const;
const mount = { destination: 1, source: 2, type: 3 } as const;
const linux = { namespaces: 6 } as const;
const mapEntry = { key: 1, value: 2 } as const;

const singularInSpec = [spec.process, spec.root, spec.hooks, spec.linux, spec.solaris, spec.windows];

export interface OciMount {
  readonly destination: string;
  readonly source: string;
  readonly type: string;
}

export interface OciView {
  readonly annotations: ReadonlyMap<string, string>;
  readonly mounts: readonly OciMount[];
}

/** All edits pass here, so that a request with a split OCI reaches the agent whole. */
function editOci(payload: Uint8Array, edit: (body: Uint8Array) => Uint8Array): Uint8Array {
  return editMessage(payload, createContainer.oci, 'OCI', (body) => edit(mergeSingular(body, singularInSpec)));
}

/** What the edits decide on. Throws E_DECODE without OCI or on malformed bytes. */
export function readOci(payload: Uint8Array): OciView {
  const annotations = new Map<string, string>();
  const mounts: OciMount[] = [];
  let seen = false;
  for (const outer of wireFields(payload)) {
    if (outer.number !== createContainer.oci) continue;
    seen = true;
    const body = fieldBytes(payload, outer);
    for (const field of wireFields(body)) {
      if (field.number === spec.annotations) {
        const entry = fieldBytes(body, field);
        annotations.set(readString(entry, mapEntry.key), readString(entry, mapEntry.value));
      } else if (field.number === spec.mounts) {
        mounts.push(readMount(fieldBytes(body, field)));
      }
    }
  }
  if (!seen) throw new PeerPodError('E_DECODE', 'the request has no OCI');
  return { annotations, mounts };
}

function readMount(bytes: Uint8Array): OciMount {
  return {
    destination: readString(bytes, mount.destination),
    source: readString(bytes, mount.source),
    type: readString(bytes, mount.type),
  };
}

/** Sets annotations; an entry that has the key already is replaced. No annotations: the very same bytes. */
export function addOciAnnotations(payload: Uint8Array, annotations: ReadonlyMap<string, string>): Uint8Array {
  if (annotations.size === 0) return payload;
  return editOci(payload, (body) => {
    const replaced = [...wireFields(body)].filter(
      (field) =>
        field.number === spec.annotations && annotations.has(readString(fieldBytes(body, field), mapEntry.key)),
    );
    const kept = replaced.length === 0 ? body : replaceFields(body, replaced, new Uint8Array(0));
    const added = [...annotations].map(([key, value]) =>
      encodeBytesField(
        spec.annotations,
        setString(setString(new Uint8Array(0), mapEntry.key, key), mapEntry.value, value),
      ),
    );
    return Buffer.concat([kept, ...added]);
  });
}

/** Appends LinuxNamespace {Type "network", Path} as the last field of OCI.Linux. Throws E_DECODE without Linux. */
export function appendNetworkNamespace(payload: Uint8Array, path: string): Uint8Array {
  let namespace = setString(new Uint8Array(0), 1, 'network');
  if (path !== '') namespace = setString(namespace, 2, path);
  const encoded = encodeBytesField(linux.namespaces, namespace);
  return editOci(payload, (oci) => editMessage(oci, spec.linux, 'OCI.Linux', (body) => Buffer.concat([body, encoded])));
}

/** Points the first mount with this destination at `source`, optionally as another type. None: the very same bytes. */
export function setMountSource(
  payload: Uint8Array,
  destination: string,
  change: { readonly source: string; readonly type?: string },
): Uint8Array {
  return editOci(payload, (oci) => {
    for (const field of wireFields(oci)) {
      if (field.number !== spec.mounts) continue;
      const body = fieldBytes(oci, field);
      if (readString(body, mount.destination) !== destination) continue;
      let edited = setString(body, mount.source, change.source);
      if (change.type !== undefined) edited = setString(edited, mount.type, change.type);
      return replaceFields(oci, [field], encodeBytesField(spec.mounts, edited));
    }
    return oci;
  });
}

/** Empties the dns list of CreateSandbox: the VM image's resolv.conf must stay in place. */
export function clearDns(payload: Uint8Array): Uint8Array {
  const found = [...wireFields(payload)].filter((field) => field.number === createSandbox.dns);
  return found.length === 0 ? payload : replaceFields(payload, found, new Uint8Array(0));
}
