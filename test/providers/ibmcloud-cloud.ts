/**
 * IBM Cloud in memory, for provider ibmcloud: the VPC API, IAM, global tagging, and the Kubernetes service's security
 * groups.
 *
 * Where its rules come from. Bodies: every request and every answer is judged by the models of IBM's Python SDKs
 * (ibm-vpc, ibm-platform-services; see vendor-models.py). Query parameters: the date and generation that ibm-vpc sends,
 * which ibmcloud-references.test.ts compares. Statuses and error codes: the VPC API reference
 * (cloud.ibm.com/apidocs/vpc) and its list of error messages. That a volume takes tags at its creation, and is listed by
 * one, is in ibm-vpc (VolumePrototypeInstanceByImageContext.user_tags, list_volumes(tag)). What the real API checks
 * beyond (quotas, image against profile, IAM roles) is not here.
 */

import { randomUUID } from 'node:crypto';
import { type CapturedAnswer, type CapturedCall, CaptureServer } from './capture-server.ts';
import { catalogueAnswer } from './ibmcloud-cloud-catalogue.ts';
import { IbmInstances } from './ibmcloud-cloud-instances.ts';
import { clusterId, clusterSecurityGroupId, ibmError } from './ibmcloud-place.ts';
import type { VendorModels } from './vendor-models.ts';

/** What the SDK of 2026 sends; ibmcloud-references.test.ts holds it against that. */
export const vpcVersion = { version: '2026-10-06', generation: '2' } as const;

const vpcModels = 'ibm_vpc.vpc_v1';
const models: Readonly<Record<string, string>> = {
  instances: 'Instance',
  volumes: 'Volume',
  images: 'Image',
  subnets: 'Subnet',
  keys: 'Key',
  profiles: 'InstanceProfile',
  security_groups: 'SecurityGroup',
};

export class IbmCloud {
  readonly instances = new IbmInstances();
  /** What we sent, or answered, that the vendor's models or these rules refuse. Empty after a sound test. */
  readonly violations: string[] = [];
  readonly grants: Record<string, string>[] = [];
  /** Tags by CRN. */
  readonly tags = new Map<string, readonly string[]>();
  tokenError: string | undefined;
  taggingDown = false;
  /** Given to the Kubernetes service's answer; empty: the cluster has none. */
  clusterGroups: readonly object[] = [{ id: clusterSecurityGroupId, name: `kube-${clusterId}` }];
  readonly #models: VendorModels;
  readonly #tokens = new Set<string>(['a-static-token']);
  #server: CaptureServer | undefined;

  constructor(vendorModels: VendorModels) {
    this.#models = vendorModels;
  }

  static async open(vendorModels: VendorModels): Promise<IbmCloud> {
    const cloud = new IbmCloud(vendorModels);
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

  get residue(): readonly string[] {
    return this.instances.residue;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  async #answer(call: CapturedCall): Promise<CapturedAnswer> {
    const { url, headers, method } = call;
    const path = decodeURIComponent(url.pathname);
    if (path === '/identity/token' && method === 'POST') return this.#token(call);
    const token = String(headers.authorization ?? '').replace(/^Bearer /, '');
    if (!this.#tokens.has(token)) return ibmError(401, 'not_authenticated', 'The token is not valid.');
    if (path === '/v3/tags/attach' && method === 'POST') return await this.#attach(call);
    if (path === '/global/network/v2/security-group/getSecurityGroups' && method === 'GET') {
      if (url.searchParams.get('cluster') !== clusterId) return ibmError(404, 'E0404', 'no such cluster');
      return { status: 200, body: this.clusterGroups };
    }
    const [, rest] = /^\/v1\/(.+)$/.exec(path) ?? [];
    if (rest === undefined) return this.#violation(call, `no such path ${path}`);
    for (const [key, value] of Object.entries(vpcVersion)) {
      if (url.searchParams.get(key) !== value) return this.#violation(call, `${key}=${url.searchParams.get(key)}`);
    }
    const known = knownParameters(rest);
    const unknown = [...url.searchParams.keys()].find((key) => !known.includes(key));
    if (unknown !== undefined) return this.#violation(call, `unknown parameter ${unknown}`);
    const sent = await this.#judgeRequest(call, rest);
    if (sent) return this.#violation(call, sent);
    const answer = this.instances.answer(call, rest) ?? catalogueAnswer(call, rest);
    if (!answer) return this.#violation(call, `${method} ${rest} is nothing that the API has`);
    await this.#judgeAnswer(answer, rest);
    return answer;
  }

  async #judgeRequest({ method, body, headers }: CapturedCall, rest: string): Promise<string | undefined> {
    if (body === undefined) return undefined;
    if (method !== 'POST' || rest !== 'instances') return `a body where none belongs: ${rest}`;
    if (!String(headers['content-type']).startsWith('application/json'))
      return `content type ${headers['content-type']}`;
    const judged = { vendor: 'ibm', package: vpcModels, model: 'InstancePrototype', body, sent: true } as const;
    const problems = await this.#models.problems(judged);
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  /** Our own answers too: a fake that answers what the API can not would prove nothing. */
  async #judgeAnswer({ status, body }: CapturedAnswer, rest: string): Promise<void> {
    const [kind = '', second = ''] = rest.split('/');
    const name = kind === 'instance' ? second : kind;
    const model = models[name];
    if (status >= 300 || body === undefined || !model) return;
    const list = (body as Readonly<Record<string, unknown>>)[name];
    for (const one of Array.isArray(list) ? (list as unknown[]).slice(0, 3) : [body]) {
      const judged = { vendor: 'ibm', package: vpcModels, model, body: one, sent: false } as const;
      const problems = await this.#models.problems(judged);
      this.violations.push(...problems.map((problem) => `answer to ${rest}: ${problem}`));
    }
  }

  #violation({ method, url }: CapturedCall, problem: string): CapturedAnswer {
    this.violations.push(`${method} ${url.pathname}: ${problem}`);
    return ibmError(400, 'validation_failed', problem);
  }

  #token({ body }: CapturedCall): CapturedAnswer {
    const form = body as Record<string, string>;
    this.grants.push(form);
    if (this.tokenError !== undefined) {
      return { status: 400, body: { errorCode: 'BXNIM0415E', errorMessage: this.tokenError } };
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = Buffer.from(JSON.stringify({ iat: now, exp: now + 3600, jti: randomUUID() })).toString('base64url');
    const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.x`;
    this.#tokens.add(token);
    return {
      status: 200,
      body: { access_token: token, token_type: 'Bearer', expires_in: 3600, expiration: now + 3600, refresh_token: 'x' },
    };
  }

  async #attach(call: CapturedCall): Promise<CapturedAnswer> {
    if (this.taggingDown) return ibmError(503, 'service_error', 'down');
    const { resources, tag_names } = call.body as {
      readonly resources: readonly { readonly resource_id: string }[];
      readonly tag_names: readonly string[];
    };
    const problems = await Promise.all(
      resources.map((body) =>
        this.#models.problems({
          vendor: 'ibm',
          package: 'ibm_platform_services.global_tagging_v1',
          model: 'Resource',
          body,
          sent: true,
        }),
      ),
    );
    const wrong = tag_names.find((tag) => !/^[A-Za-z0-9_. -]+(:[A-Za-z0-9_. -]+)?$/.test(tag) || tag.length > 128);
    if (
      call.url.searchParams.get('tag_type') !== 'user' ||
      resources.length > 100 ||
      wrong ||
      problems.flat().length > 0
    ) {
      return this.#violation(call, `tags ${wrong ?? ''} ${problems.flat().join('; ')}`);
    }
    for (const { resource_id } of resources) this.tags.set(resource_id, tag_names);
    return { status: 200, body: { results: resources.map(({ resource_id }) => ({ resource_id, is_error: false })) } };
  }
}

function knownParameters(rest: string): readonly string[] {
  const common = ['version', 'generation'];
  if (rest === 'instances') return [...common, 'limit', 'start', 'name', 'vpc.id'];
  if (rest === 'volumes') return [...common, 'limit', 'start', 'tag'];
  return common;
}
