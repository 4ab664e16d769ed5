/** One vCenter: a session that renews itself, rate limits and retries around every call, and the property collector. */

import {
  ApiCaller,
  type ApiCallReport,
  type BucketLimits,
  type Clock,
  isRetryable,
  ProviderError,
  type Random,
} from '@peerpods/provider';
import { busyFaults, faultOf, translateFault, translateStatus } from './errors.ts';
import { answerOf, envelope, type Reference, reference, referenceOf, serviceInstance, VimFault } from './soap.ts';
import type { SendSoap } from './transport.ts';
import { childOf, childrenOf, group, text, textOf, type XmlElement, type XmlReader } from './xml.ts';

/**
 * Our own: a vCenter tells no limits. It works on some hundred tasks at once, eight clones a host; the rest queues.
 */
const buckets = {
  calls: { capacity: 80, refillPerSecond: 40 },
  clones: { capacity: 20, refillPerSecond: 8 },
} as const satisfies Record<string, BucketLimits>;

export interface VCenterParts {
  readonly send: SendSoap;
  readonly forgetSession: () => void;
  readonly read: XmlReader;
  readonly userName: string;
  readonly password: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Part of the limits that this worker uses, in (0, 1]. */
  readonly rateShare: number;
  readonly onCall?: (report: ApiCallReport) => void;
}

export interface VimCall {
  readonly signal: AbortSignal;
  /** The caller's leaving does not cut a request that makes something: its answer is waited for. */
  readonly uninterruptible?: boolean;
}

/** Properties by path; what is unset is missing. */
export type Properties = ReadonlyMap<string, XmlElement>;

export interface ServiceContent {
  readonly rootFolder: Reference;
  readonly propertyCollector: Reference;
  readonly searchIndex: Reference;
  readonly sessionManager: Reference;
  readonly viewManager: Reference;
  readonly authorizationManager: Reference;
  readonly apiType: string;
  readonly apiVersion: string;
}

/** Objects asked for in one call; a vCenter answers in pages of 100 or more. */
const objectsMax = 500;

export class VCenter {
  readonly #parts: VCenterParts;
  readonly #caller: ApiCaller;
  #content: ServiceContent | undefined;
  #login: Promise<void> | undefined;
  #loggedIn = false;
  /** Counts logins, so that of many calls that find the session gone only the first renews it. */
  #generation = 0;

  constructor(parts: VCenterParts) {
    const { clock, random, rateShare, onCall } = parts;
    const shared = Object.entries(buckets).map(([name, { capacity, refillPerSecond }]) => [
      name,
      { capacity: Math.max(1, capacity * rateShare), refillPerSecond: refillPerSecond * rateShare },
    ]);
    this.#parts = parts;
    this.#caller = new ApiCaller({
      clock,
      random,
      buckets: Object.fromEntries(shared),
      ...(onCall !== undefined && { onCall }),
    });
  }

  /** With retries and, when the session has ended, one login and one more try. Throws ProviderError. */
  async call(method: string, self: Reference, args: string, call: VimCall): Promise<XmlElement> {
    const { signal, uninterruptible = false } = call;
    return await this.#caller.call({
      name: method,
      costs: method === 'CloneVM_Task' ? { calls: 1, clones: 1 } : { calls: 1 },
      signal,
      uninterruptible,
      retryable: (error) => isRetryable(error) && !busyFaults.has(faultOf(error)?.type ?? ''),
      attempt: (within) => this.#inSession(method, self, args, within),
    });
  }

  /** Calls that answer with a task, or with one object. */
  async callForReference(method: string, self: Reference, args: string, call: VimCall): Promise<Reference> {
    const found = referenceOf(childOf(await this.call(method, self, args, call), 'returnval'));
    if (!found) throw new ProviderError('transient', `${method}: the answer names no object`);
    return found;
  }

  async content(signal: AbortSignal): Promise<ServiceContent> {
    if (!this.#content) {
      // The login reads it, once for all who begin at the same time.
      const attempt = (within: AbortSignal) => this.#ensureSession(within);
      await this.#caller.call({ name: 'Login', costs: {}, signal, attempt });
    }
    if (!this.#content) throw new ProviderError('transient', 'the vCenter does not say what it has');
    return this.#content;
  }

  /**
   * Properties of objects by their id. Objects that are gone are missing. `paths` by type; all in as few calls as fit.
   */
  async retrieve(
    objects: readonly Reference[],
    paths: Readonly<Record<string, readonly string[]>>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Properties>> {
    const found = new Map<string, Properties>();
    for (let at = 0; at < objects.length; at += objectsMax) {
      let wanted = objects.slice(at, at + objectsMax);
      while (wanted.length > 0) {
        try {
          const objectSets = wanted.map((object) => group('objectSet', [reference('obj', object)]));
          await this.#collect(objectSets, paths, found, signal);
          break;
        } catch (error) {
          // One that is gone fails them all; the fault names it.
          const fault = faultOf(error);
          if (fault?.type !== 'ManagedObjectNotFound') throw error;
          const gone = textOf(fault.detail, 'obj');
          const left = wanted.filter(({ value }) => value !== gone);
          if (left.length === wanted.length) throw error;
          wanted = left;
        }
      }
    }
    return found;
  }

  /** The same of everything of one type below a folder. */
  async retrieveBelow(
    folder: Reference,
    type: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Properties>> {
    const { viewManager } = await this.content(signal);
    const args = reference('container', folder) + text('type', type) + text('recursive', true);
    const view = await this.callForReference('CreateContainerView', viewManager, args, { signal });
    try {
      const found = new Map<string, Properties>();
      const traversal = [text('name', 'view'), text('type', view.type), text('path', 'view'), text('skip', false)];
      const objectSet = [reference('obj', view), text('skip', true), group('selectSet', traversal, 'TraversalSpec')];
      await this.#collect([group('objectSet', objectSet)], { [type]: paths }, found, signal);
      return found;
    } finally {
      // Views are bound in number by session; an ended caller's is taken back as well.
      await this.call('DestroyView', view, '', { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    }
  }

  async logout(signal: AbortSignal): Promise<void> {
    if (!this.#loggedIn || !this.#content) return;
    this.#loggedIn = false;
    await this.#exchange('Logout', this.#content.sessionManager, '', signal).catch(() => undefined);
    this.#parts.forgetSession();
  }

  async #collect(
    objectSets: readonly string[],
    paths: Readonly<Record<string, readonly string[]>>,
    into: Map<string, Properties>,
    signal: AbortSignal,
  ): Promise<void> {
    const { propertyCollector } = await this.content(signal);
    const propSets = Object.entries(paths).map(([type, names]) =>
      group('propSet', [text('type', type), ...names.map((name) => text('pathSet', name))]),
    );
    const specSet = group('specSet', [...propSets, ...objectSets]) + group('options', []);
    let answer = await this.call('RetrievePropertiesEx', propertyCollector, specSet, { signal });
    for (;;) {
      const page = childOf(answer, 'returnval');
      for (const object of childrenOf(page, 'objects')) {
        const id = textOf(object, 'obj')?.trim();
        if (id === undefined) continue;
        const properties = childrenOf(object, 'propSet').flatMap((property): [string, XmlElement][] => {
          const [name, value] = [textOf(property, 'name'), childOf(property, 'val')];
          return name === undefined || !value ? [] : [[name, value]];
        });
        into.set(id, new Map(properties));
      }
      const token = textOf(page, 'token');
      if (token === undefined || token === '') return;
      answer = await this.call('ContinueRetrievePropertiesEx', propertyCollector, text('token', token), { signal });
    }
  }

  async #inSession(method: string, self: Reference, args: string, signal: AbortSignal): Promise<XmlElement> {
    await this.#ensureSession(signal);
    const generation = this.#generation;
    try {
      return await this.#exchange(method, self, args, signal);
    } catch (error) {
      if (faultOf(error)?.type !== 'NotAuthenticated') throw error;
      if (generation === this.#generation) this.#loggedIn = false;
      await this.#ensureSession(signal);
      return await this.#exchange(method, self, args, signal);
    }
  }

  /** One login for all callers; each of them may leave, the login goes on for the rest. */
  async #ensureSession(signal: AbortSignal): Promise<void> {
    if (this.#loggedIn) return;
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    await this.#login;
    signal.throwIfAborted();
  }

  async #logIn(): Promise<void> {
    const signal = AbortSignal.timeout(30_000);
    const { forgetSession, userName, password } = this.#parts;
    forgetSession();
    this.#content ??= await this.#retrieveContent(signal);
    const credentials = text('userName', userName) + text('password', password);
    await this.#exchange('Login', this.#content.sessionManager, credentials, signal);
    this.#generation += 1;
    this.#loggedIn = true;
  }

  async #retrieveContent(signal: AbortSignal): Promise<ServiceContent> {
    const answer = await this.#exchange('RetrieveServiceContent', serviceInstance, '', signal);
    const content = childOf(answer, 'returnval');
    const named = (name: string): Reference => {
      const found = referenceOf(childOf(content, name));
      if (found) return found;
      throw new ProviderError('invalid-configuration', `-vcenter-url: what answers there has no ${name}`);
    };
    return {
      rootFolder: named('rootFolder'),
      propertyCollector: named('propertyCollector'),
      searchIndex: named('searchIndex'),
      sessionManager: named('sessionManager'),
      viewManager: named('viewManager'),
      authorizationManager: named('authorizationManager'),
      apiType: textOf(content, 'about', 'apiType') ?? '',
      apiVersion: textOf(content, 'about', 'apiVersion') ?? '',
    };
  }

  async #exchange(method: string, self: Reference, args: string, signal: AbortSignal): Promise<XmlElement> {
    const { send, read } = this.#parts;
    const answer = await send(envelope(method, self, args), signal);
    try {
      const element = answerOf(answer.text, read);
      if (element && answer.status === 200) return element;
    } catch (error) {
      if (!(error instanceof VimFault)) throw error;
      throw translateFault(error, method);
    }
    throw translateStatus(answer.status, answer.retryAfterMs, method);
  }
}
