/** Between the contract's values and the wire's. What a plugin sends is checked: it is another's program. */

import {
  type InstanceType,
  type OptionKind,
  type OptionSpec,
  type OptionValue,
  type OptionValues,
  type Owner,
  type PodVm,
  type PodVmEvent,
  type PodVmSpec,
  ProviderError,
  type WarmInstance,
} from '@peerpods/provider';
import { apiVersion } from './protocol.ts';

const kinds = ['string', 'integer', 'boolean', 'duration', 'list', 'key-value'] as const satisfies OptionKind[];
const states = ['creating', 'running', 'deleting'] as const;
const warmStates = ['creating', 'running'] as const;
const capacityTypes = ['on-demand', 'spot'] as const;
const architectures = ['x86_64', 'aarch64', 's390x', 'ppc64le'] as const;
const eventKinds = ['preempted', 'terminated', 'degraded'] as const;
const flagPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

export type Capability = 'CATALOGUE' | 'LIVE_USER_DATA' | 'EVENTS' | 'WARM';

export interface Description {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  readonly userDataBytesMax: number;
  readonly listLagMsMax: number | undefined;
  readonly capabilities: ReadonlySet<string>;
}

type Raw = Readonly<Record<string, unknown>>;

function defect(what: string): never {
  throw new ProviderError('invalid-configuration', `the plugin answered with ${what}`);
}

function raw(value: unknown, what: string): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : defect(`no ${what}`);
}

function textIn(message: Raw, key: string): string {
  const value = message[key];
  return typeof value === 'string' ? value : defect(`no text as ${key}`);
}

/** An optional field that is not set is missing, or empty. */
function optionalText(message: Raw, key: string): string | undefined {
  const value = message[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberIn(message: Raw, key: string): number {
  const value = message[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : defect(`no number as ${key}`);
}

function listIn(message: Raw, key: string): readonly unknown[] {
  const value = message[key];
  return Array.isArray(value) ? value : [];
}

function oneOf<T extends string>(allowed: readonly T[], value: string, key: string): T {
  return allowed.find((one) => one === value) ?? defect(`${JSON.stringify(value)} as ${key}`);
}

function ownerIn(message: Raw): Owner {
  const owner = raw(message.owner, 'owner');
  return { cluster: textIn(owner, 'cluster'), node: textIn(owner, 'node') };
}

export function describedBy(answer: unknown): Description {
  const message = raw(answer, 'description');
  const version = numberIn(message, 'apiVersion');
  if (version !== apiVersion) {
    throw new ProviderError(
      'invalid-configuration',
      `the plugin speaks version ${version} of the provider API, the adaptor speaks ${apiVersion}`,
    );
  }
  const name = textIn(message, 'name');
  if (!flagPattern.test(name)) defect(`${JSON.stringify(name)} as its name`);
  const options = listIn(message, 'options').map((option) => optionSpec(raw(option, 'option')));
  const repeated = options.find(({ flag }, index) => options.findIndex((other) => other.flag === flag) !== index);
  if (repeated) defect(`two options ${repeated.flag}`);
  return {
    name,
    summary: textIn(message, 'summary'),
    options,
    userDataBytesMax: numberIn(message, 'userDataBytesMax'),
    listLagMsMax: message.listLagMsMax === undefined ? undefined : numberIn(message, 'listLagMsMax'),
    capabilities: new Set(listIn(message, 'capabilities').map(String)),
  };
}

function optionSpec(message: Raw): OptionSpec {
  const flag = textIn(message, 'flag');
  if (!flagPattern.test(flag)) defect(`${JSON.stringify(flag)} as an option`);
  const [env, preset] = [optionalText(message, 'env'), optionalText(message, 'default')];
  const choices = listIn(message, 'choices').map(String);
  return {
    flag,
    kind: oneOf(kinds, textIn(message, 'kind'), `kind of option ${flag}`),
    help: textIn(message, 'help'),
    ...(env !== undefined && { env }),
    ...(preset !== undefined && { default: preset }),
    ...(message.secret === true && { secret: true }),
    ...(typeof message.min === 'number' && { min: message.min }),
    ...(typeof message.max === 'number' && { max: message.max }),
    ...(choices.length > 0 && { choices }),
  };
}

export function optionValues(values: OptionValues): Raw {
  const told = Object.entries(values).flatMap(([flag, value]) =>
    value === undefined ? [] : [[flag, optionValue(value)] as const],
  );
  return Object.fromEntries(told);
}

function optionValue(value: OptionValue): Raw {
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number') return { number: value };
  if (typeof value === 'boolean') return { flag: value };
  if (Array.isArray(value)) return { list: { items: value } };
  return { pairs: { items: value } };
}

/** Fields that are undefined are not written. */
export function specMessage(spec: PodVmSpec): Raw {
  const { memoryMiB, ...sizing } = spec.sizing;
  return {
    ...spec,
    sizing: { ...sizing, memoryMib: memoryMiB },
    volumes: spec.volumes ?? [],
    dedicatedInterface: spec.dedicatedInterface === true,
  };
}

export function podVmIn(answer: unknown): PodVm {
  const message = raw(answer, 'pod VM');
  const id = textIn(message, 'id');
  if (id === '') defect('a pod VM without an id');
  const [instanceType, zone] = [optionalText(message, 'instanceType'), optionalText(message, 'zone')];
  const capacityType = optionalText(message, 'capacityType');
  return {
    id,
    name: textIn(message, 'name'),
    sandboxId: textIn(message, 'sandboxId'),
    owner: ownerIn(message),
    state: oneOf(states, textIn(message, 'state'), 'state of a pod VM'),
    addresses: listIn(message, 'addresses').map(String),
    ...(instanceType !== undefined && { instanceType }),
    ...(zone !== undefined && { zone }),
    ...(capacityType !== undefined && { capacityType: oneOf(capacityTypes, capacityType, 'capacity type') }),
    ...(typeof message.createdAtMs === 'number' && { createdAtMs: message.createdAtMs }),
  };
}

export function foundPodVm(answer: unknown): PodVm | undefined {
  const { podVm } = raw(answer, 'answer');
  return podVm === undefined || podVm === null ? undefined : podVmIn(podVm);
}

export function podVmsIn(answer: unknown): readonly PodVm[] {
  return listIn(raw(answer, 'answer'), 'podVms').map(podVmIn);
}

export function endingIn(answer: unknown): 'deleting' | 'gone' {
  return raw(answer, 'answer').gone === true ? 'gone' : 'deleting';
}

export function instanceTypesIn(answer: unknown): readonly InstanceType[] {
  return listIn(raw(answer, 'answer'), 'instanceTypes').map((one) => {
    const message = raw(one, 'instance type');
    const [gpuModel, architecture] = [optionalText(message, 'gpuModel'), optionalText(message, 'architecture')];
    return {
      name: textIn(message, 'name'),
      vcpus: numberIn(message, 'vcpus'),
      memoryMiB: numberIn(message, 'memoryMib'),
      gpus: numberIn(message, 'gpus'),
      ...(gpuModel !== undefined && { gpuModel }),
      ...(architecture !== undefined && { architecture: oneOf(architectures, architecture, 'architecture') }),
      ...(typeof message.pricePerHour === 'number' && { pricePerHour: message.pricePerHour }),
    };
  });
}

export function warmInstancesIn(answer: unknown): readonly WarmInstance[] {
  return listIn(raw(answer, 'answer'), 'instances').map((one) => {
    const message = raw(one, 'warm instance');
    return {
      id: textIn(message, 'id'),
      owner: ownerIn(message),
      state: oneOf(warmStates, textIn(message, 'state'), 'state of a warm instance'),
      instanceType: textIn(message, 'instanceType'),
      addresses: listIn(message, 'addresses').map(String),
      createdAtMs: numberIn(message, 'createdAtMs'),
    };
  });
}

export function eventIn(answer: unknown): PodVmEvent {
  const message = raw(answer, 'event');
  return {
    podVmId: textIn(message, 'podVmId'),
    kind: oneOf(eventKinds, textIn(message, 'kind'), 'kind of an event'),
    detail: textIn(message, 'detail'),
  };
}
