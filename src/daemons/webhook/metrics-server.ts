/** /metrics over HTTPS: for those whom the cluster allows it, and without a cluster on the loopback address only. */

import { PeerPodError } from '#base/errors.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { type HttpAnswer, type HttpsServer, type HttpsServerOptions, openHttpsServer } from './https-server.ts';
import { MetricsAccess } from './metrics-access.ts';

export interface MetricsServerOptions
  extends Pick<HttpsServerOptions, 'address' | 'certificate' | 'profile' | 'clock' | 'log'> {
  /** Who is asked whether a caller may; undefined: nobody can be. */
  readonly api: KubernetesApi | undefined;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
}

const refusals = { 401: 'who asks?\n', 403: 'not allowed to get /metrics\n', 503: 'ask again\n' } as const;
const loopback = ['127.0.0.1', '::1', 'localhost'];

export async function openMetricsServer(options: MetricsServerOptions): Promise<HttpsServer> {
  const { api, metrics, clock, log, address } = options;
  const access = api && new MetricsAccess(api, clock);
  if (!access && address.host !== '' && !loopback.includes(address.host)) {
    const text = `-metrics-bind-address: without a cluster to ask who may read them, metrics are for ${loopback[0]} only`;
    throw new PeerPodError('E_SETTING', text);
  }
  return await openHttpsServer({
    ...options,
    address: access || address.host !== '' ? address : { ...address, host: '127.0.0.1' },
    bodyBytesMax: 0,
    async answer({ method, path, headers }): Promise<HttpAnswer> {
      if (path !== '/metrics') return { status: 404, body: 'only /metrics is here\n' };
      if (method !== 'GET') return { status: 405, body: 'only GET\n' };
      try {
        const verdict = access ? await access.verdict(headers.authorization) : 200;
        if (verdict !== 200) return { status: verdict, body: refusals[verdict] };
      } catch (error) {
        log.warn({ error }, 'the cluster does not say who may read the metrics');
        return { status: 503, body: refusals[503] };
      }
      return { status: 200, type: metrics.contentType, body: await metrics.render() };
    },
  });
}
