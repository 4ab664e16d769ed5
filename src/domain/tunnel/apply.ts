/** Runs a plan of kernel operations in one exchange; when one fails, undoes in reverse exactly what was done. */

import { isNetlinkError, type Leg, type Netlink, type NetlinkRequest, type Netns } from '@peerpods/netlink';

export interface Operation {
  /** undefined: the namespace this process is in. */
  readonly netns: Netns | undefined;
  readonly request: NetlinkRequest;
  /** Its inverse, sent to `undoIn`. Absent where another inverse covers it (what goes with its link). */
  readonly undo?: { readonly netns: Netns | undefined; readonly request: NetlinkRequest };
  /** errno names that count as done (nothing to undo then). */
  readonly tolerate?: readonly string[];
}

/** What the kernel says of something that is not there any more. */
export const goneCodes = ['ENODEV', 'ENOENT', 'ESRCH', 'EADDRNOTAVAIL', 'ENXIO'] as const;

export async function applyAll(netlink: Netlink, operations: readonly Operation[]): Promise<void> {
  const legs: (Leg & { messages: NetlinkRequest[] })[] = [];
  for (const { netns, request } of operations) {
    const last = legs.at(-1);
    if (last && last.netns === netns && last.family === request.family) last.messages.push(request);
    else legs.push({ netns, family: request.family, messages: [request] });
  }
  const replies = (await netlink.exchange(legs)).flatMap((leg) => leg.replies);
  const done: Operation[] = [];
  let failure: Error | undefined;
  operations.forEach((operation, index) => {
    const reply = replies[index];
    const error = reply ? reply.error : new Error(`no answer to: ${operation.request.attempted}`);
    if (!error) done.push(operation);
    else if (!isNetlinkError(error, ...(operation.tolerate ?? ['']))) failure ??= error;
  });
  if (!failure) return;
  const failures = await undoAll(netlink, done);
  if (failures.length > 0) throw new AggregateError([failure, ...failures], 'and the roll-back failed too');
  throw failure;
}

/** Continues past failures and gives them back; what is gone counts as undone. */
async function undoAll(netlink: Netlink, done: readonly Operation[]): Promise<Error[]> {
  const undos = done.toReversed().flatMap(({ undo }) => undo ?? []);
  return runAll(netlink, undos);
}

export async function runAll(
  netlink: Netlink,
  requests: readonly { netns: Netns | undefined; request: NetlinkRequest }[],
): Promise<Error[]> {
  if (requests.length === 0) return [];
  const legs = requests.map(({ netns, request }) => ({
    netns,
    family: request.family,
    messages: [request],
    evenAfterErrors: true,
  }));
  try {
    const replies = (await netlink.exchange(legs)).flatMap((leg) => leg.replies);
    return replies.flatMap(({ error }) => (error && !isNetlinkError(error, ...goneCodes) ? [error] : []));
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))];
  }
}
