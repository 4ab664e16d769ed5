import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isProviderError } from './errors.ts';
import type { Sizing } from './pod-vm.ts';
import { candidateTypes, type InstanceType, type SizingRules } from './sizing.ts';

const type = (name: string, vcpus: number, memoryMiB: number, gpus = 0, more: Partial<InstanceType> = {}) => ({
  name,
  vcpus,
  memoryMiB,
  gpus,
  ...more,
});
const rules = (types: readonly InstanceType[], more: Partial<SizingRules> = {}): SizingRules => ({
  types,
  defaultType: 'default',
  ...more,
});

/**
 * The rules again, as slowly and as literally as they can be said: the fitting types by repeatedly taking the least
 * one that is left. Undefined: there is no answer.
 */
function oracle(sizing: Sizing, given: SizingRules): readonly string[] | undefined {
  const cannot = (one: InstanceType) =>
    (given.architecture !== undefined && one.architecture !== undefined && one.architecture !== given.architecture) ||
    (given.confidential !== undefined &&
      one.confidential !== undefined &&
      !one.confidential.some((technology) => technology === given.confidential));
  const alone = (name: string) => (given.types.some((one) => one.name === name && cannot(one)) ? undefined : [name]);
  if (sizing.instanceType !== undefined) {
    const names = given.types.length > 0 ? given.types.map((one) => one.name) : [given.defaultType];
    return names.includes(sizing.instanceType) ? alone(sizing.instanceType) : undefined;
  }
  const wanted = (value: number | undefined) => (value !== undefined && value > 0 ? Math.ceil(value) : 0);
  const [vcpus, memory, gpus] = [wanted(sizing.vcpus), wanted(sizing.memoryMiB), wanted(sizing.gpus)];
  const sized = given.fitOneDimension ? vcpus + memory > 0 : vcpus * memory > 0;
  if (gpus === 0 && !sized) return alone(given.defaultType);
  const left: InstanceType[] = [];
  for (const one of given.types) {
    if (one.vcpus < vcpus || one.memoryMiB < memory || cannot(one)) continue;
    if (gpus === 0 ? one.gpus > 0 : one.gpus < gpus) continue;
    if (gpus > 0 && sizing.gpuModel !== undefined && one.gpuModel !== sizing.gpuModel) continue;
    left.push(one);
  }
  const keys = (one: InstanceType) => [one.gpus, one.memoryMiB, one.vcpus, one.pricePerHour ?? 1e300];
  const found: string[] = [];
  while (left.length > 0) {
    let best = 0;
    for (let index = 1; index < left.length; index += 1) {
      const [a, b] = [left[index], left[best]];
      if (!a || !b) continue;
      const difference = keys(a)
        .map((key, at) => key - (keys(b)[at] ?? 0))
        .find((delta) => delta !== 0);
      if (difference !== undefined && difference < 0) best = index;
    }
    const [taken] = left.splice(best, 1);
    if (taken) found.push(taken.name);
  }
  return found.length > 0 ? found : undefined;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const someType = fc.record({
  vcpus: fc.constantFrom(1, 2, 4, 8),
  memoryMiB: fc.constantFrom(1024, 2048, 4096, 8192, 16_384),
  gpus: fc.constantFrom(0, 0, 0, 1, 4),
  gpuModel: maybe(fc.constantFrom('T4', 'L4')),
  architecture: maybe(fc.constantFrom('x86_64' as const, 'aarch64' as const)),
  confidential: maybe(fc.subarray(['sev-snp', 'tdx'] as const)),
  pricePerHour: maybe(fc.constantFrom(0.1, 0.2, 0.3)),
});
const someRules = fc.record({
  types: fc.array(someType, { maxLength: 12 }).map((types) => types.map((one, at) => ({ name: `t${at}`, ...one }))),
  defaultType: fc.constantFrom('t0', 't1', 'default'),
  architecture: maybe(fc.constantFrom('x86_64' as const, 'aarch64' as const)),
  confidential: maybe(fc.constantFrom('sev-snp' as const, 'tdx' as const)),
  fitOneDimension: fc.boolean(),
});
const someSizing = fc.record({
  instanceType: maybe(fc.constantFrom('t0', 't1', 't5', 'default', 'unknown')),
  vcpus: maybe(fc.oneof(fc.integer({ min: -1, max: 9 }), fc.double({ min: 0, max: 9, noNaN: true }))),
  memoryMiB: maybe(fc.constantFrom(0, 512, 1024.5, 4096, 8192, 20_000)),
  gpus: maybe(fc.constantFrom(-1, 0, 0, 1, 2, 5)),
  gpuModel: maybe(fc.constantFrom('T4', 'L4')),
});
/** fast-check gives `undefined` where the types want absence. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

describe('sizing', () => {
  it('gives what a brute force over the rules gives, in the same order', () => {
    fc.assert(
      fc.property(someSizing, someRules, (rawSizing, rawRules) => {
        const sizing = present(rawSizing) as Sizing;
        const given = present({ ...rawRules, types: rawRules.types.map(present) }) as unknown as SizingRules;
        const expected = oracle(sizing, given);
        if (expected === undefined) {
          assert.throws(
            () => candidateTypes(sizing, given),
            (error) => isProviderError(error, 'invalid-configuration'),
          );
        } else assert.deepEqual(candidateTypes(sizing, given), expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('finds the type that a search over an unfit order misses', () => {
    const types = [type('A', 4, 8192), type('B', 2, 16_384)];
    assert.deepEqual(candidateTypes({ vcpus: 4, memoryMiB: 8192 }, rules(types)), ['A']);
  });

  it('does not take a larger type where a smaller one fits', () => {
    const types = [
      type('bx2-2x8', 2, 8192),
      type('cx2-4x8', 4, 8192),
      type('mx2-2x16', 2, 16_384),
      type('bx2-4x16', 4, 16_384),
      type('mx2-4x32', 4, 32_768),
    ];
    assert.deepEqual(candidateTypes({ vcpus: 4, memoryMiB: 8192 }, rules(types)), ['cx2-4x8', 'bx2-4x16', 'mx2-4x32']);
  });

  it('rounds fractions up', () => {
    const types = [type('one', 1, 1024), type('two', 2, 2048)];
    assert.deepEqual(candidateTypes({ vcpus: 1.1, memoryMiB: 1024 }, rules(types)), ['two']);
    assert.deepEqual(candidateTypes({ vcpus: 1, memoryMiB: 1024.2 }, rules(types)), ['two']);
  });

  it('takes the default type with no list to be in, and the explicit one whatever its size', () => {
    const types = [type('big', 64, 262_144)];
    assert.deepEqual(candidateTypes({}, rules(types)), ['default']);
    assert.deepEqual(candidateTypes({ vcpus: 4 }, rules(types)), ['default']);
    assert.deepEqual(candidateTypes({ vcpus: 4 }, rules(types, { fitOneDimension: true })), ['big']);
    assert.deepEqual(candidateTypes({ instanceType: 'big', vcpus: 999, memoryMiB: 1 }, rules(types)), ['big']);
    assert.deepEqual(candidateTypes({ instanceType: 'default' }, rules([])), ['default']);
  });

  it('says what was asked for and what there is', () => {
    const given = rules([type('small', 1, 1024)], { confidential: 'tdx' });
    assert.throws(() => candidateTypes({ vcpus: 2, memoryMiB: 4096 }, given), /2 vCPUs, 4096 MiB.*tdx.*small/);
    assert.throws(() => candidateTypes({ instanceType: 'huge' }, given), /huge.*small/);
    assert.throws(() => candidateTypes({ vcpus: Number.NaN }, given), /vCPUs: NaN/);
  });

  it('never sells a GPU machine to a pod without GPUs, and takes the model into account', () => {
    const types = [
      type('plain', 4, 16_384),
      type('t4', 4, 16_384, 1, { gpuModel: 'T4' }),
      type('l4', 4, 16_384, 1, { gpuModel: 'L4' }),
    ];
    assert.deepEqual(candidateTypes({ vcpus: 4, memoryMiB: 1 }, rules(types)), ['plain']);
    assert.deepEqual(candidateTypes({ gpus: 1 }, rules(types)), ['t4', 'l4']);
    assert.deepEqual(candidateTypes({ gpus: 1, gpuModel: 'l4' }, rules(types)), ['l4']);
    assert.throws(() => candidateTypes({ vcpus: 8, memoryMiB: 1 }, rules(types)), { code: 'invalid-configuration' });
  });
});
