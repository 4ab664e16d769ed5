/** What peerpodctl asks of the adaptor, on the same socket as the shim. Messages are JSON. */

import { PeerPodError } from '#base/errors.ts';
import type { Caretaker } from '#domain/sandbox/caretaker.ts';
import type { SandboxRecord } from '#domain/sandbox/ledger.ts';
import type { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import type { ServiceTable } from '#io/ttrpc-server.ts';

export const adminService = 'peerpods.admin.v1.Admin';

export interface AdminParts {
  readonly sandboxes: Sandboxes;
  readonly caretaker: Caretaker;
  readonly provider: string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value), 'utf8');

function decode(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = payload.length === 0 ? {} : JSON.parse(Buffer.from(payload).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // told below
  }
  throw new PeerPodError('E_DECODE', 'the request is not a JSON object');
}

/** What people may see of a record: all of it but the pod's initdata. */
function shown({ request, ...record }: SandboxRecord): object {
  const { initdata: _secret, ...rest } = request;
  return { ...record, request: rest };
}

export function adminServices({ sandboxes, caretaker, provider }: AdminParts): ServiceTable {
  return {
    [adminService]: {
      Sandboxes: async () => encode({ provider, sandboxes: sandboxes.records().map(shown) }),
      /** Findings; with dryRun=false those that are due are mended, with all=true also those that are not due yet. */
      Sweep: async (payload) => {
        const { dryRun = true, all = false } = decode(payload);
        const look = await caretaker.look();
        const chosen = all === true ? look.found : look.due;
        if (dryRun === false) await caretaker.mend(chosen);
        return encode({ ...look, mended: dryRun === false ? chosen : [] });
      },
    },
  };
}
