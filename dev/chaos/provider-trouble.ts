/** A cloud that has trouble while a file says so: refusals, silence, answers that are lost. */

import { readFileSync } from 'node:fs';
import {
  type CallOptions,
  type PodVm,
  type PodVmProvider,
  ProviderError,
  type ProviderModule,
} from '@peerpods/provider';

/** Its content is one of these; no file: no trouble. */
export type Trouble = 'throttled' | 'transient' | 'silent' | 'answers lost';

const lookAgainMs = 20;

export function withTrouble(module: ProviderModule, path: string): ProviderModule {
  return { ...module, open: async (...args) => troubled(await module.open(...args), path) };
}

function troubled(provider: PodVmProvider, path: string): PodVmProvider {
  const call = async <T>({ signal }: CallOptions, body: () => Promise<T>): Promise<T> => {
    while (troubleNow(path) === 'silent') {
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
      if (signal.aborted) throw new ProviderError('aborted', 'the caller left', { cause: signal.reason });
    }
    const trouble = troubleNow(path);
    if (trouble === 'throttled') throw new ProviderError('throttled', 'too many calls', { retryAfterMs: 100 });
    if (trouble === 'transient') throw new ProviderError('transient', 'the API is down');
    const result = await body();
    if (troubleNow(path) === 'answers lost') throw new ProviderError('transient', 'connection reset');
    return result;
  };
  return new Proxy(provider, {
    get(target, key) {
      if (key === 'create')
        return (spec: Parameters<PodVmProvider['create']>[0], options: CallOptions) =>
          call<PodVm>(options, () => target.create(spec, options));
      if (key === 'delete')
        return (id: string, options: CallOptions) => call(options, () => target.delete(id, options));
      if (key === 'list')
        return (owner: Parameters<PodVmProvider['list']>[0], options: CallOptions) =>
          call(options, () => target.list(owner, options));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function troubleNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
