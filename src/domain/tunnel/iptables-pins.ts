/** Pins as iptables rules, for kernels without nf_tables: one rule a tunnel, walked for each packet of the port. */

import { formatIp, ipVersion, parseIp } from '@peerpods/netlink/addresses';
import { PeerPodError } from '#base/errors.ts';
import type { ProgramResult, RunProgram } from '#io/run-program.ts';
import type { Pin } from './pin-table.ts';

const chain = 'peerpods';
/** Seconds to wait for whoever else changes rules. */
const lockWait = '5';
const timeoutMs = 20_000;
/** Some 200 characters a pin. */
const outputCharactersMax = 4 << 20;

/** Offsets of the VXLAN header's VNI as xt_u32 counts them: from the IP header, whose length varies in IPv4. */
const vniAt = { 4: '0>>22&0x3C@12>>8', 6: '52>>8' } as const;
const programs = { 4: ['iptables-legacy', 'iptables'], 6: ['ip6tables-legacy', 'ip6tables'] } as const;

type Version = 4 | 6;

export class IptablesPins {
  readonly #run: RunProgram;
  readonly #chosen = new Map<Version, string>();
  /** One change at a time: the chain must not go while a pin comes. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(run: RunProgram) {
    this.#run = run;
  }

  /** Idempotent. E_TUNNEL when the VNI is pinned to another address. */
  add(pin: Pin): Promise<void> {
    return this.#inTurn(async () => {
      const version = ipVersion(pin.remote);
      if (!(await this.#succeeds(version, '-n', '-L', chain))) await this.#iptables(version, '-N', chain);
      // Does nothing, but with it the kernel puts fragments together first: one may be too short to show its VNI
      await this.#ensure(version, chain, ['-m', 'conntrack', '--ctstate', 'INVALID']);
      // Tracking is off for whatever comes in on the port; then the pins drop
      await this.#ensure(version, chain, ['-j', 'NOTRACK']);
      const same = (await this.#rules(version, chain)).filter((line) => line.includes(`"${commentOf(pin)}"`));
      if (same.some((line) => !line.includes(`! -s ${formatIp(parseIp(pin.remote))}/`))) {
        const why = `VNI ${pin.vni} on UDP port ${pin.port} belongs to a tunnel to another address`;
        throw new PeerPodError('E_TUNNEL', why);
      }
      await this.#ensure(version, chain, pinRule(pin));
      await this.#ensure(version, 'PREROUTING', toPort(pin.port, chain));
      await this.#ensure(version, 'OUTPUT', toPort(pin.port, 'NOTRACK'));
    });
  }

  /** What is gone is fine; the chain goes with its last pin. */
  remove(pin: Pin): Promise<void> {
    return this.#inTurn(async () => {
      const version = ipVersion(pin.remote);
      if (!(await this.#succeeds(version, '-n', '-L', chain))) return;
      await this.#drop(version, chain, pinRule(pin));
      const left = readPinned(await this.#rules(version, chain));
      if (left.some(({ port }) => port === pin.port)) return;
      await this.#drop(version, 'PREROUTING', toPort(pin.port, chain));
      await this.#drop(version, 'OUTPUT', toPort(pin.port, 'NOTRACK'));
      if (left.length > 0) return;
      await this.#iptables(version, '-F', chain);
      await this.#iptables(version, '-X', chain);
    });
  }

  /** The VNIs that are pinned, with their UDP ports; E_TUNNEL where there is no iptables. */
  async list(): Promise<readonly Pick<Pin, 'port' | 'vni'>[]> {
    const lists = ([4, 6] as const).map(async (version) => {
      const there = await this.#succeeds(version, '-n', '-L', chain);
      return there ? readPinned(await this.#rules(version, chain)) : [];
    });
    return (await Promise.all(lists)).flat();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#tail.then(work);
    this.#tail = mine.catch(() => {});
    return mine;
  }

  async #ensure(version: Version, where: string, rule: readonly string[]): Promise<void> {
    if (!(await this.#succeeds(version, '-C', where, ...rule))) await this.#iptables(version, '-A', where, ...rule);
  }

  async #drop(version: Version, where: string, rule: readonly string[]): Promise<void> {
    while (await this.#succeeds(version, '-C', where, ...rule)) await this.#iptables(version, '-D', where, ...rule);
  }

  async #rules(version: Version, where: string): Promise<string[]> {
    return (await this.#iptables(version, '-S', where)).split('\n');
  }

  /** A rule or chain that is not there makes iptables end with 1; all else is an error. */
  async #succeeds(version: Version, ...args: readonly string[]): Promise<boolean> {
    const { exitCode, output } = await this.#call(version, args);
    if (exitCode !== 0 && exitCode !== 1) throw refusal(args, output);
    return exitCode === 0;
  }

  async #iptables(version: Version, ...args: readonly string[]): Promise<string> {
    const { exitCode, output } = await this.#call(version, args);
    if (exitCode !== 0) throw refusal(args, output);
    return output;
  }

  async #call(version: Version, args: readonly string[]): Promise<ProgramResult> {
    const program = this.#chosen.get(version) ?? (await this.#choose(version));
    return await this.#run(program, ['-w', lockWait, '-t', 'raw', ...args], timeoutMs, outputCharactersMax);
  }

  async #choose(version: Version): Promise<string> {
    for (const program of programs[version]) {
      const there = await this.#run(program, ['--version'], timeoutMs).then(
        ({ exitCode }) => exitCode === 0,
        () => false,
      );
      if (!there) continue;
      this.#chosen.set(version, program);
      return program;
    }
    const why = `the kernel has no nf_tables, and there is no program ${programs[version].join(' or ')}`;
    throw new PeerPodError('E_TUNNEL', why);
  }
}

function refusal(args: readonly string[], output: string): PeerPodError {
  return new PeerPodError('E_TUNNEL', `iptables ${args.join(' ')}: ${output.slice(0, 300)}`);
}

const commentOf = ({ vni, port }: Pick<Pin, 'vni' | 'port'>) => `peerpods vni:${vni} port:${port}`;

function readPinned(rules: readonly string[]): Pick<Pin, 'vni' | 'port'>[] {
  const matches = rules.map((rule) => /"peerpods vni:(\d+) port:(\d+)"/.exec(rule)).filter((match) => match !== null);
  return matches.map(([, vni, port]) => ({ vni: Number(vni), port: Number(port) }));
}

function toPort(port: number, target: string): string[] {
  return ['-p', 'udp', '--dport', String(port), '-j', target];
}

/** Drops the tunnel's frames unless they come from its far end. */
function pinRule(pin: Pin): string[] {
  const vni = `${vniAt[ipVersion(pin.remote)]}=0x${pin.vni.toString(16)}`;
  const comment = ['-m', 'comment', '--comment', commentOf(pin)];
  return [
    '!',
    '-s',
    pin.remote,
    '-p',
    'udp',
    '--dport',
    String(pin.port),
    ...comment,
    '-m',
    'u32',
    '--u32',
    vni,
    '-j',
    'DROP',
  ];
}
