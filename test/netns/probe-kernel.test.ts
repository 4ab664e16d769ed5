/** The kernel's abilities as doctor finds them out: by doing, on this kernel and on one that refuses a part. */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createNetlink, kernelRun, type Netlink, netlink } from '@peerpods/netlink';
import { probeKernel, probeVxlanPort } from '#domain/tunnel/probe-kernel.ts';
import { lacksKernel } from './topology.ts';

const RTM_NEWTFILTER = 44;
const NETLINK_NETFILTER = 12;

function place(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'probe-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'netns');
}

const outcomes = async (over: Netlink, path: string) =>
  Object.fromEntries((await probeKernel(over, path)).map(({ feature, outcome }) => [feature, outcome]));

/** What is sent in `legs` that match is answered as if it could not be sent. */
const refusing = (errno: number, matches: (protocol: number, message: Buffer) => boolean): Netlink =>
  createNetlink(async (lane, legs) => {
    const isRefused = legs.some(({ protocol, sends }) => sends.some((send) => matches(protocol, send)));
    if (!isRefused) return await kernelRun(lane, legs);
    return { errno, attempted: 'send', legs: legs.map(() => ({ reply: Buffer.alloc(0), errno: 0, skipped: false })) };
  });

test('all of it works on this kernel, twice, and nothing is left', async (t) => {
  if (lacksKernel(t)) return;
  const path = place(t);
  const works = {
    netns: 'works',
    vxlan: 'works',
    sch_ingress: 'works',
    'cls_u32, act_mirred': 'works',
    nf_tables: 'works',
  };
  assert.deepEqual(await outcomes(netlink, path), works);
  assert.deepEqual(await outcomes(netlink, path), works, 'the place was free again');
});

test('a kernel without filters is told from one that permits none', async (t) => {
  if (lacksKernel(t)) return;
  const path = place(t);
  const isFilter = (_: number, message: Buffer) => message.readUInt16LE(4) === RTM_NEWTFILTER;
  assert.equal((await outcomes(refusing(2, isFilter), path))['cls_u32, act_mirred'], 'absent');
  assert.equal((await outcomes(refusing(1, isFilter), path))['cls_u32, act_mirred'], 'denied');
  const isNft = (protocol: number) => protocol === NETLINK_NETFILTER;
  const withoutNft = await outcomes(refusing(93, isNft), path);
  assert.deepEqual([withoutNft.nf_tables, withoutNft.vxlan], ['absent', 'works']);
});

test('a port is free, also beside another VXLAN, and taken by a socket of a program', async (t) => {
  if (lacksKernel(t)) return;
  const path = place(t);
  const port = 20_000 + (process.pid % 20_000);
  assert.equal(await probeVxlanPort(netlink, path, port), 'free');
  assert.equal(await probeVxlanPort(netlink, path, port), 'free');
  const squatter = createSocket('udp4');
  t.after(() => squatter.close());
  await new Promise<void>((resolve) => squatter.bind(port, '0.0.0.0', resolve));
  assert.equal(await probeVxlanPort(netlink, path, port), 'taken');
});
