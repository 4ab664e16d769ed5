/** Reads what the judges of files, sockets, ports, clock and limits look at. Nothing here throws. */

import { X509Certificate } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat, statfs } from 'node:fs/promises';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLinks, netlink, query } from '@peerpods/netlink';
import { errorText, systemErrorCode } from '#base/errors.ts';
import { probeVxlanPort } from '#domain/tunnel/probe-kernel.ts';
import { dialUnix } from '#io/dial-unix.ts';
import type { Observed } from './check.ts';
import type { DirectoryFacts, FileFacts } from './files.ts';
import type { ClockFacts, LimitFacts } from './host.ts';
import type { ProbeFacts, VxlanPortFacts } from './ports.ts';
import type { SocketFacts } from './sockets.ts';

/** statfs(2) of memory: tmpfs, ramfs. */
const memoryFileSystems = [0x01021994, 0x858458f6];
const dialMsMax = 3000;
const answerBytesMax = 4096;

export async function observed<T>(body: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { value: await body() };
  } catch (error) {
    return { error: errorText(error) };
  }
}

export async function observeSocket(what: string, path: string, program: string): Promise<SocketFacts> {
  const found = await observed(() => lstat(path));
  const file = 'value' in found ? found.value : undefined;
  let dialled: SocketFacts['dialled'] = 'accepted';
  try {
    (await dialUnix(path)).destroy();
  } catch (error) {
    dialled = systemErrorCode(error) ?? errorText(error);
  }
  return { what, path, program, file: file && { isSocket: file.isSocket(), mode: file.mode, uid: file.uid }, dialled };
}

export async function observeFile(path: string, what: string, isSecret: boolean): Promise<FileFacts> {
  const file = await observed(async () => {
    const { mode, size } = await stat(path);
    return { mode, size };
  });
  return { path, what, isSecret, file };
}

export async function observeDirectory(path: string, what: DirectoryFacts['what']): Promise<DirectoryFacts> {
  const place = await observed(async () => {
    const [{ mode }, { type, bavail, bsize, ffree }] = await Promise.all([stat(path), statfs(path)]);
    return { mode, isTmpfs: memoryFileSystems.includes(type), freeBytes: bavail * bsize, freeInodes: ffree };
  });
  return { path, what, place };
}

export async function observeVxlanPort(port: number): Promise<VxlanPortFacts> {
  const folder = await mkdtemp(join(tmpdir(), 'peerpodctl-doctor-'));
  const [probe, devices] = await Promise.all([
    probeVxlanPort(netlink, join(folder, 'netns'), port),
    observed(async () => {
      const links = await query(netlink, undefined, getLinks());
      return links.filter(({ vxlan }) => vxlan?.port === port).map(({ name }) => name);
    }),
  ]);
  await rm(folder, { recursive: true });
  return { port, probe, processes: probe === 'taken' ? await udpSocketsOn(port) : [], devices };
}

async function udpSocketsOn(port: number): Promise<readonly string[]> {
  const inodes: string[] = [];
  for (const table of ['/proc/net/udp', '/proc/net/udp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)) {
      const words = line.trim().split(/\s+/);
      const local = Number.parseInt(words[1]?.split(':')[1] ?? '', 16);
      if (local === port && words[9] !== undefined && words[9] !== '0') inodes.push(words[9]);
    }
  }
  return inodes.length === 0 ? [] : [...new Set(await Promise.all(inodes.map(ownerOfSocket)))];
}

async function ownerOfSocket(inode: string): Promise<string> {
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (target !== `socket:[${inode}]`) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      return `${name} (process ${pid})`;
    }
  }
  return 'a process that is not seen from here';
}

/** Undefined when it accepts, else why not. */
export function dialTcp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: dialMsMax });
    const end = (error?: string) => {
      socket.destroy();
      resolve(error);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(`no answer in ${dialMsMax} ms`));
    socket.once('error', (error) => end(systemErrorCode(error) ?? error.message));
  });
}

export async function observeProbe(port: number | undefined): Promise<ProbeFacts> {
  if (port === undefined) return { port, ready: { error: 'no port' } };
  const ready = await observed(
    () =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const request = get({ host: '127.0.0.1', port, path: '/readyz', timeout: dialMsMax }, (answer) => {
          let body = '';
          answer.setEncoding('utf8').on('data', (text: string) => {
            if (body.length < answerBytesMax) body += text;
          });
          answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }));
          answer.once('error', reject);
        });
        request.once('timeout', () => request.destroy(new Error(`no answer in ${dialMsMax} ms`)));
        request.once('error', reject);
      }),
  );
  return { port, ready };
}

const timeKeepers = ['chronyd', 'ntpd', 'ntpsec', 'systemd-timesyn', 'ptp4l', 'phc2sys', 'timemaster'];

export async function observeClock(wallMs: number, podsDir: string | undefined): Promise<ClockFacts> {
  const names = new Set<string>();
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (/^\d+$/.test(pid)) names.add((await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim());
  }
  const keepers = timeKeepers.filter((name) => names.has(name));
  const marked = await observed(() => stat('/run/systemd/timesync/synchronized'));
  if ('value' in marked) keepers.push('a server, as systemd noted');
  return { wallMs, keepers, certificates: podsDir === undefined ? [] : await issuedCertificates(podsDir) };
}

const certificatesMax = 64;

async function issuedCertificates(podsDir: string): Promise<ClockFacts['certificates']> {
  const found: { path: string; fromMs: number; toMs: number }[] = [];
  for (const id of (await readdir(podsDir).catch(() => [])).slice(0, certificatesMax)) {
    const path = join(podsDir, id, 'tls', 'client.pem');
    const certificate = await observed(async () => new X509Certificate(await readFile(path)));
    if (!('value' in certificate)) continue;
    const { validFromDate, validToDate } = certificate.value;
    found.push({ path, fromMs: validFromDate.getTime(), toMs: validToDate.getTime() });
  }
  return found;
}

export async function observeLimits(program: string, pid: number, podsMax: number | undefined): Promise<LimitFacts> {
  const files = await observed(async () => {
    const text = await readFile(`/proc/${pid}/limits`, 'utf8');
    const limit = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN);
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    if (Number.isNaN(limit) || !/main\.ts|adaptor|relay/.test(command))
      throw new Error(`process ${pid} is not seen from here`);
    return { limit, open: (await readdir(`/proc/${pid}/fd`)).length };
  });
  return { program, files: 'value' in files ? files : { error: `process ${pid} is not seen from here` }, podsMax };
}
