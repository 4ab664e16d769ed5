/** How the controller was told to set things up: what is the same for every PeerPodConfig. */

import type { Components } from './desired/component-values.ts';

export interface ClusterSettings {
  /** Of the controller and of everything it makes. */
  readonly namespace: string;
  /** One image holds every daemon. */
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly imagePullSecrets: readonly string[];
  readonly runtimeClass: string;
  /** Of the RuntimeClass, as quantities in their canonical form. */
  readonly overheadCpu: string;
  readonly overheadMemory: string;
  readonly webhookReplicas: number;
  /** What becomes of pods while no webhook answers, once it has been set up. */
  readonly webhookFailurePolicy: 'Fail' | 'Ignore';
  /** Namespaces without peer pods, besides this one. */
  readonly excludedNamespaces: readonly string[];
  readonly logLevel: string;
  /** What is otherwise than usual with the pods of adaptor, relay and webhook. */
  readonly components?: Components;
}
