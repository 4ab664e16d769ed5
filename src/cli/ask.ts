/** One question to the adaptor, through the relay or directly. */

import { asPeerPodError } from '#base/errors.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';

const service = 'peerpods.admin.v1.Admin';
const answerMsMax = 120_000;

export interface ShownSandbox {
  readonly sandboxId: string;
  readonly request: { readonly podName: string; readonly podNamespace: string };
  readonly state: { readonly at: string; readonly step?: string };
  readonly podVmId?: string;
  readonly addresses?: readonly string[];
  readonly network: { readonly vni: number };
}

export interface ShownFinding {
  readonly what: string;
  readonly sandboxId: string;
  readonly podVmId?: string;
}

/** What the adaptor's admin service answers; each method fills some of it. */
export interface AdminAnswer {
  readonly sandboxes?: readonly ShownSandbox[];
  readonly found?: readonly ShownFinding[];
  readonly due?: readonly ShownFinding[];
  readonly mended?: readonly ShownFinding[];
  readonly unasked?: readonly string[];
}

/** Throws E_IO when nobody listens, and the adaptor's own error otherwise. */
export async function askAdaptor(socketPath: string, method: string, request: object): Promise<AdminAnswer> {
  await using client = new TtrpcClient(await dial(socketPath), { clock: systemClock });
  const payload = Buffer.from(JSON.stringify(request), 'utf8');
  const answer = await client.call(service, method, payload, { timeoutMs: answerMsMax });
  return JSON.parse(Buffer.from(answer).toString('utf8')) as AdminAnswer;
}

async function dial(socketPath: string) {
  try {
    return await dialUnix(socketPath);
  } catch (error) {
    throw asPeerPodError(
      error,
      'E_IO',
      `nobody answers at ${socketPath}; is the worker's adaptor running, and are you root`,
    );
  }
}
