/** Looks up the registry credentials of a pod: its service account's pull secrets, then its own. */

import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { abortable, deadlineSignal } from '#base/signals.ts';
import { imageSource, isForImage } from '#codec/image-registry.ts';
import {
  decodePullSecret,
  encodeRegistryAuth,
  type PullSecret,
  type RegistryAuths,
  registryAuthBytesMax,
} from '#codec/registry-auth.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { SECRET, SERVICE_ACCOUNT } from '#io/kubernetes/kinds.ts';
import type { SecretObject, ServiceAccount } from '#io/kubernetes/objects.ts';
import type { PodFacts } from './pod-facts.ts';
import type { PodReader, SandboxPod } from './pod-reader.ts';

export interface PullSecretsParts {
  readonly api: KubernetesApi;
  readonly pods: PodReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** The whole look-up, from CreateVM on: a pod VM is not held up for longer. */
const lookUpMsMax = 5000;
/** Names beyond are not looked up. */
const secretsMax = 32;

export class PullSecrets {
  readonly #parts: PullSecretsParts;
  readonly #lookUps = new Map<string, Promise<Secret<string> | undefined>>();

  constructor(parts: PullSecretsParts) {
    this.#parts = parts;
  }

  /** Begins the look-up. */
  prepare(pod: SandboxPod): void {
    if (!this.#lookUps.has(pod.sandboxId)) this.#lookUps.set(pod.sandboxId, this.#lookUp(pod));
  }

  /** What goes to the pod VM as auth.json; undefined: nothing. Never fails: a pod whose images are public starts. */
  async registryAuth(pod: SandboxPod, signal: AbortSignal): Promise<Secret<string> | undefined> {
    this.prepare(pod);
    return await abortable(this.#lookUps.get(pod.sandboxId) ?? Promise.resolve(undefined), signal);
  }

  forget(sandboxId: string): void {
    this.#lookUps.delete(sandboxId);
  }

  async #lookUp(pod: SandboxPod): Promise<Secret<string> | undefined> {
    const { clock } = this.#parts;
    const log = this.#parts.log.child({ sandboxId: pod.sandboxId });
    using limits = deadlineSignal(clock, lookUpMsMax, 'the look-up of pull secrets');
    try {
      const facts = await abortable(this.#parts.pods.read(pod), limits.signal);
      if (!facts) return undefined;
      return this.#encode(facts, await this.#secretsOf(pod.podNamespace, facts, limits.signal, log), log);
    } catch (error) {
      log.warn({ error }, 'no registry credentials: the look-up failed');
      return undefined;
    }
  }

  #encode(facts: PodFacts, secrets: readonly RegistryAuths[], log: Log): Secret<string> | undefined {
    const sources = facts.images.map(imageSource);
    const auth = encodeRegistryAuth(secrets, (registry) => sources.some((source) => isForImage(registry, source)));
    const bytes = auth ? Buffer.byteLength(auth.reveal()) : 0;
    if (bytes <= registryAuthBytesMax) return auth;
    log.warn({ bytes, registryAuthBytesMax }, 'registry credentials are too large and left out');
    return undefined;
  }

  /** In the order in which they override each other. */
  async #secretsOf(namespace: string, facts: PodFacts, signal: AbortSignal, log: Log): Promise<RegistryAuths[]> {
    const { api } = this.#parts;
    const timeoutMs = lookUpMsMax;
    const account = await api
      .get<ServiceAccount>({ kind: SERVICE_ACCOUNT, namespace, name: facts.serviceAccount }, { signal, timeoutMs })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        log.warn({ account: facts.serviceAccount, error }, 'the service account could not be read');
        return undefined;
      });
    const ofAccount = (account?.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : []));
    const names = [...new Set([...ofAccount, ...facts.pullSecrets].toReversed())].toReversed();
    if (names.length > secretsMax) log.warn({ secrets: names.length, secretsMax }, 'too many pull secrets');
    const found = await Promise.all(
      names.slice(-secretsMax).map(async (name): Promise<RegistryAuths[]> => {
        try {
          const secret = await api.get<SecretObject>({ kind: SECRET, namespace, name }, { signal, timeoutMs });
          const pull = secret && asPullSecret(secret);
          if (!pull) log.info({ secret: name }, 'pull secret is missing, or none');
          return pull ? [decodePullSecret(pull)] : [];
        } catch (error) {
          signal.throwIfAborted();
          log.warn({ secret: name, error: errorText(error) }, 'pull secret can not be used');
          return [];
        }
      }),
    );
    return found.flat();
  }
}

function asPullSecret({ data = {} }: SecretObject): PullSecret | undefined {
  for (const kind of ['dockerconfigjson', 'dockercfg'] as const) {
    const text = data[`.${kind}`];
    if (text !== undefined) return { kind, text: new Secret(Buffer.from(text, 'base64').toString('utf8')) };
  }
  return undefined;
}
