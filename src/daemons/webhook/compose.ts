/** Builds the webhook: health first, then a certificate from where the settings say, then the listeners. */

import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { sleep } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import type { Environment } from '#daemons/options.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { reviewBytesMax } from '#domain/admission/review.ts';
import { pathExists } from '#io/files.ts';
import { openHealthServer } from '#io/health-server.ts';
import { type Cluster, connectKubernetes } from '#io/kubernetes/connect.ts';
import { certificateEndMs } from '#io/serving-certificate.ts';
import { answerCall } from './calls.ts';
import { watchCertificateFiles } from './certificate-files.ts';
import { keepCertificates } from './certificate-keeper.ts';
import type { CertificateSource, CertificateSourceOptions } from './certificate-source.ts';
import { type HttpsServer, openHttpsServer, type ShownCertificate } from './https-server.ts';
import { openWebhookMetrics, type WebhookMetrics } from './metrics.ts';
import { openMetricsServer } from './metrics-server.ts';
import type { WebhookSettings } from './settings.ts';
import { warmUp } from './warm-up.ts';

export interface WebhookParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly env: Environment;
}

/** Calls in flight at the end get this long. */
const closeMsMax = 5000;

/** Ready once it can answer; until there is a certificate it waits, and /readyz says so. */
export async function startWebhook(
  settings: WebhookSettings,
  parts: WebhookParts,
  signal: AbortSignal,
): Promise<RunningDaemon> {
  const { clock, log } = parts;
  await using undo = new AsyncDisposableStack();
  const metrics = openWebhookMetrics(clock);
  let unready: string | undefined = 'there is no certificate yet';
  const health = await openHealthServer({
    ...settings.healthAddress,
    async ready() {
      if (unready !== undefined) throw new PeerPodError('E_TLS_MATERIAL', unready);
    },
  });
  undo.defer(() => health.close());
  warmUp(settings.mutation);
  const cluster = await findCluster(settings, parts);
  if (cluster) undo.use(cluster);
  const certificate = new Shown(metrics, log);
  const onShown = (pair: ShownCertificate) => certificate.show(pair);
  const onRead = (ok: boolean) => metrics.certificateRead(ok);
  const source = await openSource(settings, parts, cluster, { clock, log, onShown, onRead }, metrics);
  undo.defer(() => source.close());
  const first = await certificate.first(signal);
  const common = { certificate: first, profile: settings.tlsProfile, clock, log };
  const server = await openHttpsServer({
    ...common,
    address: settings.address,
    bodyBytesMax: reviewBytesMax,
    answer: answerCall({ mutation: settings.mutation, log, onReviewed: (outcome) => metrics.reviewed(outcome) }),
    onBegan: (path) => metrics.began(path),
  });
  undo.defer(() => server.close(0));
  certificate.showOn(server);
  let metricsPort: number | undefined;
  if (settings.metricsAddress) {
    const scraped = await openMetricsServer({
      ...common,
      address: settings.metricsAddress,
      api: cluster?.api,
      metrics: metrics.registry,
    });
    undo.defer(() => scraped.close(0));
    certificate.showOn(scraped);
    metricsPort = scraped.port;
  }
  unready = undefined;
  log.info({ port: server.port, health: health.port, ...(metricsPort && { metrics: metricsPort }) }, 'serving');
  const resources = undo.move();
  return {
    async drain() {
      unready = 'it is being stopped';
      server.sendAway();
      await sleep(clock, settings.drainDelayMs);
      await server.close(closeMsMax);
      await resources.disposeAsync();
    },
  };
}

/** The certificate that every listener shows. */
class Shown {
  readonly #metrics: WebhookMetrics;
  readonly #log: Log;
  readonly #servers: HttpsServer[] = [];
  readonly #first = Promise.withResolvers<ShownCertificate>();
  #pair: ShownCertificate | undefined;

  constructor(metrics: WebhookMetrics, log: Log) {
    this.#metrics = metrics;
    this.#log = log;
  }

  show(pair: ShownCertificate): void {
    for (const server of this.#servers) server.show(pair);
    this.#pair = pair;
    this.#metrics.certificateEndMs = certificateEndMs(pair.certPem);
    this.#log.info({ until: new Date(this.#metrics.certificateEndMs).toISOString() }, 'showing a certificate');
    this.#first.resolve(pair);
  }

  showOn(server: HttpsServer): void {
    if (this.#pair) server.show(this.#pair);
    this.#servers.push(server);
  }

  async first(signal: AbortSignal): Promise<ShownCertificate> {
    const onAbort = () => this.#first.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#first.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** Needed for certificates of our own, and for asking who may read the metrics; else it may be missing. */
async function findCluster(settings: WebhookSettings, parts: WebhookParts): Promise<Cluster | undefined> {
  const { kubeconfig, certificates } = settings;
  const { env } = parts;
  const isTold = kubeconfig !== undefined || Boolean(env.KUBECONFIG) || Boolean(env.KUBERNETES_SERVICE_HOST);
  if (!isTold && certificates !== 'self') return undefined;
  return await connectKubernetes({ ...parts, program: 'peerpods-webhook', ...(kubeconfig && { kubeconfig }) });
}

async function openSource(
  settings: WebhookSettings,
  { random, log }: WebhookParts,
  cluster: Cluster | undefined,
  options: CertificateSourceOptions,
  metrics: WebhookMetrics,
): Promise<CertificateSource> {
  const { certificates, certDir, selfManaged } = settings;
  const hasFiles = await pathExists(join(certDir, 'tls.crt'));
  if (certificates === 'files' || (certificates === 'auto' && (hasFiles || !cluster))) {
    log.info({ directory: certDir }, 'certificates are read from files');
    return watchCertificateFiles({ ...options, directory: certDir });
  }
  const namespace = selfManaged.namespace ?? cluster?.namespace;
  if (!cluster || namespace === undefined) {
    throw new PeerPodError('E_SETTING', 'certificates of our own need a cluster and a -namespace');
  }
  const { service, secret, configuration, dnsNames, validityMs, overlapMs } = selfManaged;
  const host = `${service}.${namespace}.svc`;
  const policy = { dnsNames: [host, `${host}.cluster.local`, ...dnsNames], validityMs, overlapMs };
  log.info({ namespace, secret, configuration }, 'certificates are made here');
  return keepCertificates({
    ...options,
    api: cluster.api,
    random,
    namespace,
    secret,
    configuration,
    policy,
    onStep: (step) => metrics.certificateStep(step),
  });
}
