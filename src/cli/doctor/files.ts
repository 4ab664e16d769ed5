/** Credentials and directories: present, on the right kind of disk, closed to others. Pure. */

import { bytes } from '../humane.ts';
import { type Check, fail, isKnown, type Observed, ok, skip, warn } from './check.ts';

export interface FileFacts {
  readonly path: string;
  readonly what: string;
  /** Holds a key: nobody but root may read it. */
  readonly isSecret: boolean;
  readonly file: Observed<{ readonly mode: number; readonly size: number }>;
}

export function judgeFile({ path, what, isSecret, file }: FileFacts): Check {
  const area = 'credentials';
  if (!isKnown(file))
    return fail(area, what, `${path}: ${file.error}`, `put the file there, or change the adaptor's option`);
  const { mode, size } = file.value;
  if (size === 0) return fail(area, what, `${path} is empty`, `write it anew`);
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  if (isSecret && (mode & 0o077) !== 0) {
    return fail(area, what, `${path} holds a key and has mode ${octal}`, `chmod 0600 ${path}; who else has read it?`);
  }
  if ((mode & 0o022) !== 0)
    return fail(area, what, `${path} may be written by others, mode ${octal}`, `chmod go-w ${path}`);
  return ok(area, what, `${path}, mode ${octal}`);
}

export interface DirectoryFacts {
  readonly path: string;
  readonly what: 'state directory' | 'pods directory';
  readonly place: Observed<{
    readonly mode: number;
    readonly isTmpfs: boolean;
    readonly freeBytes: number;
    readonly freeInodes: number;
  }>;
}

/** Below it the ledger may not take the records of many pods any more. */
const freeBytesWarn = 256 * 1024 * 1024;
const freeBytesFail = 16 * 1024 * 1024;
const freeInodesFail = 128;

export function judgeDirectory({ path, what, place }: DirectoryFacts): readonly Check[] {
  if (!isKnown(place))
    return [fail('host', what, `${path}: ${place.error}`, 'start the adaptor, which makes it; check its mounts')];
  const { mode, isTmpfs, freeBytes, freeInodes } = place.value;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const checks: Check[] = [];
  if ((mode & 0o077) !== 0) checks.push(fail('credentials', what, `${path} has mode ${octal}`, `chmod 0700 ${path}`));
  else checks.push(ok('credentials', what, `${path}, mode ${octal}`));
  checks.push(judgeKind(path, what, isTmpfs));
  const seen = `${bytes(freeBytes)} and ${freeInodes} inodes free below ${path}`;
  const remedy = 'make room: without it no pod starts (E_LEDGER); running pods go on, and stops are retried';
  if (freeBytes < freeBytesFail || freeInodes < freeInodesFail)
    checks.push(fail('host', `space, ${what}`, seen, remedy));
  else if (freeBytes < freeBytesWarn && !isTmpfs) checks.push(warn('host', `space, ${what}`, seen, remedy));
  else checks.push(ok('host', `space, ${what}`, seen));
  return checks;
}

function judgeKind(path: string, what: DirectoryFacts['what'], isTmpfs: boolean): Check {
  const check = `disk, ${what}`;
  if (what === 'pods directory') {
    return isTmpfs
      ? ok('host', check, `${path} is in memory, as keys should be`)
      : warn('host', check, `${path} is on disk and holds keys of pods`, 'point -pods-dir to a tmpfs, as below /run');
  }
  return isTmpfs
    ? warn(
        'host',
        check,
        `${path} is in memory: after a reboot nobody knows the pod VMs that run on`,
        'point -state-dir to a disk',
      )
    : ok('host', check, `${path} is on disk`);
}

export function unknownDirectories(why: string): readonly Check[] {
  return [skip('host', 'directories', why)];
}
