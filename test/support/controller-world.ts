/** A cluster in memory with one controller's decisions at work in it, and what the cluster itself does meanwhile. */

import assert from 'node:assert/strict';
import { silentLog } from '#base/log.ts';
import type { Plan } from '#domain/cluster/actions.ts';
import { conditionsOf } from '#domain/cluster/conditions.ts';
import { keyOfPart, parts, type SeenParts } from '#domain/cluster/desired/parts.ts';
import { eventRecorder } from '#domain/cluster/event-recorder.ts';
import { chosenKata, readKataConfig } from '#domain/cluster/kata-config.ts';
import { matches, readNode } from '#domain/cluster/nodes.ts';
import { chosenConfig, readPeerPodConfig } from '#domain/cluster/peer-pod-config.ts';
import { perform } from '#domain/cluster/perform.ts';
import { type ProviderFacts, reconcileConfig } from '#domain/cluster/reconcile-config.ts';
import { reconcileKata } from '#domain/cluster/reconcile-kata.ts';
import type { ClusterSettings } from '#domain/cluster/settings.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import {
  DAEMON_SET,
  DEPLOYMENT,
  KATA_CONFIG,
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE,
  PEER_POD_CONFIG,
  RUNTIME_CLASS,
} from '#io/kubernetes/kinds.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { ApiModel } from './api-model.ts';

export const namespace = 'peerpods-system';
export const settings: ClusterSettings = {
  namespace,
  image: 'registry.example/peerpods:1',
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
  runtimeClass: 'kata-remote',
  overheadCpu: '250m',
  overheadMemory: '350Mi',
  webhookReplicas: 2,
  webhookFailurePolicy: 'Fail',
  excludedNamespaces: [],
  logLevel: 'info',
};
const signal = new AbortController().signal;

export class World {
  readonly api = new ApiModel();
  provider: ProviderFacts = {
    readable: true,
    configMapThere: true,
    providerName: 'aws',
    clusterId: undefined,
    hash: 'h1',
  };
  peerPods = 0;
  podsLeft = 0;
  failure: string | undefined;
  settings = settings;

  /** As many actions as `budget` allows; true if that was all of them. */
  async do(plan: Plan, budget = Number.POSITIVE_INFINITY): Promise<boolean> {
    const { api } = this;
    const events = eventRecorder({ api, clock: systemClock, random: systemRandom, log: silentLog, identity: 'test' });
    await perform(plan.actions.slice(0, budget), { api, events }, signal);
    return plan.actions.length <= budget;
  }

  plans(): Plan[] {
    const { api } = this;
    const configs = api.objects(PEER_POD_CONFIG).map(readPeerPodConfig);
    const seen: SeenParts = Object.fromEntries(
      parts.flatMap((part) => {
        const key = keyOfPart(part, this.settings);
        const found = api.objects(part.kind).find(({ metadata }) => metadata.name === key.name);
        return found ? [[part.name, found]] : [];
      }),
    );
    const nodes = api.objects(NODE).map(readNode);
    const adaptor = api.objects(DAEMON_SET).find(({ metadata }) => metadata.name === 'peerpods-adaptor');
    const selector = dig(adaptor, 'spec', 'template', 'spec', 'nodeSelector') as Record<string, string> | undefined;
    const adaptors = nodes
      .filter((node) => selector && matches(node, selector) && adaptor?.status)
      .map(({ name }) => ({ node: name, ready: true }));
    const peerPods = { count: this.peerPods, example: 'team/web-resource-1' };
    const own = configs.map((config) =>
      reconcileConfig({
        ...{ config, chosen: chosenConfig(configs, namespace), settings: this.settings, clusterUid: 'kube-system-uid' },
        ...{ provider: this.provider, seen, nodes, adaptors, peerPods, failure: this.failure, nowMs: 1_000_000 },
      }),
    );
    const katas = api.objects(KATA_CONFIG).map(readKataConfig);
    const kata = katas.map((config) =>
      reconcileKata({
        ...{ config, chosen: chosenKata(katas)?.name, namespace, peerPodConfigs: api.objects(PEER_POD_CONFIG) },
        ...{ runtimeClasses: api.objects(RUNTIME_CLASS).map(({ metadata }) => metadata.name ?? '') },
        nodes: { installed: adaptors.map(({ node }) => node), installing: [] },
        podsLeft: { count: this.podsLeft, example: 'team/web' },
        ...{ failure: undefined, nowMs: 1_000_000 },
      }),
    );
    return [...kata, ...own];
  }

  /** What the cluster's own controllers and our webhook do meanwhile. */
  clusterWorks(): void {
    const { api } = this;
    api.collectGarbage();
    const nodes = api.objects(NODE).map(readNode);
    for (const object of api.objects(DAEMON_SET)) {
      const spec = object.spec as { template: { spec: { nodeSelector: Record<string, string> } } };
      const count = nodes.filter((node) => matches(node, spec.template.spec.nodeSelector)).length;
      const status = {
        desiredNumberScheduled: count,
        numberReady: count,
        updatedNumberScheduled: count,
        observedGeneration: object.metadata.generation,
      };
      api.edit({ kind: DAEMON_SET, namespace, name: object.metadata.name ?? '' }, (one) =>
        Object.assign(one, { status }),
      );
    }
    for (const object of api.objects(DEPLOYMENT)) {
      const { replicas } = object.spec as { replicas: number };
      const status = {
        availableReplicas: replicas,
        updatedReplicas: replicas,
        observedGeneration: object.metadata.generation,
      };
      api.edit({ kind: DEPLOYMENT, namespace, name: object.metadata.name ?? '' }, (one) =>
        Object.assign(one, { status }),
      );
      for (const { metadata } of api.objects(MUTATING_WEBHOOK_CONFIGURATION)) {
        api.edit({ kind: MUTATING_WEBHOOK_CONFIGURATION, name: metadata.name ?? '' }, (one) => {
          const [entry] = one.webhooks as { clientConfig: { caBundle?: string } }[];
          if (entry) entry.clientConfig.caBundle = 'Q0E=';
        });
      }
    }
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) {
      const plans = this.plans();
      if (plans.every(({ actions }) => actions.length === 0) && turn > 0) return;
      for (const plan of plans) await this.do(plan);
      this.clusterWorks();
    }
    assert.fail(`it does not settle: ${JSON.stringify(this.plans().map(({ actions }) => actions)).slice(0, 2000)}`);
  }

  /** Everything but what differs from run to run. */
  picture(): unknown {
    return this.api
      .objects()
      .filter(({ kind }) => kind !== 'Event')
      .map((object) => {
        const text = JSON.stringify(object, (name, value) =>
          [
            'uid',
            'resourceVersion',
            'generation',
            'observedGeneration',
            'creationTimestamp',
            'peerpods.io/applied',
          ].includes(name)
            ? undefined
            : value,
        );
        return JSON.parse(text);
      })
      .toSorted((one, other) => `${one.kind}${one.metadata.name}`.localeCompare(`${other.kind}${other.metadata.name}`));
  }

  async node(name: string, labels: Record<string, string> = { 'node.kubernetes.io/worker': '' }): Promise<void> {
    await this.api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }, NODE);
  }

  async config(name = 'pp', spec: object = { limit: 10 }): Promise<void> {
    const apiVersion = 'confidentialcontainers.org/v1alpha1';
    await this.api.create({ apiVersion, kind: 'PeerPodConfig', metadata: { name, namespace }, spec }, PEER_POD_CONFIG);
  }

  async kata(name: string, spec: object, createdAt?: string): Promise<void> {
    const apiVersion = 'kataconfiguration.openshift.io/v1';
    const metadata = { name, ...(createdAt !== undefined && { creationTimestamp: createdAt }) };
    await this.api.create({ apiVersion, kind: 'KataConfig', metadata, spec }, KATA_CONFIG);
  }

  condition(type: string, name = 'pp') {
    const object = [...this.api.objects(PEER_POD_CONFIG), ...this.api.objects(KATA_CONFIG)].find(
      ({ metadata }) => metadata.name === name,
    );
    return conditionsOf(object?.status).find((one) => one.type === type);
  }

  find(kind: { readonly plural: string }, name: string): KubeObject | undefined {
    return this.api.objects().find((one) => one.metadata.name === name && `${one.kind.toLowerCase()}s` === kind.plural);
  }
}

export const owned = (world: World) =>
  world.api.objects().filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'peerpods');

/** Through fields that a test is sure of. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, name) => (at as Record<string | number, unknown> | undefined)?.[name], value);
}
