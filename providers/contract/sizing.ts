/** Which instance types fit a pod, best first. Pure, and the same for every cloud. */

import { ProviderError } from './errors.ts';
import type { Architecture, ConfidentialTechnology, Sizing } from './pod-vm.ts';

export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly gpuModel?: string;
  /** Absent: not known, so nothing is ruled out by it. */
  readonly architecture?: Architecture;
  /** What it can do; empty: nothing. Absent: not known. */
  readonly confidential?: readonly ConfidentialTechnology[];
  /** Only breaks ties. */
  readonly pricePerHour?: number;
}

export interface SizingRules {
  /** What the settings allow, in their order. */
  readonly types: readonly InstanceType[];
  /** For pods that ask for no size; it need not be among `types`. */
  readonly defaultType: string;
  readonly architecture?: Architecture;
  readonly confidential?: ConfidentialTechnology;
  /**
   * With vCPUs or memory alone: true takes the other as 0, false takes the default type.
   * Default false, as existing deployments know it.
   */
  readonly fitOneDimension?: boolean;
}

/**
 * Every type that will do, the smallest first. An explicit type is the only candidate, whatever size is asked for
 * beside it; with no size asked for, the default type is. Throws `invalid-configuration` when there is none: a pod
 * never gets less than it asks for.
 */
export function candidateTypes(sizing: Sizing, rules: SizingRules): readonly string[] {
  const { instanceType } = sizing;
  if (instanceType !== undefined && instanceType !== '') return [explicitType(instanceType, rules)];
  const asked = {
    vcpus: amount('vCPUs', sizing.vcpus),
    memoryMiB: amount('memory', sizing.memoryMiB),
    gpus: amount('GPUs', sizing.gpus),
  };
  const complete = rules.fitOneDimension
    ? asked.vcpus > 0 || asked.memoryMiB > 0
    : asked.vcpus > 0 && asked.memoryMiB > 0;
  if (asked.gpus === 0 && !complete) return [suitable(rules.defaultType, rules)];
  const fitting = inOrder(rules.types).filter(
    (type) =>
      (asked.gpus > 0 ? type.gpus >= asked.gpus && hasModel(type, sizing.gpuModel) : type.gpus === 0) &&
      type.vcpus >= asked.vcpus &&
      type.memoryMiB >= asked.memoryMiB &&
      obstacle(type, rules) === undefined,
  );
  if (fitting.length > 0) return [...new Set(fitting.map(({ name }) => name))];
  const model = sizing.gpuModel === undefined || asked.gpus === 0 ? '' : ` of model ${sizing.gpuModel}`;
  const { vcpus, memoryMiB, gpus } = asked;
  throw new ProviderError(
    'invalid-configuration',
    `no instance type has ${vcpus} vCPUs, ${memoryMiB} MiB and ${gpus} GPUs${model}${demands(rules)}; ` +
      `there are: ${rules.types.map(describe).join(', ') || 'none'}`,
  );
}

/** Ascending by GPUs, memory, vCPUs; then price, unknown last; then the order of the settings. */
export function inOrder(types: readonly InstanceType[]): readonly InstanceType[] {
  const price = (type: InstanceType) => type.pricePerHour ?? Number.MAX_VALUE;
  return types.toSorted(
    (one, other) =>
      one.gpus - other.gpus || one.memoryMiB - other.memoryMiB || one.vcpus - other.vcpus || price(one) - price(other),
  );
}

function explicitType(name: string, rules: SizingRules): string {
  const { types, defaultType } = rules;
  if (types.length > 0 ? types.some((type) => type.name === name) : name === defaultType) return suitable(name, rules);
  const allowed = types.length > 0 ? types.map((type) => type.name).join(', ') : defaultType;
  throw new ProviderError('invalid-configuration', `instance type ${name} is not among those allowed: ${allowed}`);
}

function suitable(name: string, rules: SizingRules): string {
  const type = rules.types.find((one) => one.name === name);
  const reason = type && obstacle(type, rules);
  if (reason === undefined) return name;
  throw new ProviderError('invalid-configuration', `instance type ${name} ${reason}`);
}

function obstacle(type: InstanceType, { architecture, confidential }: SizingRules): string | undefined {
  if (architecture !== undefined && type.architecture !== undefined && type.architecture !== architecture) {
    return `is ${type.architecture}, the image is ${architecture}`;
  }
  if (confidential !== undefined && type.confidential !== undefined && !type.confidential.includes(confidential)) {
    return `has no ${confidential}`;
  }
  return undefined;
}

/** Zero, nothing and less than nothing mean: not asked for. */
function amount(what: string, value: number | undefined): number {
  if (value === undefined) return 0;
  if (!Number.isFinite(value)) throw new ProviderError('invalid-configuration', `${what}: ${value} is no amount`);
  return Math.max(0, Math.ceil(value));
}

function hasModel(type: InstanceType, model: string | undefined): boolean {
  return model === undefined || model === '' || type.gpuModel?.toLowerCase() === model.toLowerCase();
}

function demands({ architecture, confidential }: SizingRules): string {
  return `${architecture === undefined ? '' : ` for ${architecture}`}${confidential === undefined ? '' : ` with ${confidential}`}`;
}

function describe({ name, vcpus, memoryMiB, gpus }: InstanceType): string {
  return `${name} (${vcpus}/${memoryMiB}/${gpus})`;
}
