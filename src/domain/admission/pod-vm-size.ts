/** How large the pod VM is: the resources of all containers, as one machine must hold them. */

import type { OriginalResources } from './original-resources.ts';
import { type ContainerView, ImpossibleResource, type PodView, type Resources } from './pod-view.ts';
import { ceilDivide, one, type Quantity, quantityMax } from './quantity.ts';
import type { MutationSettings } from './settings.ts';

/** undefined: nothing is asked for. */
export interface PodVmSize {
  readonly vcpus: bigint | undefined;
  readonly memoryMiB: bigint | undefined;
  readonly gpus: bigint | undefined;
}

export interface Totals {
  readonly requests: Quantity;
  readonly limits: Quantity;
}

const mebibyte = 2n ** 20n * one;

/** Throws ImpossibleResource for more than can be counted, or for a part of a GPU. */
export function podVmSize(
  pod: PodView,
  record: OriginalResources,
  { sizing, gpuResources }: Pick<MutationSettings, 'sizing' | 'gpuResources'>,
): PodVmSize {
  const amount = (resource: string, unit: Quantity) => {
    const quantity = decisive(totalsOf(resource, pod, record, sizing), sizing);
    if (quantity >= quantityMax) throw new ImpossibleResource(`asks for more ${resource} than can be counted`);
    return quantity === 0n ? undefined : ceilDivide(quantity, unit);
  };
  const gpus = gpuResources
    .map((resource) => wholeGpus(resource, totalsOf(resource, pod, record, sizing)))
    .reduce((sum, count) => sum + count, 0n);
  return {
    vcpus: amount('cpu', one),
    memoryMiB: amount('memory', mebibyte),
    gpus: gpus === 0n ? undefined : gpus,
  };
}

/** Limits where they are at least the requests. Plain sums, as the original makes them, ignore limits without requests. */
function decisive({ requests, limits }: Totals, sizing: MutationSettings['sizing']): Quantity {
  if (sizing === 'sum' && requests === 0n) return 0n;
  return limits >= requests ? limits : requests;
}

/** Kubernetes wants the limit of such a resource to be its request, and sets the one from the other. */
function wholeGpus(resource: string, { requests, limits }: Totals): bigint {
  const quantity = requests === 0n ? limits : requests;
  if (quantity % one !== 0n)
    throw new ImpossibleResource(`asks for a part of a ${resource}: only whole ones are given`);
  if (quantity >= quantityMax) throw new ImpossibleResource(`asks for more ${resource} than can be counted`);
  return quantity / one;
}

/** A value for the whole pod is the total, whatever the containers say. */
export function totalsOf(
  resource: string,
  pod: PodView,
  record: OriginalResources,
  sizing: MutationSettings['sizing'],
): Totals {
  const total = (list: keyof Resources): Quantity => {
    const ofPod = record.podLevel?.[list].get(resource);
    if (ofPod !== undefined) return ofPod;
    const of = (recorded: ReadonlyMap<string, Resources>) => (container: ContainerView) => ({
      amount: recorded.get(container.name)?.[list].get(resource) ?? 0n,
      sidecar: container.sidecar,
    });
    const containers = pod.containers.map(of(record.containers));
    const initContainers = pod.initContainers.map(of(record.initContainers));
    return sizing === 'sum' ? sum([...containers, ...initContainers]) : peak(containers, initContainers);
  };
  return { requests: total('requests'), limits: total('limits') };
}

interface Share {
  readonly amount: Quantity;
  readonly sidecar: boolean;
}

const sum = (shares: readonly Share[]) => shares.reduce((total, { amount }) => total + amount, 0n);

/**
 * The most that runs at once, as the scheduler reserves it: init containers one after another, each beside the sidecars
 * that were started before it; then all containers beside all sidecars.
 */
function peak(containers: readonly Share[], initContainers: readonly Share[]): Quantity {
  let sidecars = 0n;
  let highest = 0n;
  for (const { amount, sidecar } of initContainers) {
    const running = sidecars + amount;
    if (sidecar) sidecars = running;
    if (running > highest) highest = running;
  }
  const atLast = sidecars + sum(containers);
  return atLast > highest ? atLast : highest;
}
