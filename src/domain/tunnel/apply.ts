/** Runs a plan of kernel operations in one exchange; when one fails, undoes in reverse exactly what was done. */

import {
  isNetlinkError,
  type Leg,
  type MessageReply,
  type Netlink,
  NetlinkError,
  type NetlinkRequest,
  type Netns,
} from '@peerpods/netlink';

export interface Step {
  /** undefined: the namespace this process is in. */
  readonly netns: Netns | undefined;
  readonly request: NetlinkRequest;
  /** errno names that count as done (nothing to undo then). */
  readonly tolerate?: readonly string[];
}

export interface Operation extends Step {
  /** Makes its inverse. Absent where another inverse covers it (what goes with its link). */
  readonly undo?: () => readonly Step[];
}

/** The kernel refused `operation`; what came before it is undone. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly operation: Operation;

  constructor(operation: Operation, cause: NetlinkError) {
    super(cause.message, { cause });
    this.operation = operation;
  }
}

/** What the kernel says of something that is not there any more. */
export const goneCodes = ['ENODEV', 'ENOENT', 'ESRCH', 'EADDRNOTAVAIL', 'ENXIO'] as const;

/** Interruptions and full buffers pass. */
const clearingTriesMax = 4;

/** Gives those that were done. */
export async function applyAll(netlink: Netlink, operations: readonly Operation[]): Promise<readonly Operation[]> {
  const replies = await send(netlink, operations, false);
  const done: Operation[] = [];
  let failure: RefusedError | undefined;
  operations.forEach((operation, index) => {
    const { error, lost } = replies[index] ?? {};
    // Of a change without an answer nobody knows whether it is done: taking back what is not there does no harm.
    if (!error || lost) done.push(operation);
    if (error && !isTolerated(error, operation)) failure ??= new RefusedError(operation, error);
  });
  if (!failure) return done;
  const failures = await clearAll(netlink, undoing(done));
  if (failures.length > 0) throw new AggregateError([failure, ...failures], 'and the roll-back failed too');
  throw failure;
}

/** The steps that take `done` back, in the order to run them. */
export function undoing(done: readonly Operation[]): Step[] {
  return done.toReversed().flatMap(({ undo }) => undo?.() ?? []);
}

/**
 * Removes things: continues past failures, tries again those that may pass, and gives the remaining ones back. What is
 * gone counts as removed.
 */
export async function clearAll(netlink: Netlink, steps: readonly Step[]): Promise<Error[]> {
  let left = steps;
  for (let tries = 1; left.length > 0; tries++) {
    let replies: MessageReply[];
    try {
      replies = await send(netlink, left, true);
    } catch (error) {
      return [error instanceof Error ? error : new Error(String(error))];
    }
    const failed = left.flatMap((step, index) => {
      const error = replies[index]?.error;
      return !error || isNetlinkError(error, ...goneCodes) || isTolerated(error, step) ? [] : [{ step, error }];
    });
    if (tries === clearingTriesMax) return failed.map(({ error }) => error);
    left = failed.map(({ step }) => step);
  }
  return [];
}

function isTolerated(error: NetlinkError, { tolerate = [] }: Step): boolean {
  return tolerate.includes(error.code);
}

/** One leg for neighbours in the same namespace; one reply a step. */
async function send(netlink: Netlink, steps: readonly Step[], evenAfterErrors: boolean): Promise<MessageReply[]> {
  const legs: (Leg & { messages: NetlinkRequest[] })[] = [];
  for (const { netns, request } of steps) {
    const last = legs.at(-1);
    if (last && last.netns === netns && last.family === request.family) last.messages.push(request);
    else legs.push({ netns, family: request.family, messages: [request], evenAfterErrors });
  }
  const replies = (await netlink.exchange(legs)).flatMap((leg) => leg.replies);
  return steps.map(({ request }, index) => replies[index] ?? unanswered(request));
}

function unanswered(request: NetlinkRequest): MessageReply {
  const error = new NetlinkError(request.attempted, 71, { text: 'no answer' });
  return { request, messages: [], error, lost: true, interrupted: false };
}
