/** What an administrator may choose about the mutation of pods. */

import { PeerPodError } from '#base/errors.ts';

export interface MutationSettings {
  /** Pods of these runtime classes are peer pods. */
  readonly runtimeClasses: readonly string[];
  /** Counted by the scheduler: each peer pod takes one. */
  readonly extendedResource: string;
  /** Resources whose sum is the number of GPUs of the pod VM. */
  readonly gpuResources: readonly string[];
  /** For pods that name none; undefined: no instance type is written. */
  readonly instanceType: string | undefined;
  /** scheduler: what the scheduler would reserve. sum: every container and init container added up. */
  readonly sizing: 'scheduler' | 'sum';
  /** remove: containers keep no resources. zero: they ask for 0 CPU and memory, which satisfies quotas. */
  readonly strip: 'remove' | 'zero';
  /** A size annotation that the pod came with: overwrite it with the size of the resources, or keep it. */
  readonly userSizes: 'overwrite' | 'keep';
  /** Names, or beginnings of names that end in `*`. */
  readonly excludedNamespaces: readonly string[];
  /** Pods that want more are denied. */
  readonly largest: {
    readonly vcpus: bigint | undefined;
    readonly memoryMiB: bigint | undefined;
    readonly gpus: bigint | undefined;
  };
}

export const defaultMutationSettings: MutationSettings = {
  runtimeClasses: ['kata-remote'],
  extendedResource: 'kata.peerpods.io/vm',
  gpuResources: ['nvidia.com/gpu'],
  instanceType: undefined,
  sizing: 'scheduler',
  strip: 'remove',
  userSizes: 'overwrite',
  excludedNamespaces: ['kube-system', 'kube-node-lease'],
  largest: { vcpus: undefined, memoryMiB: undefined, gpus: undefined },
};

export function isExcluded(namespace: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern,
  );
}

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const domain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const resourceName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** A resource that the scheduler counts without knowing it, DOMAIN/NAME. Throws E_SETTING, naming `setting`. */
export function parseExtendedResource(text: string, setting: string): string {
  const [before = '', name = '', ...more] = text.split('/');
  const native = before === 'kubernetes.io' || before.endsWith('.kubernetes.io') || before.startsWith('requests.');
  if (more.length > 0 || !domain.test(before) || !resourceName.test(name) || native) {
    throw new PeerPodError('E_SETTING', `${setting}: ${JSON.stringify(text)} is no extended resource (DOMAIN/NAME)`);
  }
  return text;
}

/** Throws E_SETTING for what no namespace can match. */
export function parseNamespacePattern(text: string, setting: string): string {
  if (label.test(text) || /^[a-z0-9][-a-z0-9]{0,61}\*$/.test(text)) return text;
  throw new PeerPodError('E_SETTING', `${setting}: ${JSON.stringify(text)} is no namespace, nor PREFIX*`);
}

/** Throws E_SETTING for what no RuntimeClass can be called. */
export function parseRuntimeClass(text: string, setting: string): string {
  if (domain.test(text)) return text;
  throw new PeerPodError('E_SETTING', `${setting}: ${JSON.stringify(text)} is no name of a runtime class`);
}
