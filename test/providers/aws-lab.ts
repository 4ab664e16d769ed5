/** One test's cloud: a fresh moto, the proxy in front of it, provider aws behind that. */

import { after, type TestContext } from 'node:test';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { PodVmProvider, ProviderLog } from '@peerpods/provider';
import { type AwsNetwork, awsValues, directClient, fastClock, networkOf, openAws } from './aws-scene.ts';
import { actionOf, Ec2Behaviour } from './ec2-behaviour.ts';
import { FaultProxy } from './fault-proxy.ts';
import { lacksMoto, Moto } from './moto.ts';

export const { signal } = new AbortController();
export const owner = { cluster: 'c', node: 'n' };

let opened: Promise<Moto> | undefined;
after(async () => (await opened)?.close()); // of each test file: one process a file

export interface AwsScene {
  readonly provider: PodVmProvider;
  readonly client: EC2Client;
  readonly network: AwsNetwork;
  readonly proxy: FaultProxy;
  readonly behaviour: Ec2Behaviour;
  /** The parameters of each call of an action that went to EC2. */
  readonly sent: (action: string) => readonly Readonly<Record<string, string>>[];
  /** Another provider over the same cloud, as after a restart. */
  readonly reopen: (argv?: readonly string[]) => Promise<PodVmProvider>;
}

/** A wiped moto, a provider with these options behind a proxy, and all of it gone afterwards. */
export async function inAwsScene(
  context: TestContext,
  argv: readonly string[],
  body: (scene: AwsScene) => Promise<void>,
  log?: ProviderLog,
): Promise<void> {
  if (lacksMoto(context)) return;
  opened ??= Moto.open();
  const moto = await opened;
  await moto.reset();
  const client = directClient(moto.url);
  const network = await networkOf(client);
  const behaviour = new Ec2Behaviour();
  const proxy = await FaultProxy.open({ target: moto.url, behaviour });
  const closers: (() => Promise<void>)[] = [() => proxy.close()];
  const reopen = async (more = argv) => {
    const { provider, dispose } = await openAws(awsValues(proxy.url, network, more), fastClock(20), log);
    closers.unshift(async () => {
      await provider.close();
      dispose();
    });
    return provider;
  };
  const sent = (action: string) =>
    proxy.requests
      .filter((request) => actionOf(request) === action)
      .map((request) => Object.fromEntries(new URLSearchParams(request.body.toString())));
  try {
    await body({ provider: await reopen(), client, network, proxy, behaviour, sent, reopen });
  } finally {
    for (const close of closers) await close();
  }
}

/** Ordinary VMs: most types of moto's have no SEV-SNP. */
export const plain = ['-disable-cvm'];
/** The parameters whose names begin so, without that beginning. */
export function below(
  parameters: Readonly<Record<string, string>> | undefined,
  prefix: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}
