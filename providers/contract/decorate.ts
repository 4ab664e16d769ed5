/** Wraps every operation of a provider, capabilities included, so that retries, logs and metrics are decorators. */

import type { CallOptions, PodVmProvider } from './provider.ts';

export type Operation =
  | 'create'
  | 'delete'
  | 'get'
  | 'list'
  | 'verify'
  | 'catalogue'
  | 'census'
  | 'warm-prepare'
  | 'warm-list'
  | 'warm-claim'
  | 'replace-user-data';

export interface OperationCall {
  readonly operation: Operation;
  /** Sandbox id of a create or claim, pod VM id of a delete or get, `CLUSTER/NODE` of a list, cluster of a census. */
  readonly subject: string;
  readonly signal: AbortSignal;
}

/** Runs `work`, never or several times; what it gives or throws is the operation's end. */
export type Interceptor = <T>(call: OperationCall, work: (options: CallOptions) => Promise<T>) => Promise<T>;

/** A provider with the same capabilities whose operations go through `intercept`. Watching, prices and consoles pass through. */
export function decorate(provider: PodVmProvider, intercept: Interceptor): PodVmProvider {
  const around = <T>(operation: Operation, subject: string, options: CallOptions, work: Work<T>) =>
    intercept({ operation, subject, signal: options.signal }, work);
  const { catalogue, warm, liveUserData, events, cost, console, census } = provider;
  return {
    create: (spec, options) => around('create', spec.sandboxId, options, (inner) => provider.create(spec, inner)),
    delete: (id, options) => around('delete', id, options, (inner) => provider.delete(id, inner)),
    get: (id, options) => around('get', id, options, (inner) => provider.get(id, inner)),
    list: (owner, options) =>
      around('list', `${owner.cluster}/${owner.node}`, options, (inner) => provider.list(owner, inner)),
    verify: (options) => around('verify', '', options, (inner) => provider.verify(inner)),
    close: () => provider.close(),
    ...(catalogue && {
      catalogue: {
        instanceTypes: (options) => around('catalogue', '', options, (inner) => catalogue.instanceTypes(inner)),
      },
    }),
    ...(warm && {
      warm: {
        prepare: (spec, options) => around('warm-prepare', spec.batchId, options, (inner) => warm.prepare(spec, inner)),
        list: (owner, options) =>
          around('warm-list', `${owner.cluster}/${owner.node}`, options, (inner) => warm.list(owner, inner)),
        claim: (id, spec, options) =>
          around('warm-claim', spec.sandboxId, options, (inner) => warm.claim(id, spec, inner)),
      },
    }),
    ...(liveUserData && {
      liveUserData: {
        replace: (id, userData, options) =>
          around('replace-user-data', id, options, (inner) => liveUserData.replace(id, userData, inner)),
      },
    }),
    ...(census && {
      census: {
        list: (cluster, options) => around('census', cluster, options, (inner) => census.list(cluster, inner)),
      },
    }),
    ...(events && { events }),
    ...(cost && { cost }),
    ...(console && { console }),
  };
}

type Work<T> = (options: CallOptions) => Promise<T>;
