/** What the API server refused, as one of our codes: its Status object read once, here. */

import { type ErrorCode, PeerPodError } from '#base/errors.ts';

export interface Refusal {
  readonly httpStatus: number;
  /** As the server names it: AlreadyExists, Conflict, Expired, NotFound, … Empty if it did not say. */
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export class KubernetesError extends PeerPodError {
  readonly httpStatus: number;
  readonly reason: string;
  /** When the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(attempted: string, refusal: Refusal) {
    super(codeOf(refusal.httpStatus), `${attempted}: ${refusal.message}`);
    this.httpStatus = refusal.httpStatus;
    this.reason = refusal.reason;
    this.retryAfterMs = refusal.retryAfterMs;
  }
}

/** Whether a create found the name taken; another 409 is a lost race over an existing object. */
export function isAlreadyThere(error: unknown): boolean {
  return error instanceof KubernetesError && error.reason === 'AlreadyExists';
}

const messageCharsMax = 1000;
const retryAfterSecondsMax = 3600;

/** `body`: what came with a status of 400 and above; a Status object, or anything a proxy in between wrote. */
export function readRefusal(httpStatus: number, body: unknown, retryAfterHeader: string | undefined): Refusal {
  const status = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly reason?: unknown;
    readonly message?: unknown;
    readonly details?: { readonly retryAfterSeconds?: unknown } | null;
  };
  const retryAfterMs = delayMs(retryAfterHeader) ?? delayMs(status.details?.retryAfterSeconds);
  const message = typeof status.message === 'string' && status.message !== '' ? status.message : '';
  return {
    httpStatus,
    reason: typeof status.reason === 'string' ? status.reason : '',
    message: message.slice(0, messageCharsMax) || `HTTP status ${httpStatus}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Whole seconds only; the API server never sends a date. */
function delayMs(seconds: unknown): number | undefined {
  const count = typeof seconds === 'string' && /^\d{1,9}$/.test(seconds.trim()) ? Number(seconds) : seconds;
  if (typeof count !== 'number' || !(count > 0)) return undefined;
  return Math.min(count, retryAfterSecondsMax) * 1000;
}

function codeOf(httpStatus: number): ErrorCode {
  switch (httpStatus) {
    case 401:
      return 'E_KUBE_UNAUTHORIZED';
    case 403:
      return 'E_KUBE_FORBIDDEN';
    case 404:
      return 'E_KUBE_NOT_FOUND';
    case 409:
      return 'E_KUBE_CONFLICT';
    case 410:
      return 'E_KUBE_GONE';
    case 429:
      return 'E_KUBE_THROTTLED';
    default:
      return httpStatus >= 400 && httpStatus < 500 ? 'E_KUBE_INVALID' : 'E_KUBE_UNAVAILABLE';
  }
}
