/** Our own certificates: looks at Secret and configuration, does what the plan says, and shows what is stored. */

import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { sleep } from '#base/clock.ts';
import { errorText, isPeerPodError } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import { TaskScope } from '#base/task-scope.ts';
import {
  type CertificateAction,
  type CertificatePolicy,
  type CertificateStore,
  type Generation,
  needsFresh,
  planCertificates,
  storeAfter,
} from '#domain/admission/certificate-plan.ts';
import { decodeStore, encodeStore } from '#domain/admission/certificate-secret.ts';
import type { KubernetesApi, ObjectKey } from '#io/kubernetes/api.ts';
import { apiVersionOf, MUTATING_WEBHOOK_CONFIGURATION, SECRET } from '#io/kubernetes/kinds.ts';
import type { MutatingWebhookConfiguration, SecretObject } from '#io/kubernetes/objects.ts';
import { issueServingCertificate } from '#io/serving-certificate.ts';
import type { CertificateSource, CertificateSourceOptions } from './certificate-source.ts';

export interface CertificateKeeperOptions extends CertificateSourceOptions {
  readonly api: KubernetesApi;
  readonly random: Random;
  readonly namespace: string;
  readonly secret: string;
  readonly configuration: string;
  readonly policy: CertificatePolicy;
  readonly onStep: (step: CertificateAction['do']) => void;
}

/** Much less than the overlap, so that every replica shows a new certificate while the old one is trusted. */
const lookEveryMs = 15_000;
const retry: BackoffPolicy = { firstMs: 500, factor: 2, capMs: 15_000, jitterMs: 500 };
/** Repetitions included; what fails is looked at again anyway. */
const callMsMax = 10_000;
/** A plan ends after a few steps; one that does not is a defect, and must not become a storm. */
const stepsMax = 10;

/** Goes on until it is closed, whatever fails. */
export function keepCertificates(options: CertificateKeeperOptions): CertificateSource {
  const { clock, log, random, policy } = options;
  const tasks = new TaskScope((error) => log.error({ error }, 'the certificates are kept no more'));
  const keeper = new Keeper(options);
  tasks.run('certificates', async (signal) => {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await keeper.look(signal);
        failures = 0;
        const delayMs = Math.min(lookEveryMs, policy.overlapMs / 4);
        await sleep(clock, delayMs * (0.75 + random.fraction() / 2), signal);
      } catch (error) {
        if (signal.aborted) return;
        options.onRead(false);
        log.warn({ error }, 'the certificates could not be looked after, again soon');
        await sleep(
          clock,
          backoffDelayMs(retry, failures, () => random.fraction()),
          signal,
        ).catch(() => {});
        failures += 1;
      }
    }
  });
  return { close: () => tasks[Symbol.asyncDispose]() };
}

class Keeper {
  readonly #options: CertificateKeeperOptions;
  readonly #secretKey: ObjectKey;
  readonly #configurationKey: ObjectKey;
  #shown = '';

  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
    this.#secretKey = { kind: SECRET, namespace: options.namespace, name: options.secret };
    this.#configurationKey = { kind: MUTATING_WEBHOOK_CONFIGURATION, name: options.configuration };
  }

  async look(signal: AbortSignal): Promise<void> {
    for (let steps = 0; steps < stepsMax; steps += 1) if (!(await this.#step(signal))) return;
    this.#options.log.error({ stepsMax }, 'the plan for the certificates does not end');
  }

  /** Whether there was something to do. */
  async #step(signal: AbortSignal): Promise<boolean> {
    const { api, clock, policy, log, onStep } = this.#options;
    const secret = await api.get<SecretObject>(this.#secretKey, { signal, timeoutMs: callMsMax });
    const store = secret && decodeStore({ data: secret.data, annotations: secret.metadata.annotations });
    const configuration = await api.get<MutatingWebhookConfiguration>(this.#configurationKey, {
      signal,
      timeoutMs: callMsMax,
    });
    const bundles = configuration?.webhooks?.map(({ clientConfig }) => decodeBundle(clientConfig.caBundle));
    const [action] = planCertificates({ store, bundles, nowMs: clock.wallNow() }, policy);
    if (store && action?.do !== 'replace') this.#show(store.current);
    if (!action) return false;
    try {
      if (action.do === 'trust') await this.#trust(configuration, action.bundle, signal);
      else await this.#write(secret, store, action, signal);
    } catch (error) {
      // Another replica was faster, or the object is gone: what is there now counts.
      if (!isPeerPodError(error, 'E_KUBE_CONFLICT') && !isPeerPodError(error, 'E_KUBE_NOT_FOUND')) throw error;
      log.debug({ step: action.do, error: errorText(error) }, 'somebody else changed the certificates meanwhile');
      return true;
    }
    const why = action.do === 'replace' ? action.why : undefined;
    log.info({ step: action.do, ...(why !== undefined && { why }) }, 'certificates');
    onStep(action.do);
    return true;
  }

  #show(generation: Generation): void {
    const { certPem, key } = generation;
    if (certPem === this.#shown) return;
    this.#options.onShown({ certPem, key });
    this.#shown = certPem;
    this.#options.onRead(true);
  }

  async #write(
    secret: SecretObject | undefined,
    store: CertificateStore | undefined,
    action: Exclude<CertificateAction, { do: 'trust' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { api, clock, policy, namespace, secret: name } = this.#options;
    const fresh = needsFresh(action) ? issueServingCertificate({ ...policy, clock }) : undefined;
    const after = storeAfter(store, action, () => fresh as Generation, clock.wallNow());
    const { data, annotations } = encodeStore(after, { annotations: secret?.metadata.annotations });
    if (secret) {
      // With the resourceVersion that was read: E_KUBE_CONFLICT when it is another one by now.
      await api.replace({ ...secret, metadata: { ...secret.metadata, annotations }, data }, SECRET, {
        signal,
        timeoutMs: callMsMax,
      });
      return;
    }
    const labels = { 'app.kubernetes.io/name': 'peerpods', 'app.kubernetes.io/component': 'webhook' };
    const metadata = { name, namespace, labels, annotations };
    await api.create<SecretObject>(
      { apiVersion: apiVersionOf(SECRET), kind: SECRET.kind, metadata, type: 'kubernetes.io/tls', data },
      SECRET,
      { signal, timeoutMs: callMsMax },
    );
  }

  async #trust(
    configuration: MutatingWebhookConfiguration | undefined,
    bundle: string,
    signal: AbortSignal,
  ): Promise<void> {
    const value = Buffer.from(bundle).toString('base64');
    const operations = (configuration?.webhooks ?? []).map(
      (_, at) => ({ op: 'add', path: `/webhooks/${at}/clientConfig/caBundle`, value }) as const,
    );
    // Writing the version that was read makes the server refuse the patch as a conflict when it is another one by now.
    const version = configuration?.metadata.resourceVersion ?? '';
    const sameVersion = { op: 'replace', path: '/metadata/resourceVersion', value: version } as const;
    const patch = { type: 'json', operations: [sameVersion, ...operations] } as const;
    await this.#options.api.patch(this.#configurationKey, patch, { signal, timeoutMs: callMsMax });
  }
}

function decodeBundle(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString();
}
