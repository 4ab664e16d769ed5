/** Who may read the metrics: whom the cluster knows by the token, and allows to get /metrics. */

import { createHash } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { KubeObject, KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import { apiVersionOf } from '#io/kubernetes/kinds.ts';

const TOKEN_REVIEW: ResourceKind = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
};
const SUBJECT_ACCESS_REVIEW: ResourceKind = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

/** 200, or the status to refuse with. */
export type AccessVerdict = 200 | 401 | 403 | 503;

const keptMs = { allowed: 60_000, refused: 10_000 } as const;
const verdictsMax = 64;
/** Strangers cost the API server this much at most. */
const pendingMax = 8;
const tokenLengthMax = 16 * 1024;

interface TokenReview extends KubeObject {
  readonly status?: { readonly authenticated?: boolean; readonly user?: Record<string, unknown> };
}
interface SubjectAccessReview extends KubeObject {
  readonly status?: { readonly allowed?: boolean };
}

export class MetricsAccess {
  readonly #api: KubernetesApi;
  readonly #clock: Clock;
  /** By digest of the token; the oldest first. */
  readonly #verdicts = new Map<string, { readonly verdict: AccessVerdict; readonly untilMs: number }>();
  #pending = 0;

  constructor(api: KubernetesApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  async verdict(authorization: string | undefined): Promise<AccessVerdict> {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined || token.length > tokenLengthMax) return 401;
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.#verdicts.get(digest);
    if (known && known.untilMs > this.#clock.now()) return known.verdict;
    if (this.#pending >= pendingMax) return 503;
    this.#pending += 1;
    try {
      const verdict = await this.#ask(token);
      this.#keep(digest, verdict);
      return verdict;
    } finally {
      this.#pending -= 1;
    }
  }

  async #ask(token: string): Promise<AccessVerdict> {
    const { status } = await this.#create<TokenReview>(TOKEN_REVIEW, { token });
    if (status?.authenticated !== true || !status.user) return 401;
    const { username, groups, uid, extra } = status.user;
    const { status: access } = await this.#create<SubjectAccessReview>(SUBJECT_ACCESS_REVIEW, {
      user: username,
      groups,
      uid,
      extra,
      nonResourceAttributes: { path: '/metrics', verb: 'get' },
    });
    return access?.allowed === true ? 200 : 403;
  }

  #create<T extends KubeObject>(kind: ResourceKind, spec: Readonly<Record<string, unknown>>): Promise<T> {
    const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: {}, spec } as KubeObject as T;
    return this.#api.create<T>(object, kind, { timeoutMs: 5000 });
  }

  #keep(digest: string, verdict: AccessVerdict): void {
    const untilMs = this.#clock.now() + (verdict === 200 ? keptMs.allowed : keptMs.refused);
    this.#verdicts.delete(digest);
    this.#verdicts.set(digest, { verdict, untilMs });
    for (const oldest of this.#verdicts.keys()) {
      if (this.#verdicts.size <= verdictsMax) break;
      this.#verdicts.delete(oldest);
    }
  }
}
