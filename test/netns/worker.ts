/** A worker node, a pod's namespace and a pod VM's underlay as real network namespaces of one test. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNetns, deleteNetns } from '@peerpods/netlink';

/** Runs a command, in a namespace if one is given, and gives its stdout; throws with stderr when it fails. */
export function run(netnsPath: string | undefined, ...command: readonly string[]): string {
  const argv = netnsPath === undefined ? command : ['nsenter', `--net=${netnsPath}`, ...command];
  const [program = '', ...args] = argv;
  const result = spawnSync(program, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr || result.error?.message}`);
  return result.stdout;
}

/** Namespaces that go when the test ends. */
export class Namespaces implements AsyncDisposable {
  readonly #folder = join(tmpdir(), `netns-${randomBytes(4).toString('hex')}`);
  readonly #paths: string[] = [];

  async create(name: string): Promise<string> {
    const path = join(this.#folder, name);
    await createNetns(path);
    this.#paths.push(path);
    run(path, 'ip', 'link', 'set', 'lo', 'up');
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#paths) await deleteNetns(path);
    spawnSync('rm', ['-rf', this.#folder]);
  }
}

/** A veth pair between two namespaces. */
export function connect(a: { netns: string; name: string; address?: string }, b: typeof a): void {
  run(a.netns, 'ip', 'link', 'add', a.name, 'type', 'veth', 'peer', 'name', b.name, 'netns', b.netns);
  for (const end of [a, b]) {
    if (end.address) run(end.netns, 'ip', 'address', 'add', end.address, 'dev', end.name, 'nodad');
    run(end.netns, 'ip', 'link', 'set', end.name, 'up');
  }
}

/** Kernel state that a tunnel may touch, as text: equal before and after means that nothing is left. */
export function stateOf(netnsPath: string): string {
  const links = JSON.parse(run(netnsPath, 'ip', '-json', 'link')) as { ifname: string; mtu: number }[];
  return JSON.stringify({
    links: links.map(({ ifname, mtu }) => [ifname, mtu]).sort(),
    qdiscs: run(netnsPath, 'tc', 'qdisc', 'show')
      .split('\n')
      .filter((line) => /ingress|clsact/.test(line)),
    filters: links.map(({ ifname }) => run(netnsPath, 'tc', 'filter', 'show', 'dev', ifname, 'ingress')),
    nft: run(netnsPath, 'nft', 'list', 'ruleset'),
  });
}
