/** A KataConfig as it was meant, whoever wrote it. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { conditionsOf, type TimedVerdict } from './conditions.ts';
import { kataFinalizer } from './names.ts';
import { countOf, fieldsOf, listOf, textOf, textsOf, timeOf } from './reading.ts';

export interface KataConfig {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: string;
  readonly deletedAtMs: number | undefined;
  readonly held: boolean;
  readonly enablePeerPods: boolean;
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Undefined: the pool selector can be said as labels. */
  readonly fault: string | undefined;
  readonly conditions: readonly TimedVerdict[];
  readonly status: unknown;
}

export function readKataConfig(object: KubeObject): KataConfig {
  const metadata = fieldsOf(object.metadata);
  const spec = fieldsOf(object.spec);
  const pool = fieldsOf(spec.kataConfigPoolSelector);
  return {
    name: textOf(metadata.name) ?? '',
    uid: textOf(metadata.uid) ?? '',
    generation: countOf(metadata.generation),
    createdAt: textOf(metadata.creationTimestamp) ?? '',
    deletedAtMs: timeOf(metadata.deletionTimestamp),
    held: listOf(metadata.finalizers).includes(kataFinalizer),
    enablePeerPods: spec.enablePeerPods === true,
    nodeLabels: textsOf(pool.matchLabels),
    // A DaemonSet and a RuntimeClass select by labels alone.
    fault:
      listOf(pool.matchExpressions).length > 0
        ? 'kataConfigPoolSelector.matchExpressions has no meaning for peer pods; use matchLabels'
        : undefined,
    conditions: conditionsOf(object.status),
    status: object.status,
  };
}

/** The one that counts: the oldest. */
export function chosenKata(configs: readonly KataConfig[]): KataConfig | undefined {
  return configs.toSorted(
    (one, other) => one.createdAt.localeCompare(other.createdAt) || one.name.localeCompare(other.name),
  )[0];
}
