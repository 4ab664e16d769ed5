/**
 * Azure in memory, for provider azure: Resource Manager, its compute and network providers, and the token endpoint.
 *
 * Where its rules come from. Bodies: every request and every answer is judged by the models of Microsoft's Python SDKs
 * (azure-mgmt-compute, azure-mgmt-network; see vendor-models.py). Versions: those that these SDKs send, which
 * azure-references.test.ts compares. Headers, statuses and error codes: the REST reference and the guide to asynchronous
 * operations (learn.microsoft.com/azure/azure-resource-manager/management/async-operations), and what
 * @azure/core-lro expects. What real Azure checks beyond (roles, policies, image against size) is not here.
 */

import { randomUUID } from 'node:crypto';
import { AzureCatalogue } from './azure-cloud-catalogue.ts';
import { AzureVms } from './azure-cloud-vms.ts';
import { azureError, group, subscription, tenant } from './azure-place.ts';
import { type CapturedAnswer, type CapturedCall, CaptureServer } from './capture-server.ts';
import type { VendorModels } from './vendor-models.ts';

/** What the SDKs of 2026 send; azure-references.test.ts holds them against both. */
export const apiVersions = {
  'Microsoft.Compute': '2026-04-01',
  disks: '2026-03-02',
  skus: '2021-07-01',
  galleries: '2025-12-03',
  'Microsoft.Network': '2026-01-01',
} as const;

export class AzureCloud {
  readonly vms: AzureVms;
  readonly catalogue = new AzureCatalogue();
  /** What we sent, or answered, that the vendor's models or these rules refuse. Empty after a sound test. */
  readonly violations: string[] = [];
  /** Tokens given out by grant. */
  readonly grants: Record<string, string>[] = [];
  /** Answers every token request with this error from now on. */
  tokenError: string | undefined;
  readonly #models: VendorModels;
  readonly #tokens = new Set<string>(['a-static-token']);
  #server: CaptureServer | undefined;

  constructor(models: VendorModels) {
    this.#models = models;
    this.vms = new AzureVms(this.catalogue);
  }

  static async open(models: VendorModels): Promise<AzureCloud> {
    const cloud = new AzureCloud(models);
    cloud.#server = await CaptureServer.open((call) => cloud.#answer(call));
    return cloud;
  }

  get server(): CaptureServer {
    if (!this.#server) throw new Error('the cloud is not open');
    return this.#server;
  }

  get url(): string {
    return this.server.url;
  }

  /** No token that was given out is taken any more. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Names of everything that was made and still exists. */
  get residue(): readonly string[] {
    return this.vms.residue;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  async #answer(call: CapturedCall): Promise<CapturedAnswer> {
    const { method, url, headers } = call;
    const path = decodeURIComponent(url.pathname);
    if (/\/v2\.0\/\.well-known\/openid-configuration$/.test(path)) return this.#discovery(call);
    if (/\/oauth2\/v2\.0\/token$/.test(path)) return this.#token(call);
    const token = String(headers.authorization ?? '').replace(/^Bearer /, '');
    if (!this.#tokens.has(token)) return azureError(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
    const match = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?\/providers\/(Microsoft\.\w+)\/(.+)$/i.exec(
      path,
    );
    if (!match) return this.#violation(call, `no such path ${path}`);
    const [, givenSubscription = '', givenGroup, namespace = '', rest = ''] = match;
    if (givenSubscription !== subscription) {
      return azureError(404, 'SubscriptionNotFound', `The subscription '${givenSubscription}' could not be found.`);
    }
    const [kind = ''] = rest.split('/');
    const version = (apiVersions as Record<string, string>)[kind] ?? (apiVersions as Record<string, string>)[namespace];
    if (url.searchParams.get('api-version') !== version) {
      return this.#violation(call, `api-version ${url.searchParams.get('api-version')} of ${kind}, not ${version}`);
    }
    if (givenGroup !== undefined && givenGroup.toLowerCase() !== group) {
      return azureError(404, 'ResourceGroupNotFound', `Resource group '${givenGroup}' could not be found.`);
    }
    if ((method === 'PUT' || method === 'PATCH') && !String(headers['content-type']).startsWith('application/json')) {
      return this.#violation(call, `content type ${headers['content-type']}`);
    }
    const sent = await this.#judgeRequest(call, rest);
    if (sent) return this.#violation(call, sent);
    const answer = this.vms.answer(call, namespace, rest) ?? this.catalogue.answer(call, namespace, rest);
    if (!answer) return this.#violation(call, `${method} ${rest} is nothing that Azure has`);
    await this.#judgeAnswer(answer, rest);
    return answer;
  }

  async #judgeRequest({ method, body }: CapturedCall, rest: string): Promise<string | undefined> {
    if (body === undefined) return undefined;
    const model = method === 'PATCH' ? 'VirtualMachineUpdate' : 'VirtualMachine';
    if (!/^virtualMachines\/[^/]+$/i.test(rest)) return `a body where none belongs: ${rest}`;
    const problems = await this.#models.problems({ vendor: 'azure', package: 'compute', model, body, sent: true });
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  /** Our own answers too: a fake that answers what Azure can not would prove nothing. */
  async #judgeAnswer({ status, body }: CapturedAnswer, rest: string): Promise<void> {
    const [kind = '', ...more] = rest.split('/');
    const known = models[kind];
    if (status >= 300 || body === undefined || !known || more.length > 1) return;
    const [packageName, model] = known;
    const { value } = body as { readonly value?: readonly unknown[] };
    for (const one of value?.slice(0, 3) ?? [body]) {
      const judged = { vendor: 'azure', package: packageName, model, body: one, sent: false } as const;
      const problems = await this.#models.problems(judged);
      this.violations.push(...problems.map((problem) => `answer to ${rest}: ${problem}`));
    }
  }

  #violation({ method, url }: CapturedCall, problem: string): CapturedAnswer {
    this.violations.push(`${method} ${url.pathname}: ${problem}`);
    return azureError(400, 'InvalidRequestContent', problem);
  }

  #discovery({ url }: CapturedCall): CapturedAnswer {
    const base = `${url.origin}/${tenant}`;
    return {
      status: 200,
      body: {
        issuer: `${base}/v2.0`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      },
    };
  }

  #token({ body }: CapturedCall): CapturedAnswer {
    const form = body as Record<string, string>;
    this.grants.push(form);
    if (this.tokenError !== undefined) {
      return { status: 401, body: { error: 'invalid_client', error_description: this.tokenError } };
    }
    const token = randomUUID();
    this.#tokens.add(token);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token: token } };
  }
}

const models: Readonly<Record<string, readonly [string, string]>> = {
  virtualMachines: ['compute', 'VirtualMachine'],
  disks: ['compute', 'Disk'],
  skus: ['compute', 'ResourceSku'],
  networkInterfaces: ['network', 'NetworkInterface'],
  publicIPAddresses: ['network', 'PublicIPAddress'],
  networkSecurityGroups: ['network', 'NetworkSecurityGroup'],
};
