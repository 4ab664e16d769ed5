/** What the webhook answers to a call: AdmissionReviews on their path, and who else is told what. */

import type { Log } from '#base/log.ts';
import { mutatePod } from '#domain/admission/mutate.ts';
import {
  answerReview,
  type ReviewAnswer,
  type ReviewOutcome,
  refuseReview,
  reviewBytesMax,
  reviewPath,
} from '#domain/admission/review.ts';
import type { MutationSettings } from '#domain/admission/settings.ts';
import type { HttpAnswer, WholeRequest } from './https-server.ts';

export interface CallOptions {
  readonly mutation: MutationSettings;
  readonly log: Log;
  readonly onReviewed: (outcome: ReviewOutcome) => void;
}

export function answerCall({ mutation, log, onReviewed }: CallOptions): (request: WholeRequest) => HttpAnswer {
  const mutate = (pod: unknown, namespace: string) => mutatePod(pod, namespace, mutation);
  return (request) => {
    if (request.path !== reviewPath) return { status: 404, body: `only ${reviewPath} is here\n` };
    if (request.method !== 'POST') return { status: 405, body: 'only POST\n' };
    const answer = reviewOf(request, mutate);
    onReviewed(answer.outcome);
    tell(answer, log);
    return { status: 200, type: 'application/json', body: answer.body };
  };
}

function reviewOf({ headers, body }: WholeRequest, mutate: Parameters<typeof answerReview>[1]): ReviewAnswer {
  if (body === undefined) return refuseReview(`the body is longer than ${reviewBytesMax} bytes`, { code: 413 });
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (body !== '' && type.trim().toLowerCase() !== 'application/json') {
    return refuseReview(`the content type is ${JSON.stringify(type.slice(0, 64))}, not application/json`);
  }
  return answerReview(body, mutate);
}

function tell({ outcome, about, failure }: ReviewAnswer, log: Log): void {
  if (outcome === 'mutated') log.debug(about, 'mutated');
  else if (outcome === 'denied') log.info(about, 'denied');
  else if (outcome === 'malformed') log.warn(about, 'no review');
  else if (outcome === 'failed') log.error({ ...about, error: failure }, 'a review could not be answered');
}
