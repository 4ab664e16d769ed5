/** Sends legs of requests to the kernel, all in one go on one thread, and sorts the answers to the requests. */

import {
  encodeLegs,
  type Lane,
  type NativeLeg,
  type NativeLegResult,
  type NativeResult,
  rouse,
  runJob,
} from './addon.ts';
import {
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFT_MSG_DELCHAIN,
  NFT_MSG_DELRULE,
  NFT_MSG_DELSETELEM,
  NFT_MSG_DELTABLE,
  RTM_DELLINK,
  RTM_DELQDISC,
  RTM_SETLINK,
} from './constants.ts';
import { NetlinkError } from './errors.ts';
import {
  decodeIntact,
  encodeRequests,
  isDump,
  type NetlinkFamily,
  type NetlinkQuery,
  type NetlinkRequest,
} from './message.ts';
import type { Netns } from './netns.ts';
import { nftType } from './nftables-message.ts';
import { areAcknowledgements, type MessageReply, sortReplies } from './reply.ts';

export interface Leg {
  /** undefined: the namespace this process is in. */
  readonly netns?: Netns | undefined;
  readonly family: NetlinkFamily;
  readonly messages: readonly NetlinkRequest[];
  /** Send it even when an earlier leg had an error (for clean-up); otherwise it is skipped. */
  readonly evenAfterErrors?: boolean;
}

export interface LegReply {
  /** One per message of the leg, in order. Messages of a skipped leg all carry ECANCELED. */
  readonly replies: readonly MessageReply[];
}

/** What the tunnel and others are handed; decorators may inject faults. */
export interface Netlink {
  exchange(legs: readonly Leg[]): Promise<LegReply[]>;
}

/** Sends encoded legs; rejects never. Tests put one of their own between the codec and the kernel. */
export type NativeRun = (lane: Lane, legs: readonly NativeLeg[]) => Promise<NativeResult>;

const firstSequence = 1;
const interruptedTriesMax = 5;
const EINTR = 4;
const EBADMSG = 74;
const ECANCELED = 125;

/**
 * `exchange` rejects only when nothing was sent (a namespace could not be entered); all else is in the replies.
 * Messages of one leg are independent of each other (except inside an nftables batch): the kernel goes on after one it
 * refuses. `expect` hears of a run before its bytes are made.
 */
export function createNetlink(run: NativeRun, expect: (lane: Lane) => void = () => {}): Netlink {
  return {
    async exchange(legs) {
      expect(laneOf(legs));
      const replies = await exchangeOnce(run, legs);
      if (!replies.some((leg) => leg.replies.some(({ interrupted }) => interrupted))) return replies;
      return Promise.all(
        replies.map(async (reply, index) => {
          const leg = legs[index];
          return leg
            ? { replies: await Promise.all(reply.replies.map((message) => redump(run, leg, message))) }
            : reply;
        }),
      );
    },
  };
}

export const kernelRun: NativeRun = (lane, legs) => runJob(lane, (addon) => addon.exchange(encodeLegs(legs)));

/** The kernel of this machine. */
export const netlink: Netlink = createNetlink(kernelRun, rouse);

/** Asks a dump anew while the kernel says that it changed meanwhile. */
async function redump(run: NativeRun, leg: Leg, reply: MessageReply): Promise<MessageReply> {
  let latest = reply;
  for (let tries = 1; latest.interrupted && !latest.error; tries++) {
    if (tries === interruptedTriesMax) {
      const text = `interrupted ${tries} times by changes`;
      return { ...latest, error: new NetlinkError(reply.request.attempted, EINTR, { text }) };
    }
    const [again] = await exchangeOnce(run, [{ netns: leg.netns, family: leg.family, messages: [reply.request] }]);
    latest = again?.replies[0] ?? latest;
  }
  return latest;
}

async function exchangeOnce(run: NativeRun, legs: readonly Leg[]): Promise<LegReply[]> {
  using held = new DisposableStack();
  for (const { netns, messages } of legs) {
    if (netns) held.defer(netns.hold());
    for (const { holds = [] } of messages) for (const other of holds) held.defer(other.hold());
  }
  const nativeLegs = legs.map((leg) => ({
    netnsFd: leg.netns?.fd ?? -1,
    protocol: leg.family === 'route' ? NETLINK_ROUTE : NETLINK_NETFILTER,
    evenAfterErrors: leg.evenAfterErrors ?? false,
    sends: planSends(leg.messages),
  }));
  const result = await run(laneOf(legs), nativeLegs);
  if (result.errno !== 0) throw new NetlinkError(result.attempted, result.errno);
  return legs.map((leg, index) => ({ replies: legReplies(leg, result.legs[index]) }));
}

/** Deleting, and moving a link to another namespace, waits in the kernel until nobody can be using the thing any more. */
function laneOf(legs: readonly Leg[]): Lane {
  return legs.some((leg) => leg.messages.some(lingers)) ? 'lingering' : 'brief';
}

const lingeringRoute = new Set([RTM_DELLINK, RTM_DELQDISC]);
const lingeringNft = new Set([NFT_MSG_DELTABLE, NFT_MSG_DELCHAIN, NFT_MSG_DELRULE, NFT_MSG_DELSETELEM].map(nftType));

function lingers({ family, type, holds = [] }: NetlinkRequest): boolean {
  if (family === 'netfilter') return lingeringNft.has(type);
  return lingeringRoute.has(type) || (type === RTM_SETLINK && holds.length > 0);
}

function legReplies(leg: Leg, result: NativeLegResult | undefined): MessageReply[] {
  if (!result || result.skipped) {
    const text = 'not sent, since something before it failed';
    return leg.messages.map((request) => ({
      request,
      messages: [],
      error: new NetlinkError(request.attempted, ECANCELED, { text }),
      lost: false,
      interrupted: false,
    }));
  }
  if (result.errno === 0 && areAcknowledgements(result.reply, leg.messages, firstSequence)) {
    return leg.messages.map((request) => ({
      request,
      messages: [],
      error: undefined,
      lost: false,
      interrupted: false,
    }));
  }
  const { messages, damage } = decodeIntact(result.reply);
  const replies = sortReplies(leg.messages, firstSequence, messages);
  const errno = result.errno || (damage ? EBADMSG : 0);
  if (errno === 0) return replies;
  // Some send or receive failed: what was answered stands, the rest is blamed on it.
  return replies.map((reply) =>
    reply.lost
      ? { ...reply, error: new NetlinkError(reply.request.attempted, errno, { text: damage?.message }) }
      : reply,
  );
}

/**
 * Consecutive messages share one send. A dump has its own (the kernel runs one per socket at a time), and so has an
 * nftables batch (the kernel takes a send for a batch by its first message).
 */
export function planSends(messages: readonly NetlinkRequest[]): Buffer[] {
  const sends: Buffer[] = [];
  let from = 0;
  const cut = (to: number) => {
    if (to > from) sends.push(encodeRequests(messages.slice(from, to), firstSequence + from));
    from = to;
  };
  messages.forEach((request, index) => {
    const alone = isDump(request);
    if (alone || isBatchEdge(request, NFNL_MSG_BATCH_BEGIN)) cut(index);
    if (alone || isBatchEdge(request, NFNL_MSG_BATCH_END)) cut(index + 1);
  });
  cut(messages.length);
  return sends;
}

/** The numbers are those of RTM_NEWLINK and RTM_DELLINK too: the family tells. */
function isBatchEdge(request: NetlinkRequest, type: number): boolean {
  return request.family === 'netfilter' && request.type === type;
}

/** Sends changes to one namespace (undefined: our own) and throws the first error. */
export async function execute(
  on: Netlink,
  netns: Netns | undefined,
  requests: readonly NetlinkRequest[],
): Promise<void> {
  const family = requests[0]?.family;
  if (!family) return;
  for (const reply of await on.exchange([{ netns, family, messages: requests }])) throwFirstError(reply);
}

/** Asks one namespace (undefined: our own) and gives the decoded answers. */
export async function query<T>(on: Netlink, netns: Netns | undefined, request: NetlinkQuery<T>): Promise<T[]> {
  const [reply] = await on.exchange([{ netns, family: request.family, messages: [request] }]);
  return answersTo(request, reply?.replies[0]);
}

export interface Question<T> {
  readonly netns: Netns | undefined;
  readonly request: NetlinkQuery<T>;
}

/** Asks several things in one exchange, and gives the decoded answers in the same order; throws the first error. */
export async function queryAll<const Questions extends readonly Question<unknown>[]>(
  on: Netlink,
  questions: Questions,
): Promise<{ [At in keyof Questions]: Questions[At] extends Question<infer T> ? T[] : never }> {
  const legs: (Leg & { messages: NetlinkRequest[] })[] = [];
  for (const { netns, request } of questions) {
    const last = legs.at(-1);
    if (last && last.netns === netns && last.family === request.family) last.messages.push(request);
    else legs.push({ netns, family: request.family, messages: [request], evenAfterErrors: true });
  }
  const replies = (await on.exchange(legs)).flatMap((leg) => leg.replies);
  return questions.map(({ request }, index) => answersTo(request, replies[index])) as never;
}

export function throwFirstError(reply: LegReply): void {
  for (const { error } of reply.replies) if (error) throw error;
}

/** The decoded answers of one reply to `request`; throws its error. */
export function answersTo<T>(request: NetlinkQuery<T>, reply: MessageReply | undefined): T[] {
  if (!reply) throw new NetlinkError(request.attempted, ECANCELED);
  if (reply.error) throw reply.error;
  return reply.messages.map(request.decode).filter((value) => value !== undefined);
}
