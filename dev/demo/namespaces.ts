/** Namespaces for a scene of its own: no privilege needed, nothing left behind whoever ends it, and why if it cannot be. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--propagation', 'private'];

/** The shell is process 1 of the PID namespace: it reaps the orphans that end inside. */
const script = 'mount -t tmpfs -o mode=0755 tmpfs /run && mkdir /run/tmp || exit 1; TMPDIR=/run/tmp "$@"; exit $?';

/**
 * Runs `command` as one of the first processes of new network, mount and PID namespaces, /run an empty tmpfs: when it
 * ends, even by kill -9, or when its caller does, the kernel ends every process in there and drops every device.
 */
export function inNamespaces(command: readonly string[], ordinaryUser: boolean): readonly string[] {
  const user = ordinaryUser ? ['--user', '--map-root-user'] : [];
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...user, ...flags, 'sh', '-c', script, 'sh', ...command];
}

/** Programs of util-linux and coreutils that the scene and its pod VMs start. */
const programs = ['setpriv', 'unshare', 'nsenter', 'mount', 'dd', 'sleep'];

export interface Machine {
  readonly ordinaryUser: boolean;
  /** Whether a program is on PATH. */
  readonly has: (program: string) => boolean;
  /** undefined when the namespaces can be made, else what unshare said. */
  readonly refusal: () => string | undefined;
  /** Content of a file below /proc/sys, trimmed; undefined when there is none. */
  readonly sysctl: (path: string) => string | undefined;
}

export const thisMachine: Machine = {
  ordinaryUser: process.getuid?.() !== 0,
  has: (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
  refusal() {
    const [command = '', ...args] = inNamespaces(['true'], thisMachine.ordinaryUser);
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
    return status === 0 ? undefined : (error?.message ?? stderr.trim());
  },
  sysctl(path) {
    try {
      return readFileSync(`/proc/sys/${path}`, 'utf8').trim();
    } catch {
      return undefined;
    }
  },
};

const switches: readonly { readonly path: string; readonly off: string; readonly remedy: string }[] = [
  { path: 'kernel/unprivileged_userns_clone', off: '0', remedy: 'sysctl kernel.unprivileged_userns_clone=1' },
  { path: 'user/max_user_namespaces', off: '0', remedy: 'sysctl user.max_user_namespaces=10000' },
  {
    path: 'kernel/apparmor_restrict_unprivileged_userns',
    off: '1',
    remedy: 'sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  },
];

/** What stands in the way on this machine, with a remedy; undefined when nothing does. */
export function whatIsMissing(machine: Machine): string | undefined {
  const missing = programs.filter((program) => !machine.has(program));
  if (missing.length > 0) return `missing: ${missing.join(', ')} (Debian: apt-get install util-linux coreutils)`;
  const refusal = machine.refusal();
  if (refusal === undefined) return undefined;
  if (!machine.ordinaryUser) {
    return `root may not make namespaces here: ${refusal}\nIn a container this needs CAP_SYS_ADMIN and CAP_NET_ADMIN.`;
  }
  const off = switches.filter(({ path, off: value }) => machine.sysctl(path) === value);
  const remedies = off.map(({ remedy }) => `as root: ${remedy}`);
  const reason = off.length > 0 ? 'unprivileged user namespaces are switched off' : 'no user namespace can be made';
  return [`${reason}: ${refusal}`, ...remedies, 'or run the demo as root'].join('\n');
}
