/** The VPC API and its neighbours, on the SDK's core: one call each, no retries, and what it throws untranslated. */

import type { Page } from '@peerpods/provider';
import type * as Sdk from 'ibm-cloud-sdk-core';
import { codesOf, statusOf, TokenError } from './errors.ts';
import { pageMax } from './limits.ts';
import type { IbmSettings } from './options.ts';
import type {
  Image,
  Instance,
  InstancePrototype,
  Placed,
  Profile,
  Reference,
  SecurityGroup,
  Subnet,
  Volume,
} from './vpc-types.ts';

/** The behaviour of this day is what the API shows; https://cloud.ibm.com/apidocs/vpc#versioning */
const version = '2026-10-06';
const generation = 2;

export interface InstanceFilter {
  readonly name?: string;
  readonly 'vpc.id'?: string;
}

export interface TagResult {
  readonly resource_id: string;
  readonly is_error?: boolean;
}

/** Where a missing resource is undefined. */
export interface VpcApi {
  /** `undefined`: an instance of this name exists. */
  createInstance(prototype: InstancePrototype, signal: AbortSignal): Promise<Instance | undefined>;
  instance(id: string, signal: AbortSignal): Promise<Instance | undefined>;
  instancePage(filter: InstanceFilter, start: string | undefined, signal: AbortSignal): Promise<Page<Instance>>;
  deleteInstance(id: string, signal: AbortSignal): Promise<'accepted' | 'gone'>;
  volume(id: string, signal: AbortSignal): Promise<Volume | undefined>;
  volumePage(tag: string, start: string | undefined, signal: AbortSignal): Promise<Page<Volume>>;
  deleteVolume(id: string, signal: AbortSignal): Promise<'accepted' | 'gone'>;
  image(id: string, signal: AbortSignal): Promise<Image | undefined>;
  profile(name: string, signal: AbortSignal): Promise<Profile | undefined>;
  subnet(id: string, signal: AbortSignal): Promise<Subnet | undefined>;
  securityGroup(id: string, signal: AbortSignal): Promise<SecurityGroup | undefined>;
  key(id: string, signal: AbortSignal): Promise<Reference | undefined>;
  vpc(id: string, signal: AbortSignal): Promise<Reference | undefined>;
  dedicatedHost(id: string, signal: AbortSignal): Promise<Placed | undefined>;
  dedicatedHostGroup(id: string, signal: AbortSignal): Promise<Placed | undefined>;
  /** The security groups that IBM's Kubernetes service made for a cluster. */
  clusterSecurityGroups(cluster: string, signal: AbortSignal): Promise<readonly SecurityGroup[]>;
  attachTags(crns: readonly string[], names: readonly string[], signal: AbortSignal): Promise<readonly TagResult[]>;
}

interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly path: string;
  readonly qs?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
}

interface Answer<T> {
  readonly status: number;
  readonly result: T;
}

type Send = <T>(request: Request, signal: AbortSignal) => Promise<Answer<T>>;

export interface VpcApiOptions {
  readonly credential: IbmSettings['credential'];
  readonly iamUrl: string;
  readonly vpcUrl: string;
  readonly taggingUrl: string;
  readonly containersUrl: string;
}

/** Loads the SDK only now. */
export async function openVpcApi(options: VpcApiOptions): Promise<VpcApi> {
  const sdk = await import('ibm-cloud-sdk-core');
  return vpcApi(options, senderOf(sdk, options));
}

function vpcApi({ vpcUrl, taggingUrl, containersUrl }: VpcApiOptions, send: Send): VpcApi {
  const vpcQuery = { version, generation };
  const get = async <T>(path: string, signal: AbortSignal): Promise<T | undefined> =>
    await unlessMissing(send<T>({ method: 'GET', url: vpcUrl, path, qs: vpcQuery }, signal));
  const page = async <T>(path: string, key: string, qs: Request['qs'], signal: AbortSignal): Promise<Page<T>> => {
    const query = { ...vpcQuery, limit: pageMax, ...qs };
    const { result } = await send<Collection>({ method: 'GET', url: vpcUrl, path, qs: query }, signal);
    const items = result[key] as readonly T[] | undefined;
    const next = result.next?.href === undefined ? undefined : new URL(result.next.href).searchParams.get('start');
    return { items: items ?? [], next: next ?? undefined };
  };
  const remove = async (path: string, signal: AbortSignal): Promise<'accepted' | 'gone'> => {
    const answer = await unlessMissing(send({ method: 'DELETE', url: vpcUrl, path, qs: vpcQuery }, signal).then(known));
    return answer === undefined ? 'gone' : 'accepted';
  };
  const id = encodeURIComponent;
  return {
    async createInstance(body, signal) {
      try {
        const request = { method: 'POST', url: vpcUrl, path: '/instances', qs: vpcQuery, body } as const;
        return (await send<Instance>(request, signal)).result;
      } catch (error) {
        if (isTaken(error)) return undefined;
        throw error;
      }
    },
    instance: (one, signal) => get(`/instances/${id(one)}`, signal),
    instancePage: (filter, start, signal) => page('/instances', 'instances', { ...filter, start }, signal),
    deleteInstance: (one, signal) => remove(`/instances/${id(one)}`, signal),
    volume: (one, signal) => get(`/volumes/${id(one)}`, signal),
    volumePage: (tag, start, signal) => page('/volumes', 'volumes', { tag, start }, signal),
    deleteVolume: (one, signal) => remove(`/volumes/${id(one)}`, signal),
    image: (one, signal) => get(`/images/${id(one)}`, signal),
    profile: (name, signal) => get(`/instance/profiles/${id(name)}`, signal),
    subnet: (one, signal) => get(`/subnets/${id(one)}`, signal),
    securityGroup: (one, signal) => get(`/security_groups/${id(one)}`, signal),
    key: (one, signal) => get(`/keys/${id(one)}`, signal),
    vpc: (one, signal) => get(`/vpcs/${id(one)}`, signal),
    dedicatedHost: (one, signal) => get(`/dedicated_hosts/${id(one)}`, signal),
    dedicatedHostGroup: (one, signal) => get(`/dedicated_host/groups/${id(one)}`, signal),
    async clusterSecurityGroups(cluster, signal) {
      const path = '/global/network/v2/security-group/getSecurityGroups';
      const qs = { cluster, type: 'cluster' };
      const { result } = await send<readonly SecurityGroup[]>({ method: 'GET', url: containersUrl, path, qs }, signal);
      return result;
    },
    async attachTags(crns, tag_names, signal) {
      const body = { resources: crns.map((resource_id) => ({ resource_id })), tag_names };
      const qs = { tag_type: 'user' };
      const request = { method: 'POST', url: taggingUrl, path: '/v3/tags/attach', qs, body } as const;
      return (await send<{ readonly results: readonly TagResult[] }>(request, signal)).result.results;
    },
  };
}

interface Collection {
  readonly next?: { readonly href: string };
  readonly [key: string]: unknown;
}

function senderOf(sdk: typeof Sdk, options: VpcApiOptions): Send {
  class Service extends sdk.BaseService {
    async send<T>({ method, url, path, qs, body }: Request, signal: AbortSignal): Promise<Answer<T>> {
      const headers = { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) };
      const { status, result } = await this.createRequest({
        options: { url: path, method, qs: present(qs), ...(body && { body }) },
        defaultOptions: { ...this.baseOptions, serviceUrl: url, headers, axiosOptions: { signal } },
      });
      return { status, result };
    }
  }
  // The SDK's retries stay off: ApiCaller repeats, and two layers would multiply.
  const newService = () => new Service({ authenticator: authenticatorOf(sdk, options), serviceUrl: options.iamUrl });
  let service = newService();
  return async (request, signal) => {
    const asked = service;
    try {
      return await asked.send(request, signal);
    } catch (error) {
      // The SDK keeps a token until it expires, also one that IBM takes no more.
      if (error instanceof TokenError || statusOf(error) !== 401) throw error;
      if (asked === service) service = newService();
      return await service.send(request, signal);
    }
  };
}

/** A refused token and a refused call look the same in the SDK, and mean different things. */
function authenticatorOf(sdk: typeof Sdk, { credential, iamUrl }: VpcApiOptions): Sdk.AuthenticatorInterface {
  const inner =
    credential.kind === 'api-key'
      ? new sdk.IamAuthenticator({ apikey: credential.apiKey, url: iamUrl })
      : new sdk.ContainerAuthenticator({
          iamProfileId: credential.profileId,
          crTokenFilename: credential.tokenFile,
          url: iamUrl,
        });
  return {
    authenticationType: () => inner.authenticationType(),
    async authenticate(request) {
      try {
        await inner.authenticate(request);
      } catch (error) {
        throw new TokenError(error);
      }
    },
  };
}

function present(qs: Request['qs'] = {}): Readonly<Record<string, string | number>> {
  return Object.fromEntries(Object.entries(qs).filter(([, value]) => value !== undefined)) as Record<string, string>;
}

async function unlessMissing<T>(answer: Promise<Answer<T>>): Promise<T | undefined> {
  try {
    return (await answer).result;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** An answer without a body is an answer. */
function known({ status }: Answer<unknown>): Answer<number> {
  return { status, result: status };
}

/** Names are unique in a region: this is how a second request for the same pod VM ends. */
function isTaken(error: unknown): boolean {
  return codesOf(error).some(({ code, target }) => code === 'validation_unique_failed' && target === 'name');
}
