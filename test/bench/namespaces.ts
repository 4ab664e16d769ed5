/** Network, mount and PID namespaces for one bench: the kernel ends and drops everything in them with it. */

import { spawnSync } from 'node:child_process';

const flags = [
  ...['--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--propagation', 'private'],
];

function unshare(): string[] {
  return ['unshare', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']), ...flags];
}

/** Why there can be none here; undefined when there can. */
export function namespacesLack(): string | undefined {
  const probe = spawnSync('sh', ['-c', `${unshare().join(' ')} true`], { encoding: 'utf8' });
  return probe.status === 0 ? undefined : `needs root or user namespaces (${probe.stderr.trim()})`;
}

/** `command` as it must be started to run in namespaces of its own, with an empty /run. */
export function inNamespaces(command: readonly string[]): string[] {
  // The shell is process 1 there: it reaps the orphans that end inside.
  const script =
    'mount -t tmpfs -o mode=0755 tmpfs /run && mkdir /run/netns && ip link set lo up || exit 1; "$@"; exit $?';
  return [...unshare(), 'sh', '-c', script, 'sh', ...command];
}
