/** What the kernel answered, sorted to the requests it answers: values, acknowledgement, or error with its reason. */

import { align, decodeAttributes, findAttribute, hostIsLittle, readText, readU32, viewOf } from './attribute.ts';
import {
  NLM_F_ACK,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
} from './constants.ts';
import { NetlinkDecodeError, NetlinkError } from './errors.ts';
import { isDump, messageHeaderBytes, type NetlinkMessage, type NetlinkRequest, splitPayload } from './message.ts';

export interface MessageReply {
  readonly request: NetlinkRequest;
  /** What a query was answered with; empty for changes. */
  readonly messages: readonly NetlinkMessage[];
  readonly error: NetlinkError | undefined;
  /** No (whole) answer came, so a change may be done or not. */
  readonly lost?: boolean;
  /** The dump changed under the kernel's hands and may have gaps. */
  readonly interrupted: boolean;
}

const EPROTO = 71;
const EBADMSG = 74;

/**
 * Whether `answers` says of each request in turn, and of nothing else, that it is done: what a set-up that meets no
 * trouble is answered, so worth to be told from the rest without taking it apart.
 */
export function areAcknowledgements(
  answers: Uint8Array,
  requests: readonly NetlinkRequest[],
  firstSequence: number,
): boolean {
  const view = viewOf(answers);
  let at = 0;
  for (let index = 0; index < requests.length; index++) {
    const request = requests[index];
    if (!request || isDump(request)) return false;
    if ((request.flags & NLM_F_ACK) === 0) continue; // the edges of a batch
    if (at + messageHeaderBytes + 4 > answers.length) return false;
    const length = view.getUint32(at, hostIsLittle);
    if (length < messageHeaderBytes + 4 || view.getUint16(at + 4, hostIsLittle) !== NLMSG_ERROR) return false;
    if (view.getUint32(at + 8, hostIsLittle) !== firstSequence + index) return false;
    if (view.getInt32(at + messageHeaderBytes, hostIsLittle) !== 0) return false;
    at += align(length);
  }
  return at === answers.length;
}

/** `requests[i]` was sent with sequence number `firstSequence + i`. */
export function sortReplies(
  requests: readonly NetlinkRequest[],
  firstSequence: number,
  answers: readonly NetlinkMessage[],
): MessageReply[] {
  const open = requests.map(() => ({
    messages: [] as NetlinkMessage[],
    answered: false,
    interrupted: false,
    error: undefined as NetlinkError | undefined,
  }));
  for (const answer of answers) {
    const index = answer.sequence - firstSequence;
    const entry = open[index];
    const request = requests[index];
    if (!entry || !request) continue;
    if ((answer.flags & NLM_F_DUMP_INTR) !== 0 && isDump(request)) entry.interrupted = true;
    if (answer.type === NLMSG_NOOP) continue;
    if (answer.type === NLMSG_ERROR || answer.type === NLMSG_DONE) {
      const decode = answer.type === NLMSG_ERROR ? decodeError : decodeDone;
      try {
        entry.error ??= decode(answer, request.attempted);
        entry.answered = true;
      } catch (error) {
        if (!(error instanceof NetlinkDecodeError)) throw error;
        entry.error ??= new NetlinkError(request.attempted, EBADMSG, { text: error.message });
      }
    } else {
      entry.messages.push(answer);
    }
  }
  return requests.map((request, index) => {
    const entry = open[index] ?? { messages: [], answered: false, interrupted: false, error: undefined };
    const lost = !entry.answered && (isDump(request) || (request.flags & NLM_F_ACK) !== 0);
    const silence = lost && new NetlinkError(request.attempted, EPROTO, { text: 'the kernel gave no answer' });
    return {
      request,
      messages: entry.messages,
      error: entry.error ?? (silence || undefined),
      lost,
      interrupted: entry.interrupted,
    };
  });
}

/** An NLMSG_ERROR: undefined when it says 0, which is an acknowledgement. */
export function decodeError(message: NetlinkMessage, attempted: string): NetlinkError | undefined {
  const { header, rest } = splitPayload(message.payload, 4);
  const errno = -header.getInt32(0, hostIsLittle);
  if (errno === 0) return undefined;
  if ((message.flags & NLM_F_ACK_TLVS) === 0) return new NetlinkError(attempted, errno);
  // The refused message comes first: whole, or (CAPPED) its header only.
  const { header: refused } = splitPayload(rest, messageHeaderBytes);
  const refusedBytes = (message.flags & NLM_F_CAPPED) !== 0 ? messageHeaderBytes : refused.getUint32(0, hostIsLittle);
  if (refusedBytes > rest.length) throw new NetlinkDecodeError('an error quotes more of its request than it holds');
  return new NetlinkError(attempted, errno, extendedAck(rest.subarray(refusedBytes)));
}

function decodeDone(message: NetlinkMessage, attempted: string): NetlinkError | undefined {
  if (message.payload.length < 4) return undefined;
  const { header, rest } = splitPayload(message.payload, 4);
  const errno = -header.getInt32(0, hostIsLittle);
  if (errno <= 0) return undefined;
  return new NetlinkError(attempted, errno, (message.flags & NLM_F_ACK_TLVS) !== 0 ? extendedAck(rest) : {});
}

function extendedAck(bytes: Uint8Array): { text: string | undefined; offset: number | undefined } {
  const attributes = decodeAttributes(bytes);
  return {
    text: readText(findAttribute(attributes, NLMSGERR_ATTR_MSG)),
    offset: readU32(findAttribute(attributes, NLMSGERR_ATTR_OFFS)),
  };
}
