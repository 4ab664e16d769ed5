/** Providers opened with the settings of the moment; new settings mean new ones, and the old end when nobody uses them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodVmProvider, ProviderModule } from '@peerpods/provider';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { type Environment, parseOptions } from '#daemons/options.ts';
import { pluginChoice } from '#daemons/plugin-settings.ts';
import { loadPluginProvider, loadProvider } from '#daemons/provider-table.ts';
import type { OpenedProvider, ProviderSource } from '#domain/cluster/pod-vms.ts';
import type { ProviderSettings } from '#domain/cluster/provider-settings.ts';
import { clusterAccess, clusterFacts } from '#io/cluster-facts.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';

/** Longer than any call that may still use it. */
const closeAfterMs = 300_000;
const listLagMsDefault = 60_000;
/** Their pod VMs are processes of a worker. */
const onWorker: readonly string[] = ['local', 'qemu'];
/** Put into our pod by the clouds' own webhooks, where pods have identities instead of keys. */
const identityVariables =
  /^(AWS_ROLE_ARN|AWS_WEB_IDENTITY_TOKEN_FILE|AZURE_(CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE|AUTHORITY_HOST)|ALIBABA_CLOUD_\w+)$/;

/** Names as other charts spell them. */
const aliases: Readonly<Record<string, string>> = { ibmcloudpowervs: 'ibmcloud-powervs' };

interface Opened {
  readonly settingsHash: string;
  readonly opening: Promise<OpenedProvider>;
}

export interface ProviderSourceParts {
  readonly settings: ProviderSettings;
  readonly clusterUid: () => string | undefined;
  readonly env: Environment;
  readonly log: Log;
  /** In place of the table, for tests. */
  readonly load?: (name: string) => Promise<ProviderModule>;
}

export class SettledProviders implements ProviderSource, AsyncDisposable {
  readonly #parts: ProviderSourceParts;
  readonly #opened = new Map<string, Opened>();
  readonly #closing = new Map<PodVmProvider, () => void>();
  #stateDir: string | undefined;

  constructor(parts: ProviderSourceParts) {
    this.#parts = parts;
  }

  cluster(): string | undefined {
    return this.#parts.settings.facts().clusterId ?? this.#parts.clusterUid();
  }

  openNames(): readonly string[] {
    const { providerName } = this.#parts.settings.facts();
    return [...new Set([...(providerName === undefined ? [] : [providerName]), ...this.#opened.keys()])];
  }

  async open(wanted: string): Promise<OpenedProvider> {
    const { hash, providerName, configMapThere } = this.#parts.settings.facts();
    if (!configMapThere) throw new PeerPodError('E_SETTING', 'there is no ConfigMap with the settings of the provider');
    // What an older adaptor wrote may name none.
    const name = wanted === '' ? providerName : wanted;
    if (name === undefined) throw new PeerPodError('E_SETTING', 'the ConfigMap has no CLOUD_PROVIDER');
    const known = this.#opened.get(name);
    if (known?.settingsHash === hash) return await known.opening;
    const opening = this.#openNew(aliases[name] ?? name);
    this.#opened.set(name, { settingsHash: hash, opening });
    known?.opening.then(({ provider }) => this.#closeLater(provider)).catch(() => {});
    try {
      return await opening;
    } catch (error) {
      // Not kept: a file that was missing may be there next time.
      if (this.#opened.get(name)?.opening === opening) this.#opened.delete(name);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const now = [...this.#closing.keys()];
    for (const cancel of this.#closing.values()) cancel();
    this.#closing.clear();
    const open = await Promise.allSettled([...this.#opened.values()].map(({ opening }) => opening));
    for (const result of open) if (result.status === 'fulfilled') now.push(result.value.provider);
    await Promise.all(now.map((provider) => this.#close(provider)));
    if (this.#stateDir !== undefined) rmSync(this.#stateDir, { recursive: true, force: true });
  }

  async #openNew(name: string): Promise<OpenedProvider> {
    const { settings, env, log, load = loadProvider } = this.#parts;
    const identity = Object.fromEntries(Object.entries(env).filter(([key]) => identityVariables.test(key)));
    const environment: Environment = { ...identity, ...settings.environment().reveal() };
    const { plugin } = pluginChoice([], environment);
    const module = plugin ? await loadPluginProvider(name, plugin, environment, log) : await load(name);
    const { values } = parseOptions(module.options, [], environment);
    const access = clusterAccess(env, env.NODE_NAME ?? '');
    this.#stateDir ??= mkdtempSync(join(tmpdir(), 'peerpods-controller-'));
    const provider = await module.open(values, {
      log: log.child({ provider: name }),
      clock: systemClock,
      random: systemRandom,
      ...(access && { kubernetes: clusterFacts(access) }),
      stateDir: this.#stateDir,
    });
    log.info({ provider: name }, 'provider opened');
    const local = onWorker.includes(name) || (name === 'libvirt' && isOnWorker(environment.LIBVIRT_URI));
    const listLagMs = module.listLagMsMax ?? listLagMsDefault;
    return { provider, reach: local ? 'worker' : 'cluster', listLagMs };
  }

  #closeLater(provider: PodVmProvider): void {
    const cancel = systemClock.after(closeAfterMs, () => {
      this.#closing.delete(provider);
      this.#close(provider).catch(() => {});
    });
    this.#closing.set(provider, cancel);
  }

  async #close(provider: PodVmProvider): Promise<void> {
    await provider
      .close()
      .catch((error: unknown) => this.#parts.log.warn({ error: errorText(error) }, 'close a provider'));
  }
}

/** `qemu:///system`: the libvirt of whoever asks. */
function isOnWorker(uri: string | undefined): boolean {
  return uri !== undefined && /^[a-z+]+:\/\/\//.test(uri);
}
