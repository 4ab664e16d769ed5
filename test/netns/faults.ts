/** A netlink between our codec and the kernel that lets one message go wrong, as the kernel or a kill would. */

import { createNetlink, kernelRun, type NativeLeg, type NativeResult, type Netlink } from '@peerpods/netlink';
import { align } from '../../native/attribute.ts';
import { decodeMessages, encodeMessage, type NetlinkMessage } from '../../native/message.ts';

const errnos = { EPERM: 1, EINTR: 4, EBUSY: 16, EEXIST: 17, ENODEV: 19, ENOBUFS: 105 } as const;
const NLM_F_ACK = 4;
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_DUMP = 0x300;
const NLMSG_ERROR = 2;
const NETLINK_ROUTE = 0;
const NETLINK_NETFILTER = 12;
/** The last two bits of a routing message's type. */
const DELETE = 1;
const GET = 2;
const NFNL_MSG_BATCH_BEGIN = 16;

/**
 * errno names: refused, not done (ENODEV is true, though: a deletion with it is done, by somebody else as it were, and a
 * look-up, which the kernel answers so only when there is nothing, is left alone). lost answer: done, but what the kernel said of it and of what follows is dropped.
 * short answer: done, and the answer ends in the middle. interrupted: a dump says once, or always, that it has gaps.
 * cut off: this and all that follows is never sent, as when the process is killed.
 */
export type FaultKind =
  | keyof typeof errnos
  | 'lost answer'
  | 'short answer'
  | 'interrupted once'
  | 'interrupted always'
  | 'cut off';

export const faultKinds: readonly FaultKind[] = [
  ...(Object.keys(errnos) as (keyof typeof errnos)[]),
  'lost answer',
  'short answer',
  'interrupted once',
  'interrupted always',
];

export interface Faulty {
  readonly netlink: Netlink;
  /** Messages so far. */
  readonly seen: number;
}

/** The messages of `work`, in order: which of the kinds make a difference at each of them. */
export async function faultsOf(work: (netlink: Netlink) => Promise<unknown>): Promise<(kind: FaultKind) => number[]> {
  const messages: { dump: boolean; batched: boolean }[] = [];
  const netlink = createNetlink((lane, legs) => {
    for (const leg of legs) {
      for (const send of leg.sends) {
        for (const [index, { flags }] of decodeMessages(send).entries()) {
          messages.push({ dump: (flags & NLM_F_DUMP) === NLM_F_DUMP, batched: isBatch(leg, send) && index > 0 });
        }
      }
    }
    return kernelRun(lane, legs);
  });
  await work(netlink);
  return (kind) => {
    const differs = ({ dump, batched }: (typeof messages)[number]) =>
      kind.startsWith('interrupted') ? dump : kind !== 'cut off' || !batched; // a batch is sent whole or not at all
    return messages.flatMap((message, index) => (differs(message) ? [index + 1] : []));
  };
}

/** The `at`-th message, counted from 1 over all exchanges, goes wrong; everything before and after it is real. */
export function faulty({ at, kind }: { at: number; kind: FaultKind }): Faulty {
  const state = { seen: 0, dead: false, question: undefined as string | undefined };
  const killed: NativeResult = { errno: errnos.EINTR, attempted: 'killed', legs: [] };
  const netlink = createNetlink(async (lane, legs) => {
    if (state.dead) return killed;
    const target = locate(legs, at - state.seen);
    state.seen += messagesIn(legs);
    if (!target) return asAlways(await kernelRun(lane, legs), legs, state.question);
    switch (kind) {
      case 'interrupted once':
      case 'interrupted always': {
        if (kind === 'interrupted always') state.question = questionOf(target.message);
        const result = await kernelRun(lane, legs);
        return withReply(result, target.leg, (reply) => flagged(reply, [target.message.sequence]));
      }
      case 'lost answer':
      case 'short answer': {
        const before = (reply: Buffer) => cutBefore(reply, target.message.sequence, kind === 'short answer' ? 10 : 0);
        const sent = legs.map((leg, index) =>
          index === target.leg ? { ...leg, sends: leg.sends.slice(0, target.send + 1) } : leg,
        );
        const result = await kernelRun(lane, sent.slice(0, target.leg + 1));
        const ended = withReply(result, target.leg, before, kind === 'lost answer' ? errnos.ENOBUFS : 0);
        return await goOnAfterErrors(lane, legs, target.leg, ended);
      }
      case 'cut off': {
        state.dead = true;
        const sent = legs.slice(0, target.leg).concat(upTo(legs, target));
        await kernelRun(lane, sent);
        return killed;
      }
      default: {
        const { type } = target.message;
        const route = legs[target.leg]?.protocol === NETLINK_ROUTE;
        if (kind === 'ENODEV' && route && type % 4 === GET) return kernelRun(lane, legs);
        const gone = kind === 'ENODEV' && route && type % 4 === DELETE;
        const targeted = gone ? legs.slice(target.leg, target.leg + 1) : without(legs, target);
        const sent = legs.slice(0, target.leg).concat(targeted);
        const result = await kernelRun(lane, sent);
        const refused = withReply(result, target.leg, (reply) =>
          Buffer.concat([refusal(legs, target, errnos[kind]), reply]),
        );
        return await goOnAfterErrors(lane, legs, target.leg, refused);
      }
    }
  });
  return {
    netlink,
    get seen() {
      return state.seen;
    },
  };
}

interface Target {
  readonly leg: number;
  readonly send: number;
  readonly message: NetlinkMessage;
}

function messagesIn(legs: readonly NativeLeg[]): number {
  return legs.flatMap((leg) => leg.sends).reduce((sum, send) => sum + decodeMessages(send).length, 0);
}

function locate(legs: readonly NativeLeg[], at: number): Target | undefined {
  let count = 0;
  for (const [leg, { sends }] of legs.entries()) {
    for (const [send, bytes] of sends.entries()) {
      for (const message of decodeMessages(bytes)) if (++count === at) return { leg, send, message };
    }
  }
  return undefined;
}

const isBatch = (leg: NativeLeg, bytes: Buffer) =>
  leg.protocol === NETLINK_NETFILTER && decodeMessages(bytes)[0]?.type === NFNL_MSG_BATCH_BEGIN;

/** The target's leg without the target; a batch is all or nothing. */
function without(legs: readonly NativeLeg[], { leg, send, message }: Target): NativeLeg[] {
  const given = legs[leg];
  if (!given) return [];
  const sends = given.sends.flatMap((bytes, index) => {
    if (index !== send) return [bytes];
    const rest = isBatch(given, bytes) ? [] : decodeMessages(bytes).filter((one) => one.sequence !== message.sequence);
    return rest.length === 0 ? [] : [Buffer.concat(rest.map(encodeMessage))];
  });
  return [{ ...given, sends }];
}

/** The target's leg as far as the target. */
function upTo(legs: readonly NativeLeg[], { leg, send, message }: Target): NativeLeg[] {
  const given = legs[leg];
  if (!given) return [];
  const sends = given.sends.slice(0, send + 1).flatMap((bytes, index) => {
    if (index < send) return [bytes];
    const rest = isBatch(given, bytes) ? [] : decodeMessages(bytes).filter((one) => one.sequence < message.sequence);
    return rest.length === 0 ? [] : [Buffer.concat(rest.map(encodeMessage))];
  });
  return [{ ...given, sends }];
}

/** What the kernel says of a refused message, and of the others in its batch, which it looks at all the same. */
function refusal(legs: readonly NativeLeg[], { leg, send, message }: Target, errno: number): Buffer {
  const given = legs[leg];
  const bytes = given?.sends[send] ?? Buffer.alloc(0);
  const others = given && isBatch(given, bytes) && message.type !== NFNL_MSG_BATCH_BEGIN ? decodeMessages(bytes) : [];
  const acknowledged = others.filter((one) => one.sequence !== message.sequence && (one.flags & NLM_F_ACK) !== 0);
  return Buffer.concat([answer(message, errno), ...acknowledged.map((one) => answer(one, 0))]);
}

function answer(message: NetlinkMessage, errno: number): Uint8Array {
  const payload = Buffer.alloc(20);
  payload.writeInt32LE(-errno, 0);
  return encodeMessage({ type: NLMSG_ERROR, flags: 0, sequence: message.sequence, payload });
}

/** Unless the leg was skipped, since something before it was refused in earnest. */
function withReply(result: NativeResult, at: number, change: (reply: Buffer) => Buffer, errno = 0): NativeResult {
  const legs = result.legs.map((leg, index) =>
    index === at && !leg.skipped ? { ...leg, reply: change(leg.reply), errno: errno || leg.errno } : leg,
  );
  return { ...result, legs };
}

/** The later legs: those for clean-up are sent, the others are skipped. */
async function goOnAfterErrors(
  lane: Parameters<typeof kernelRun>[0],
  legs: readonly NativeLeg[],
  at: number,
  result: NativeResult,
): Promise<NativeResult> {
  const later = legs.slice(at + 1);
  const cleanUp = later.filter((leg) => leg.evenAfterErrors);
  const done = cleanUp.length > 0 ? [...(await kernelRun(lane, cleanUp)).legs] : [];
  const skipped = { reply: Buffer.alloc(0), errno: 0, skipped: true };
  return { ...result, legs: [...result.legs, ...later.map((leg) => (leg.evenAfterErrors && done.shift()) || skipped)] };
}

const questionOf = ({ type, payload }: NetlinkMessage) => `${type} ${Buffer.from(payload).toString('hex')}`;

/** Each answer to the same question as before has gaps too. */
function asAlways(result: NativeResult, legs: readonly NativeLeg[], question: string | undefined): NativeResult {
  if (question === undefined) return result;
  return legs.reduce((changed, { sends }, index) => {
    const again = sends.flatMap(decodeMessages).filter((one) => questionOf(one) === question);
    const sequences = again.map(({ sequence }) => sequence);
    return withReply(changed, index, (reply) => flagged(reply, sequences));
  }, result);
}

function flagged(reply: Buffer, sequences: readonly number[]): Buffer {
  return Buffer.concat(
    decodeMessages(reply).map((one) =>
      encodeMessage(sequences.includes(one.sequence) ? { ...one, flags: one.flags | NLM_F_DUMP_INTR } : one),
    ),
  );
}

/** Ends before the last answer to that message (and so amid a dump), `more` bytes of which remain. */
function cutBefore(reply: Buffer, sequence: number, more: number): Buffer {
  let offset = 0;
  let end = reply.length;
  for (const one of decodeMessages(reply)) {
    if (one.sequence === sequence) end = offset;
    offset += align(16 + one.payload.length);
  }
  return reply.subarray(0, Math.min(end + more, reply.length));
}
