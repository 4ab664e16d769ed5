/** ConfigMap and Secret of the provider, followed as they change: what every adaptor has as its environment. */

import { createHmac } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { Secret } from '#base/secret.ts';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { type Informer, startInformer } from '#io/kubernetes/informer.ts';
import { CONFIG_MAP, SECRET } from '#io/kubernetes/kinds.ts';
import { canonical } from './desired/difference.ts';
import { textsOf } from './reading.ts';
import type { ProviderFacts } from './reconcile-config.ts';

export interface ProviderSettingsParts {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onChange: () => void;
}

export interface SettingsNames {
  readonly configMapName: string;
  readonly secretName: string;
}

export const usualNames: SettingsNames = { configMapName: 'peer-pods-cm', secretName: 'peer-pods-secret' };

interface Followed extends SettingsNames {
  readonly configMap: Informer<KubeObject>;
  readonly secret: Informer<KubeObject>;
}

const knownMsMax = 10_000;

export class ProviderSettings implements AsyncDisposable {
  readonly #parts: ProviderSettingsParts;
  #followed: Followed | undefined;

  constructor(parts: ProviderSettingsParts) {
    this.#parts = parts;
  }

  /** Follows these two from now on; the same names again change nothing. */
  async use(names: SettingsNames): Promise<void> {
    const before = this.#followed;
    if (before?.configMapName === names.configMapName && before.secretName === names.secretName) return;
    const configMap = this.#follow(CONFIG_MAP, names.configMapName);
    const secret = this.#follow(SECRET, names.secretName);
    const { configMapName, secretName } = names;
    this.#followed = { configMapName, secretName, configMap, secret };
    await Promise.all([before?.configMap, before?.secret].map((one) => one?.[Symbol.asyncDispose]()));
    this.#parts.onChange();
  }

  /** Until both are known to be there or not; not for ever, since the right to read them may be missing. */
  async known(): Promise<void> {
    const { clock } = this.#parts;
    const synced = Promise.all([this.#followed?.configMap.synced, this.#followed?.secret.synced]);
    const bound = Promise.withResolvers<void>();
    const cancel = clock.after(knownMsMax, bound.resolve);
    await Promise.race([synced, bound.promise]);
    cancel();
  }

  get isSynced(): boolean {
    return this.#followed?.configMap.isSynced === true && this.#followed.secret.isSynced;
  }

  /** On equal keys the ConfigMap's counts, as in the adaptor's pods. */
  environment(): Secret<Readonly<Record<string, string>>> {
    return new Secret({ ...this.#secretTexts(), ...textsOf(this.#object('configMap')?.data) });
  }

  facts(): ProviderFacts {
    const environment = this.environment().reveal();
    const configMap = this.#object('configMap');
    const secret = this.#object('secret');
    const content = canonical([configMap?.data, configMap?.binaryData, secret?.data]);
    return {
      readable: this.isSynced,
      configMapThere: configMap !== undefined,
      providerName: environment.CLOUD_PROVIDER || undefined,
      clusterId: environment.CLUSTER_ID || undefined,
      // Anybody may read a DaemonSet: the key keeps a short password from being found by trying.
      hash: createHmac('sha256', secret?.metadata.uid ?? '')
        .update(content)
        .digest('hex')
        .slice(0, 16),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { configMap, secret } = this.#followed ?? {};
    await Promise.all([configMap?.[Symbol.asyncDispose](), secret?.[Symbol.asyncDispose]()]);
  }

  #object(which: 'configMap' | 'secret'): KubeObject | undefined {
    return this.#followed?.[which].list()[0];
  }

  #secretTexts(): Readonly<Record<string, string>> {
    const entries = Object.entries(textsOf(this.#object('secret')?.data));
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
  }

  #follow(kind: typeof CONFIG_MAP, name: string): Informer<KubeObject> {
    const { api, namespace, clock, random, log, onChange } = this.#parts;
    const fieldSelector = `metadata.name=${name}`;
    return startInformer(api, kind, { clock, random, log, namespace, fieldSelector, onChange: () => onChange() });
  }
}
