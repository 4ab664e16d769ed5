/** Events beside objects, for `kubectl describe`: one for each thing that changed, never one for each try. */

import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { EVENT } from '#io/kubernetes/kinds.ts';
import { secondsText } from './conditions.ts';

export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface EventRecorder {
  /** Never rejects: an event that is lost changes nothing. */
  record(regarding: Regarding, note: EventNote): Promise<void>;
}

const component = 'peerpods-controller';
/** What the API server takes. */
const messageLengthMax = 1024;
const namePartLengthMax = 230;

export function eventRecorder(parts: {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Who we are among the replicas. */
  readonly identity: string;
}): EventRecorder {
  const { api, clock, random, log, identity } = parts;
  return {
    async record(regarding, { type, reason, message }) {
      const at = secondsText(clock.wallNow());
      // Events of objects without a namespace are kept in `default`.
      const namespace = regarding.namespace ?? 'default';
      const suffix = Buffer.from(random.bytes(8)).toString('hex');
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${regarding.name.slice(0, namePartLengthMax)}.${suffix}`, namespace },
        involvedObject: regarding,
        type,
        reason,
        message: message.slice(0, messageLengthMax),
        source: { component },
        reportingComponent: component,
        reportingInstance: identity,
        count: 1,
        firstTimestamp: at,
        lastTimestamp: at,
      };
      try {
        await api.create(event, EVENT);
      } catch (error) {
        // In a namespace that is ending nothing can be made; the condition is still there.
        log.debug({ regarding, reason, error: errorText(error) }, 'event not recorded');
      }
    },
  };
}
