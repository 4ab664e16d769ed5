/** Everything a PeerPodConfig consists of, in the order in which it is made. */

import type { KubeObject, ObjectKey, ResourceKind } from '#io/kubernetes/api.ts';
import {
  CLUSTER_ROLE_BINDING,
  DAEMON_SET,
  DEPLOYMENT,
  MUTATING_WEBHOOK_CONFIGURATION,
  POD_DISRUPTION_BUDGET,
  RUNTIME_CLASS,
  SECRET,
  SERVICE,
} from '#io/kubernetes/kinds.ts';
import { adaptorName, relayName, webhookCertificateName, webhookName } from '../names.ts';
import type { ClusterSettings } from '../settings.ts';
import { adaptorDaemonSet } from './adaptor.ts';
import { adaptorBinding, webhookBinding } from './bindings.ts';
import { type CustomComponent, customised } from './component-values.ts';
import type { DesiredContext } from './names-and-labels.ts';
import { relayDaemonSet } from './relay.ts';
import { runtimeClass } from './runtime-class.ts';
import { webhookConfiguration, webhookDeployment, webhookDisruptionBudget, webhookService } from './webhook.ts';

export type PartName =
  | 'adaptor-binding'
  | 'webhook-binding'
  | 'relay'
  | 'adaptor'
  | 'runtime-class'
  | 'webhook-service'
  | 'webhook-deployment'
  | 'webhook-budget'
  | 'webhook-configuration'
  | 'webhook-certificate';

export interface Part {
  readonly name: PartName;
  readonly kind: ResourceKind;
  readonly objectName: (settings: ClusterSettings) => string;
  /** Undefined: it is made by others, and taken away by us. */
  readonly desired: ((context: DesiredContext, failurePolicy: 'Fail' | 'Ignore') => KubeObject) | undefined;
}

/** With what the settings say about the component's pods. */
const as =
  (component: CustomComponent, desired: (context: DesiredContext) => KubeObject) => (context: DesiredContext) =>
    customised(desired(context), context.settings.components?.[component]);

const named = (objectName: string) => () => objectName;

export const parts: readonly Part[] = [
  { name: 'adaptor-binding', kind: CLUSTER_ROLE_BINDING, objectName: named(adaptorName), desired: adaptorBinding },
  { name: 'webhook-binding', kind: CLUSTER_ROLE_BINDING, objectName: named(webhookName), desired: webhookBinding },
  // The relay first: an adaptor without it can not serve.
  { name: 'relay', kind: DAEMON_SET, objectName: named(relayName), desired: as('relay', relayDaemonSet) },
  { name: 'adaptor', kind: DAEMON_SET, objectName: named(adaptorName), desired: as('adaptor', adaptorDaemonSet) },
  {
    name: 'runtime-class',
    kind: RUNTIME_CLASS,
    objectName: (settings) => settings.runtimeClass,
    desired: runtimeClass,
  },
  { name: 'webhook-service', kind: SERVICE, objectName: named(webhookName), desired: webhookService },
  {
    name: 'webhook-deployment',
    kind: DEPLOYMENT,
    objectName: named(webhookName),
    desired: as('webhook', webhookDeployment),
  },
  {
    name: 'webhook-budget',
    kind: POD_DISRUPTION_BUDGET,
    objectName: named(webhookName),
    desired: webhookDisruptionBudget,
  },
  {
    name: 'webhook-configuration',
    kind: MUTATING_WEBHOOK_CONFIGURATION,
    objectName: named(webhookName),
    desired: webhookConfiguration,
  },
  { name: 'webhook-certificate', kind: SECRET, objectName: named(webhookCertificateName), desired: undefined },
];

export function keyOfPart({ kind, objectName }: Part, settings: ClusterSettings): ObjectKey {
  const name = objectName(settings);
  return kind.namespaced ? { kind, namespace: settings.namespace, name } : { kind, name };
}

/** What there is of them now. */
export type SeenParts = Readonly<Partial<Record<PartName, KubeObject>>>;
