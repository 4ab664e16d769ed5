/** What peerpodctl asks of the relay, on its control socket. Messages are JSON. */

import type { RecentLines } from '#base/recent-lines.ts';
import { answerLog, encodeAnswer, type ProcessAnswer, relayAdminService } from '#daemons/admin-contract.ts';
import { packageVersion } from '#daemons/version.ts';
import type { ServiceTable } from '#io/ttrpc-server.ts';
import type { RelayMetrics } from './metrics.ts';

export interface RelayAdminParts {
  readonly log: RecentLines;
  readonly metrics: RelayMetrics;
}

export function relayAdminServices({ log, metrics }: RelayAdminParts): ServiceTable {
  return {
    [relayAdminService]: {
      Process: async () => {
        const answer: ProcessAnswer = {
          program: 'agent-relay',
          version: packageVersion(),
          pid: process.pid,
          metrics: await metrics.render(),
        };
        return encodeAnswer(answer);
      },
      Log: async (payload) => answerLog(log, payload),
    },
  };
}
