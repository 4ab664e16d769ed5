/** One line for each operation's end. Never user-data, options or a cloud's answer. */

import type { Clock } from './clock.ts';
import { decorate } from './decorate.ts';
import { asProviderError } from './errors.ts';
import type { PodVmProvider, ProviderLog } from './provider.ts';

export function withLogs(provider: PodVmProvider, log: ProviderLog, clock: Clock): PodVmProvider {
  return decorate(provider, async ({ operation, subject, signal }, work) => {
    const startedAt = clock.now();
    const fields = () => ({ operation, subject, ms: Math.round(clock.now() - startedAt) });
    try {
      const result = await work({ signal });
      log.debug(fields(), 'provider call done');
      return result;
    } catch (cause) {
      const { code, message, podVmId } = asProviderError(cause, operation);
      log.warn(
        { ...fields(), code, error: message, ...(podVmId !== undefined && { podVmId }) },
        'provider call failed',
      );
      throw cause;
    }
  });
}
