/** Commands for tests: as an ordinary user on a tree that root may have hidden, and in namespaces of their own. */

import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

/** 65534 owns nothing here. The tree is bound to a place that everybody may walk to, in a mount namespace of its own. */
export function asOrdinaryUser(program: string, args: readonly string[]): readonly string[] {
  const place = '/mnt/repository';
  const script = `mount -t tmpfs -o mode=755 tmpfs /mnt && mkdir ${place} && mount --bind "$0" ${place} && cd ${place} || exit 99
exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"`;
  const node = join(place, 'node_modules/.bin/node');
  const words = [node, join(place, program), ...args];
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, repository, ...words];
}
