/** peerpods-controller's options. */

import type { OptionSpec, OptionValue, OptionValues } from '@peerpods/provider';
import { assert } from '#base/assert.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { LogLevel } from '#base/log.ts';
import type { Environment } from '#daemons/options.ts';
import { type Components, parseComponents } from '#domain/cluster/desired/component-values.ts';
import type { ClusterSettings } from '#domain/cluster/settings.ts';
import type { SweepSettings } from '#domain/cluster/sweeper.ts';

const port = { min: 0, max: 65_535 } as const;

export const controllerOptions: readonly OptionSpec[] = [
  {
    flag: 'namespace',
    env: 'POD_NAMESPACE',
    kind: 'string',
    default: 'peerpods-system',
    help: 'namespace of this program, of the PeerPodConfig that counts and of what it makes',
  },
  {
    flag: 'kubeconfig',
    kind: 'string',
    help: 'file that says which cluster; absent: KUBECONFIG, else the cluster this pod is in',
  },
  {
    flag: 'image',
    env: 'PEERPODS_IMAGE',
    kind: 'string',
    help: 'image of adaptor, relay and webhook; also RELATED_IMAGE_CAA. Required',
  },
  {
    flag: 'image-pull-policy',
    env: 'PEERPODS_IMAGE_PULL_POLICY',
    kind: 'string',
    default: 'IfNotPresent',
    choices: ['Always', 'IfNotPresent', 'Never'],
    help: 'imagePullPolicy of adaptor, relay and webhook',
  },
  {
    flag: 'image-pull-secrets',
    env: 'PEERPODS_IMAGE_PULL_SECRETS',
    kind: 'list',
    help: 'Secrets of the namespace that the image is pulled with',
  },
  {
    flag: 'runtime-class',
    env: 'TARGET_RUNTIMECLASS',
    kind: 'string',
    default: 'kata-remote',
    help: 'RuntimeClass of peer pods, and the handler in the container runtime',
  },
  {
    flag: 'overhead-cpu',
    env: 'PEERPODS_OVERHEAD_CPU',
    kind: 'string',
    default: '250m',
    help: 'what a peer pod costs its worker: CPU, as a quantity in canonical form',
  },
  {
    flag: 'overhead-memory',
    env: 'PEERPODS_OVERHEAD_MEMORY',
    kind: 'string',
    default: '350Mi',
    help: 'what a peer pod costs its worker: memory, as a quantity in canonical form',
  },
  {
    flag: 'webhook-replicas',
    env: 'PEERPODS_WEBHOOK_REPLICAS',
    kind: 'integer',
    default: '2',
    min: 1,
    max: 100,
    help: 'replicas of the admission webhook',
  },
  {
    flag: 'webhook-failure-policy',
    env: 'PEERPODS_WEBHOOK_FAILURE_POLICY',
    kind: 'string',
    default: 'Fail',
    choices: ['Fail', 'Ignore'],
    help: 'what becomes of new pods while no webhook answers, once it has been set up',
  },
  {
    flag: 'exclude-namespaces',
    env: 'PEERPODS_EXCLUDE_NAMESPACES',
    kind: 'list',
    help: 'namespaces without peer pods, besides those of the system and this one',
  },
  {
    flag: 'components',
    env: 'PEERPODS_COMPONENTS',
    kind: 'string',
    help: 'JSON: what is to be otherwise with the pods of adaptor, relay and webhook, as the chart writes it',
  },
  {
    flag: 'kata-config',
    env: 'PEERPODS_KATA_CONFIG',
    kind: 'boolean',
    default: 'true',
    help: 'watch KataConfigs; false where the OpenShift operator does',
  },
  {
    flag: 'sweep',
    env: 'PEERPODS_SWEEP',
    kind: 'string',
    default: 'delete',
    choices: ['off', 'report', 'delete'],
    help: 'pod VMs with the tags of this cluster that no PeerPod names: only report them, or end them',
  },
  { flag: 'sweep-interval', env: 'PEERPODS_SWEEP_INTERVAL', kind: 'duration', default: '10m', help: 'between sweeps' },
  {
    flag: 'sweep-grace',
    env: 'PEERPODS_SWEEP_GRACE',
    kind: 'duration',
    default: '30m',
    help: 'how long a pod VM must have been unknown before a sweep acts on it',
  },
  {
    flag: 'workers',
    env: 'PEERPODS_WORKERS',
    kind: 'integer',
    default: '16',
    min: 1,
    max: 256,
    help: 'PeerPods worked on at a time',
  },
  {
    flag: 'leader-elect',
    env: 'PEERPODS_LEADER_ELECT',
    kind: 'boolean',
    default: 'true',
    help: 'take turns with other replicas by the Lease peerpods-controller; false: the only one',
  },
  {
    flag: 'health-port',
    env: 'PEERPODS_HEALTH_PORT',
    kind: 'integer',
    default: '8081',
    ...port,
    help: 'port of /healthz, /readyz and /metrics on every address',
  },
  {
    flag: 'log-level',
    env: 'LOG_LEVEL',
    kind: 'string',
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error'],
    help: 'least severe level that is logged',
  },
];

export interface ControllerSettings {
  readonly cluster: ClusterSettings;
  readonly kubeconfig: string | undefined;
  readonly watchKata: boolean;
  readonly sweep: SweepSettings;
  readonly hands: number;
  readonly leaderElect: boolean;
  readonly healthPort: number;
  readonly logLevel: LogLevel;
}

/** Older manifests name the image otherwise. */
export function controllerEnvironment(env: Environment): Environment {
  return { ...env, PEERPODS_IMAGE: env.PEERPODS_IMAGE || env.RELATED_IMAGE_CAA || env.CAA_IMAGE };
}

/** As the API server writes them back: another form would be a difference for ever. */
const canonicalQuantity = /^[1-9][0-9]*(m|Ki|Mi|Gi)?$/;

/** Throws E_SETTING. */
export function controllerSettings(values: OptionValues): ControllerSettings {
  const given = <T extends OptionValue>(flag: string): T => {
    const value = values[flag];
    assert(value !== undefined, `option ${flag} has a default`);
    return value as T;
  };
  const image = values.image;
  if (typeof image !== 'string' || image === '') throw new PeerPodError('E_SETTING', '-image: which one is not said');
  for (const flag of ['overhead-cpu', 'overhead-memory']) {
    if (!canonicalQuantity.test(given<string>(flag))) {
      throw new PeerPodError('E_SETTING', `-${flag}: ${given<string>(flag)} is no quantity like 250m or 350Mi`);
    }
  }
  return {
    cluster: {
      namespace: given('namespace'),
      image,
      imagePullPolicy: given('image-pull-policy'),
      imagePullSecrets: (values['image-pull-secrets'] as readonly string[] | undefined) ?? [],
      runtimeClass: given('runtime-class'),
      overheadCpu: given('overhead-cpu'),
      overheadMemory: given('overhead-memory'),
      webhookReplicas: given('webhook-replicas'),
      webhookFailurePolicy: given('webhook-failure-policy'),
      excludedNamespaces: (values['exclude-namespaces'] as readonly string[] | undefined) ?? [],
      logLevel: given('log-level'),
      ...componentsOf(values.components),
    },
    kubeconfig: (values.kubeconfig as string | undefined) || undefined,
    watchKata: given('kata-config'),
    sweep: { mode: given('sweep'), everyMs: given('sweep-interval'), graceMs: given('sweep-grace') },
    hands: given('workers'),
    leaderElect: given('leader-elect'),
    healthPort: given('health-port'),
    logLevel: given('log-level'),
  };
}

function componentsOf(text: OptionValue | undefined): { components?: Components } {
  if (typeof text !== 'string' || text.trim() === '') return {};
  try {
    return { components: parseComponents(text) };
  } catch (error) {
    throw new PeerPodError('E_SETTING', `-components: ${errorText(error)}`, { cause: error });
  }
}
