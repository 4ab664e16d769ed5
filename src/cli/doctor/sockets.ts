/** Whether the sockets are there, answer, and are closed to others. Pure. */

import { type Check, fail, ok, skip, warn } from './check.ts';

export interface SocketFacts {
  /** 'adaptor.sock'. */
  readonly what: string;
  readonly path: string;
  readonly program: string;
  /** Undefined: nothing is at the path. */
  readonly file: { readonly isSocket: boolean; readonly mode: number; readonly uid: number } | undefined;
  /** Whether somebody accepted; the system's error code otherwise. */
  readonly dialled: 'accepted' | string;
}

const area = 'sockets';

export function judgeSocket({ what, path, program, file, dialled }: SocketFacts): Check {
  if (!file) return fail(area, what, `nothing is at ${path}`, `start ${program}, and see its log if it ends`);
  if (!file.isSocket) return fail(area, what, `${path} is no socket`, `remove ${path} and start ${program} anew`);
  if (dialled === 'EACCES') return skip(area, what, `no permission for ${path}: run doctor as root`);
  if (dialled !== 'accepted') {
    return fail(
      area,
      what,
      `${path} is there, and nobody listens (${dialled})`,
      `start ${program}, and see its log for why it ended`,
    );
  }
  const octal = (file.mode & 0o777).toString(8).padStart(4, '0');
  if ((file.mode & 0o077) !== 0) {
    return fail(
      area,
      what,
      `${path} has mode ${octal}: others may start and stop pods`,
      `chmod 0600 ${path}, and find out what changed it`,
    );
  }
  if (file.uid !== 0) return warn(area, what, `${path} belongs to user ${file.uid}`, `run ${program} as root`);
  return ok(area, what, `${path}, mode ${octal}, answers`);
}
