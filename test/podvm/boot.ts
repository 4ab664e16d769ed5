/** Boots a pod VM through the qemu provider as the adaptor would, and tells when it reached what. */

import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Owner, PodVmProvider, PodVmSpec } from '@peerpods/provider';
import { encodePodNetwork } from '#codec/pod-network.ts';
import { encodeBootFiles } from '#domain/podvm/boot-files.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { systemClock } from '#io/system-clock.ts';

export const forwarderPort = 15_150;

export interface BootedPodVm {
  readonly id: string;
  readonly address: string;
  readonly identity: PodIdentity;
  /** From the call of `create`, ms. */
  readonly createMs: number;
  readonly listeningMs: number;
  /** Name and time of what the console told, seconds since the guest's kernel started. */
  readonly stamps: readonly (readonly [string, number])[];
}

export function podNetworkOf(number: number) {
  return encodePodNetwork({
    podIp: `10.244.1.${10 + number}/24`, // .1 is the gateway's
    podIps6: [],
    podMac: `0a:58:0a:f4:01:${number.toString(16).padStart(2, '0')}`,
    interface: 'eth0',
    workerNodeIp: '10.89.0.1/16',
    routes: [
      {
        destination: '0.0.0.0/0',
        gateway: '10.244.1.1',
        device: 'eth0',
        protocol: undefined,
        scope: undefined,
        metric: undefined,
        source: undefined,
        onlink: true,
        mtu: undefined,
      },
    ],
    routes6: [],
    neighbours: [],
    neighbours6: [],
    mtu: 1450,
    index: 0,
    vxlanPort: 4789,
    vni: 1000 + number,
    dedicated: false,
    externalNetViaPodVm: false,
  });
}

export async function bootPodVm(
  provider: PodVmProvider,
  { number, owner, stateDir }: { readonly number: number; readonly owner: Owner; readonly stateDir: string },
  signal: AbortSignal,
): Promise<BootedPodVm> {
  const name = `podvm-test-${number}`;
  const identity = issuePodIdentity({ serverName: name, clock: systemClock });
  const userData = encodeBootFiles({
    forwarder: {
      podNetwork: podNetworkOf(number),
      podNamespace: 'default',
      podName: `test-${number}`,
      tlsServerKey: identity.serverKeyPem,
      tlsServerCert: identity.serverCertPem,
      tlsClientCa: identity.clientCertPem,
    },
    initdataToml: undefined,
    globalInitdata: undefined,
    scratchSpace: false,
  });
  const spec: PodVmSpec = {
    sandboxId: `test-${number}`,
    name,
    podName: `test-${number}`,
    podNamespace: 'default',
    owner,
    userData: userData.reveal(),
    sizing: {},
  };
  const started = performance.now();
  const { id, addresses } = await provider.create(spec, { signal });
  const createMs = performance.now() - started;
  const address = addresses[0] ?? '';
  await untilListening(address, signal);
  const listeningMs = performance.now() - started;
  await delay(300, undefined, { signal }); // the console is told by a loop that looks each 100 ms
  return { id, address, identity, createMs, listeningMs, stamps: readStamps(join(stateDir, id)) };
}

export function readStamps(folder: string): readonly (readonly [string, number])[] {
  const file = join(folder, 'console.log');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''; // not every provider keeps one
  return [...text.matchAll(/\[podvm\] ([\d.]+) ([^\r\n]*)/g)].map(([, time, name]) => [name ?? '', Number(time)]);
}

async function untilListening(host: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const reached = await new Promise<boolean>((resolve) => {
      const socket = net.connect({ host, port: forwarderPort, timeout: 1000 });
      const settle = (connected: boolean) => {
        socket.destroy();
        resolve(connected);
      };
      socket.once('connect', () => settle(true));
      socket.once('error', () => settle(false));
      socket.once('timeout', () => settle(false));
    });
    if (reached) return;
    await delay(20, undefined, { signal });
  }
}
