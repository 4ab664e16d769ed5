/** All of doctor's checks of one worker: observe, then judge. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { netlink } from '@peerpods/netlink';
import { errorText } from '#base/errors.ts';
import type { NodeAnswer, ProcessAnswer, SweepAnswer, VerifyAnswer } from '#daemons/admin-contract.ts';
import { packageVersion } from '#daemons/version.ts';
import { probeKernel } from '#domain/tunnel/probe-kernel.ts';
import { runProgram } from '#io/run-program.ts';
import type { NodeClient } from '../node/ask.ts';
import { loadRecords, podKey } from '../node/view.ts';
import { type Check, isKnown, type Observed, skip } from './check.ts';
import { judgeDaemons } from './daemons.ts';
import { judgeDirectory, judgeFile, unknownDirectories } from './files.ts';
import { judgeClock, judgeLimits } from './host.ts';
import { judgeKata } from './kata.ts';
import { judgeKernel } from './kernel.ts';
import { type ClusterFacts, judgeCluster } from './kubernetes.ts';
import {
  dialTcp,
  observeClock,
  observeDirectory,
  observed,
  observeFile,
  observeLimits,
  observeProbe,
  observeSocket,
  observeVxlanPort,
} from './observe-host.ts';
import { type KataChoice, observeKata } from './observe-kata.ts';
import { judgeForwarders, judgeProbe, judgeVxlanPort } from './ports.ts';
import { judgeSocket } from './sockets.ts';

export interface Examination {
  readonly node: NodeClient;
  readonly wallMs: number;
  readonly kata: KataChoice;
  /** Rejects with E_SETTING where the environment speaks of no cluster. */
  readonly cluster: (nodeName: string | undefined, podVmsMax: number | undefined) => Promise<ClusterFacts>;
  readonly isClusterExpected: boolean;
}

/** In the order of their areas. Never rejects for what it finds. */
export async function examine(examination: Examination): Promise<readonly Check[]> {
  const { node } = examination;
  const [adaptor, relay, worker] = await Promise.all([
    observed(() => node.adaptor<ProcessAnswer>('Process')),
    observed(() => node.relay<ProcessAnswer>('Process')),
    observed(() => node.adaptor<NodeAnswer>('Node')),
  ]);
  return [
    ...(await examineKernel()),
    ...(await examineDaemons(node, adaptor, relay, worker)),
    ...(await examineSockets(node, worker)),
    ...(await examineFiles(worker)),
    ...(await examinePorts(node, worker)),
    ...judgeKata(await observeKata(examination.kata)),
    ...(await examineHost(examination, adaptor, relay, worker)),
    ...(await examineCluster(examination, worker)),
  ];
}

async function examineKernel(): Promise<readonly Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'peerpodctl-doctor-'));
  const probes = await probeKernel(netlink, join(folder, 'netns'));
  await rm(folder, { recursive: true });
  const iptables = await observed(() => runProgram('iptables', ['--version'], 5000));
  return judgeKernel(probes, isKnown(iptables) && iptables.value.exitCode === 0);
}

async function examineDaemons(
  node: NodeClient,
  adaptor: Observed<ProcessAnswer>,
  relay: Observed<ProcessAnswer>,
  worker: Observed<NodeAnswer>,
): Promise<readonly Check[]> {
  const unasked = { error: 'the adaptor could not be asked' };
  const [findings, verified] = isKnown(adaptor)
    ? await Promise.all([
        observed(() => node.adaptor<SweepAnswer>('Sweep', { dryRun: true })),
        observed(() => node.adaptor<VerifyAnswer>('Verify')),
      ])
    : [unasked, unasked];
  return judgeDaemons({ ownVersion: packageVersion(), adaptor, relay, node: worker, findings, verified });
}

async function examineSockets(node: NodeClient, worker: Observed<NodeAnswer>): Promise<readonly Check[]> {
  const [own = '', shims] = node.sockets.adaptor;
  const isEmbedded = isKnown(worker) && worker.value.settings.relaySocket === '';
  const facts = [
    ...(isEmbedded && shims !== undefined ? [] : [observeSocket('adaptor', own, 'cloud-api-adaptor')]),
    ...(shims === undefined
      ? []
      : [observeSocket('hypervisor', shims, isEmbedded ? 'cloud-api-adaptor' : 'agent-relay')]),
    ...(isEmbedded ? [] : [observeSocket('relay', node.sockets.relay, 'agent-relay')]),
  ];
  return (await Promise.all(facts)).map(judgeSocket);
}

async function examineFiles(worker: Observed<NodeAnswer>): Promise<readonly Check[]> {
  if (!isKnown(worker)) return unknownDirectories('the adaptor could not be asked where they are');
  const { stateDir, podsDir, credentialFiles } = worker.value.settings;
  const files = credentialFiles.map(({ path, what }) => observeFile(path, what, what === 'client key'));
  const directories = await Promise.all([
    observeDirectory(stateDir, 'state directory'),
    observeDirectory(podsDir, 'pods directory'),
  ]);
  return [...(await Promise.all(files)).map(judgeFile), ...directories.flatMap(judgeDirectory)];
}

/** Forwarders dialled for one look. */
const forwardersMax = 64;

async function examinePorts(node: NodeClient, worker: Observed<NodeAnswer>): Promise<readonly Check[]> {
  const { vxlanPort, forwarderPort, probePort } = isKnown(worker)
    ? worker.value.settings
    : { vxlanPort: 4789, forwarderPort: 15_150, probePort: undefined };
  const records = isKnown(worker) ? await loadRecords(node).catch(() => []) : [];
  const running = records.filter(({ state, addresses }) => state.at === 'running' && addresses?.[0] !== undefined);
  const dialled = await Promise.all(
    running.slice(0, forwardersMax).map(async (record) => {
      const address = record.addresses?.[0] ?? '';
      const error = await dialTcp(address, forwarderPort);
      return { pod: podKey(record), address, ...(error !== undefined && { error }) };
    }),
  );
  return [
    judgeVxlanPort(await observeVxlanPort(vxlanPort)),
    judgeForwarders({ port: forwarderPort, dialled }),
    isKnown(worker)
      ? judgeProbe(await observeProbe(probePort))
      : skip('ports', 'probe', 'the adaptor could not be asked for its -probe-port'),
  ];
}

async function examineHost(
  { wallMs }: Examination,
  adaptor: Observed<ProcessAnswer>,
  relay: Observed<ProcessAnswer>,
  worker: Observed<NodeAnswer>,
): Promise<readonly Check[]> {
  const podsMax = isKnown(worker) ? worker.value.podVmsMax : undefined;
  const podsDir = isKnown(worker) ? worker.value.settings.podsDir : undefined;
  const daemons = [adaptor, relay].filter(isKnown).map(({ value }) => value);
  const limits = await Promise.all(daemons.map(({ program, pid }) => observeLimits(program, pid, podsMax)));
  return [judgeClock(await observeClock(wallMs, podsDir)), ...limits.map(judgeLimits)];
}

async function examineCluster(examination: Examination, worker: Observed<NodeAnswer>): Promise<readonly Check[]> {
  const { node: name, podVmsMax } = isKnown(worker) ? worker.value : { node: undefined, podVmsMax: undefined };
  let facts: Observed<ClusterFacts>;
  try {
    facts = { value: await examination.cluster(name, podVmsMax) };
  } catch (error) {
    facts = { error: errorText(error).replace(/^E_SETTING: /, '') };
  }
  return judgeCluster(facts, examination.isClusterExpected);
}
