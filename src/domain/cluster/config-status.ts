/** The status of a PeerPodConfig, from what is seen of its parts: pure. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import type { Verdict } from './conditions.ts';
import type { SeenParts } from './desired/parts.ts';
import { mutatingWebhookName } from './desired/webhook.ts';
import { countOf, fieldsOf, listOf, textOf } from './reading.ts';

/** What is wrong, for people: the first of them names the condition. */
export interface Fault {
  readonly reason:
    | 'NotTheOne'
    | 'WrongNamespace'
    | 'InvalidSpec'
    | 'ConfigMapMissing'
    | 'ProviderMissing'
    | 'OwnedByAnother'
    | 'Failed';
  readonly message: string;
}

export interface Rollout {
  readonly wanted: number;
  readonly ready: number;
  /** Everything there is of it is of the newest template, and its status is of the newest spec. */
  readonly settled: boolean;
}

export function daemonSetRollout(object: KubeObject | undefined, rolls: boolean): Rollout {
  const status = fieldsOf(object?.status);
  const wanted = countOf(status.desiredNumberScheduled);
  const ready = countOf(status.numberReady);
  const current = countOf(status.observedGeneration) >= countOf(object?.metadata.generation);
  const updated = !rolls || countOf(status.updatedNumberScheduled) >= wanted;
  return { wanted, ready, settled: object !== undefined && current && updated && ready >= wanted };
}

export function deploymentRollout(object: KubeObject | undefined): Rollout {
  const status = fieldsOf(object?.status);
  const wanted = countOf(fieldsOf(object?.spec).replicas);
  const ready = countOf(status.availableReplicas);
  const current = countOf(status.observedGeneration) >= countOf(object?.metadata.generation);
  const settled = object !== undefined && current && countOf(status.updatedReplicas) >= wanted && ready >= wanted;
  return { wanted, ready, settled };
}

/** Of our entry in the configuration. */
export function webhookEntry(object: KubeObject | undefined) {
  const entry = listOf(object?.webhooks)
    .map(fieldsOf)
    .find(({ name }) => name === mutatingWebhookName);
  return {
    trusted: textOf(fieldsOf(entry?.clientConfig).caBundle) !== undefined,
    failurePolicy: textOf(entry?.failurePolicy),
  };
}

export interface ConfigSight {
  readonly seen: SeenParts;
  readonly faults: readonly Fault[];
  readonly nodesMeant: number;
  readonly nodesReady: number;
  readonly failurePolicy: 'Fail' | 'Ignore';
}

export interface ConfigVerdicts {
  readonly conditions: readonly Verdict[];
  readonly setupCompleted: boolean;
}

export function configVerdicts(sight: ConfigSight): ConfigVerdicts {
  const unavailable = whyUnavailable(sight);
  const unsettled = whyUnsettled(sight);
  const [fault] = sight.faults;
  const conditions: readonly Verdict[] = [
    unavailable
      ? { type: 'Available', status: 'False', ...unavailable }
      : { type: 'Available', status: 'True', reason: 'Serving', message: 'peer pods can be created' },
    unsettled
      ? { type: 'Progressing', status: 'True', ...unsettled }
      : { type: 'Progressing', status: 'False', reason: 'Settled', message: 'every component is as it should be' },
    fault
      ? {
          type: 'Degraded',
          status: 'True',
          reason: fault.reason,
          message: sight.faults.map(({ message }) => message).join('; '),
        }
      : { type: 'Degraded', status: 'False', reason: 'AsExpected', message: '' },
  ];
  return { conditions, setupCompleted: !unavailable && !unsettled };
}

type Why = { readonly reason: string; readonly message: string } | undefined;

function whyUnavailable({ seen, nodesMeant, nodesReady }: ConfigSight): Why {
  if (nodesMeant === 0) return { reason: 'NoNodes', message: 'the node selector means no node of this cluster' };
  if (nodesReady === 0) return { reason: 'NoAdaptor', message: 'the adaptor serves on none of its nodes yet' };
  const relay = daemonSetRollout(seen.relay, false);
  if (relay.ready === 0) return { reason: 'NoRelay', message: 'the relay runs on none of its nodes yet' };
  const webhook = deploymentRollout(seen['webhook-deployment']);
  if (webhook.ready === 0) return { reason: 'NoWebhook', message: 'no replica of the webhook is available' };
  if (!webhookEntry(seen['webhook-configuration']).trusted) {
    return { reason: 'NoCertificate', message: 'the webhook has not written its CA into its configuration yet' };
  }
  return undefined;
}

function whyUnsettled({ seen, nodesMeant, nodesReady, failurePolicy }: ConfigSight): Why {
  const reason = 'RollingOut';
  const adaptor = daemonSetRollout(seen.adaptor, true);
  if (!adaptor.settled || nodesReady < nodesMeant) {
    return { reason, message: 'the adaptor is not ready, or not of the newest settings, on every node meant' };
  }
  if (!daemonSetRollout(seen.relay, false).settled) return { reason, message: 'the relay is not ready on every node' };
  const webhook = deploymentRollout(seen['webhook-deployment']);
  if (!webhook.settled) return { reason, message: 'not every replica of the webhook is available and up to date' };
  const entry = webhookEntry(seen['webhook-configuration']);
  if (entry.failurePolicy !== failurePolicy) {
    return { reason, message: `the webhook is not enforced yet (failurePolicy ${entry.failurePolicy ?? 'absent'})` };
  }
  return undefined;
}
