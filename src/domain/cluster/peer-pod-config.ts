/** A PeerPodConfig as it was meant, whoever wrote it: defaults filled in, what makes no sense said as such. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { conditionsOf, type TimedVerdict } from './conditions.ts';
import { configFinalizer, forceAnnotation } from './names.ts';
import { countOf, fieldsOf, listOf, textOf, textsOf, timeOf } from './reading.ts';

export interface PeerPodConfig {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: string;
  readonly deletedAtMs: number | undefined;
  /** Our finalizer is on it. */
  readonly held: boolean;
  /** Its end does not wait for PeerPods. */
  readonly forced: boolean;
  readonly secretName: string;
  readonly configMapName: string;
  readonly instanceType: string | undefined;
  /** Decimal digits. Undefined: not given. */
  readonly limit: string | undefined;
  /** Empty: nodes with the worker label. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** What is wrong with the spec; the rest of it counts. */
  readonly faults: readonly string[];
  readonly conditions: readonly TimedVerdict[];
  readonly status: unknown;
}

export function readPeerPodConfig(object: KubeObject): PeerPodConfig {
  const metadata = fieldsOf(object.metadata);
  const spec = fieldsOf(object.spec);
  const uid = textOf(metadata.uid) ?? '';
  const limit = limitOf(spec.limit);
  return {
    namespace: textOf(metadata.namespace) ?? '',
    name: textOf(metadata.name) ?? '',
    uid,
    generation: countOf(metadata.generation),
    createdAt: textOf(metadata.creationTimestamp) ?? '',
    deletedAtMs: timeOf(metadata.deletionTimestamp),
    held: listOf(metadata.finalizers).includes(configFinalizer),
    forced: uid !== '' && textsOf(metadata.annotations)[forceAnnotation] === uid,
    secretName: textOf(spec.cloudSecretName) ?? 'peer-pods-secret',
    configMapName: textOf(spec.configMapName) ?? 'peer-pods-cm',
    instanceType: textOf(spec.instanceType),
    limit,
    nodeSelector: textsOf(spec.nodeSelector),
    faults:
      limit === undefined && spec.limit !== undefined && spec.limit !== ''
        ? [`spec.limit ${JSON.stringify(spec.limit)} is not a whole number from 0 to 999999999`]
        : [],
    conditions: conditionsOf(object.status),
    status: object.status,
  };
}

/** `20` and `"20"` are the same. */
function limitOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : textOf(value)?.trim();
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? String(Number(text)) : undefined;
}

/** The one that counts, of several: the oldest in the controller's own namespace. */
export function chosenConfig(configs: readonly PeerPodConfig[], namespace: string): PeerPodConfig | undefined {
  return configs
    .filter((config) => config.namespace === namespace)
    .toSorted((one, other) => one.createdAt.localeCompare(other.createdAt) || one.name.localeCompare(other.name))[0];
}
