/** What can go wrong with netlink: the kernel refused (NetlinkError), or bytes make no sense (NetlinkDecodeError). */

import { getSystemErrorMap } from 'node:util';

export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** The errno's name: 'EEXIST', 'ENODEV', … */
  readonly code: string;
  /** The kernel's own words (extended acknowledgement), else the errno's usual text. */
  readonly text: string;
  /** Offset into the refused message of the attribute the kernel blames. */
  readonly offset: number | undefined;

  constructor(
    attempted: string,
    errno: number,
    options: { text?: string | undefined; offset?: number | undefined } = {},
  ) {
    const [code, usualText] = describeErrno(errno);
    const text = options.text ?? usualText;
    // Many are only looked at; and the stack would show who read the answer, not who asked
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${attempted}: ${code}: ${text}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.errno = errno;
    this.code = code;
    this.text = text;
    this.offset = options.offset;
  }
}

/** Whether `error` is the kernel's refusal with one of these errno names. */
export function isNetlinkError(error: unknown, ...codes: readonly string[]): error is NetlinkError {
  return error instanceof NetlinkError && (codes.length === 0 || codes.includes(error.code));
}

export class NetlinkDecodeError extends Error {
  override readonly name = 'NetlinkDecodeError';
}

/** errnos that netlink uses and libuv has no name, or another one, for. */
const beyondLibuv = new Map<number, readonly [string, string]>([
  [74, ['EBADMSG', 'bad message']],
  [61, ['ENODATA', 'no data available']],
  [85, ['ERESTART', 'interrupted, try again']],
  [95, ['EOPNOTSUPP', 'operation not supported']],
  [90, ['EMSGSIZE', 'message too long']],
  [99, ['EADDRNOTAVAIL', 'address not available']],
  [117, ['EUCLEAN', 'structure needs cleaning']],
]);

let known: ReadonlyMap<number, readonly [string, string]> | undefined;

export function describeErrno(errno: number): readonly [code: string, text: string] {
  known ??= getSystemErrorMap(); // made anew at each call
  return beyondLibuv.get(errno) ?? known.get(-errno) ?? [`E${errno}`, 'unknown error'];
}
