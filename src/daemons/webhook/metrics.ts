/** The webhook's metrics, under the names that dashboards of the original know, and a few more. */

import type { Clock } from '#base/clock.ts';
import { type ReviewOutcome, reviewPath } from '#domain/admission/review.ts';
import { type Metrics, type MetricTable, openMetrics, type processMetrics } from '#io/metrics.ts';

/** docs/webhook.md shows this table; a test keeps both the same. */
export const webhookMetrics = {
  controller_runtime_webhook_requests_total: {
    kind: 'counter',
    help: 'calls by HTTP status; a verdict is a 200 whatever it says',
    labels: ['webhook', 'code'],
  },
  controller_runtime_webhook_latency_seconds: {
    kind: 'histogram',
    help: 'from the head of a call to its answer',
    labels: ['webhook'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  controller_runtime_webhook_requests_in_flight: { kind: 'gauge', help: 'calls not yet answered', labels: ['webhook'] },
  peerpods_webhook_reviews_total: {
    kind: 'counter',
    help: 'verdicts: mutated, unchanged, denied, malformed (no review), failed (a defect)',
    labels: ['outcome'],
  },
  certwatcher_read_certificate_total: { kind: 'counter', help: 'times that the certificate was read', labels: [] },
  certwatcher_read_certificate_errors_total: { kind: 'counter', help: 'times that this failed', labels: [] },
  peerpods_webhook_certificate_expiry_timestamp_seconds: {
    kind: 'gauge',
    help: 'when the certificate that is shown ends, seconds since 1970',
    labels: [],
  },
  peerpods_webhook_certificate_steps_total: {
    kind: 'counter',
    help: 'steps of the renewal of our own certificates that this replica did',
    labels: ['step'],
  },
} as const satisfies MetricTable;

export interface WebhookMetrics {
  readonly registry: Metrics<keyof typeof webhookMetrics | keyof typeof processMetrics>;
  /** The head of a call is there; what it returns is called once, with the status, or without if nobody was answered. */
  began(path: string): (status: number | undefined) => void;
  reviewed(outcome: ReviewOutcome): void;
  certificateRead(ok: boolean): void;
  certificateStep(step: string): void;
  certificateEndMs: number | undefined;
}

export function openWebhookMetrics(clock: Clock): WebhookMetrics {
  const registry = openMetrics(webhookMetrics);
  let inFlight = 0;
  const metrics: WebhookMetrics = {
    registry,
    began(path) {
      if (path !== reviewPath) return () => {};
      const webhook = reviewPath;
      const beganAt = clock.now();
      inFlight += 1;
      return (status) => {
        inFlight -= 1;
        if (status === undefined) return;
        registry.observe('controller_runtime_webhook_latency_seconds', { webhook }, (clock.now() - beganAt) / 1000);
        registry.add('controller_runtime_webhook_requests_total', { webhook, code: String(status) });
      };
    },
    reviewed: (outcome) => registry.add('peerpods_webhook_reviews_total', { outcome }),
    certificateRead(ok) {
      registry.add('certwatcher_read_certificate_total', {});
      if (!ok) registry.add('certwatcher_read_certificate_errors_total', {});
    },
    certificateStep: (step) => registry.add('peerpods_webhook_certificate_steps_total', { step }),
    certificateEndMs: undefined,
  };
  registry.read('controller_runtime_webhook_requests_in_flight', () => [[{ webhook: reviewPath }, inFlight]]);
  registry.read('peerpods_webhook_certificate_expiry_timestamp_seconds', () =>
    metrics.certificateEndMs === undefined ? [] : [[{}, metrics.certificateEndMs / 1000]],
  );
  return metrics;
}
