/** Containers of the built image as a kubelet would run them, by crun: read-only root, no new privileges, few rights. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ContainerSpec {
  readonly name: string;
  readonly rootfs: string;
  readonly args: readonly string[];
  readonly user?: number;
  /** Without the prefix CAP_. */
  readonly capabilities?: readonly string[];
  /** From the host's path to the container's. */
  readonly binds?: Readonly<Record<string, string>>;
  /** Namespaces of pods that come later show up in it. */
  readonly follows?: Readonly<Record<string, string>>;
}

const plainMounts = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
  { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance'] },
  { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'nodev'] },
  { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
];

/** The network is the caller's, as hostNetwork gives the node's. */
function configuration({ args, user = 65_532, capabilities = [], binds, follows, rootfs }: ContainerSpec) {
  const bind =
    (options: string[]) =>
    ([source, destination]: [string, string]) => ({
      source,
      destination,
      type: 'bind',
      options,
    });
  const names = capabilities.map((name) => `CAP_${name}`);
  return {
    ociVersion: '1.0.2',
    root: { path: rootfs, readonly: true },
    process: {
      user: { uid: user, gid: user },
      args,
      cwd: '/usr/lib/peerpods',
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/'],
      // Of an ordinary user none is in effect: nothing gives ambient ones.
      capabilities: { bounding: names, ...(user === 0 && { effective: names, permitted: names }) },
      noNewPrivileges: true,
    },
    mounts: [
      ...plainMounts,
      ...Object.entries(binds ?? {}).map(bind(['rbind', 'rprivate'])),
      ...Object.entries(follows ?? {}).map(bind(['rbind', 'rslave'])),
    ],
    // What container runtimes say when a mount is to follow the host's.
    linux: {
      rootfsPropagation: 'rslave',
      namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }],
    },
  };
}

/** Own cgroups are neither needed nor to be had everywhere. */
const crun = ['--root', '/run/crun', '--cgroup-manager=disabled'];

/** crun refuses a machine that has both versions; in the caller's own mount namespace there is one then. */
export function unifyCgroups(): void {
  if (existsSync('/sys/fs/cgroup/unified')) execFileSync('mount', ['-t', 'cgroup2', 'none', '/sys/fs/cgroup']);
}

export class Container implements AsyncDisposable {
  readonly #name: string;
  readonly #logPath: string;
  readonly exited: Promise<number | null>;
  readonly #kill: () => void;

  constructor(spec: ContainerSpec) {
    this.#name = spec.name;
    mkdirSync('/run/bundles', { recursive: true });
    const bundle = mkdtempSync(`/run/bundles/${spec.name}-`);
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(configuration(spec)));
    this.#logPath = join(bundle, 'log');
    const log = openSync(this.#logPath, 'a');
    const child = spawn('crun', [...crun, 'run', '--bundle', bundle, spec.name], { stdio: ['ignore', log, log] });
    this.exited = new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
    this.exited.catch(() => {}); // whoever waits hears of it
    this.#kill = () => child.kill('SIGKILL');
  }

  get log(): string {
    return readFileSync(this.#logPath, 'utf8');
  }

  signal(name: string): void {
    execFileSync('crun', [...crun, 'kill', this.#name, name], { stdio: 'pipe' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      execFileSync('crun', [...crun, 'delete', '--force', this.#name], { stdio: 'pipe' });
    } catch {
      this.#kill(); // it is gone, or never was
    }
    await this.exited;
  }
}

/** Runs it to its end. */
export async function runContainer(
  spec: ContainerSpec,
): Promise<{ readonly code: number | null; readonly output: string }> {
  await using container = new Container(spec);
  const code = await container.exited;
  return { code, output: container.log };
}
