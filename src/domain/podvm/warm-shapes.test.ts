import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fittingShapes } from './warm-shapes.ts';

const type = (name: string, vcpus: number, memoryMiB: number, gpus = 0) => ({ name, vcpus, memoryMiB, gpus });
const types = [type('large', 8, 16_384), type('small', 1, 2048), type('gpu', 8, 16_384, 1), type('unpooled', 1, 2048)];
const shapes = ['large', 'small', 'gpu', 'default'].map((name) => ({ name, count: 1 }));
const fitting = (sizing: object, more: object = {}) => fittingShapes({ sizing, ...more }, shapes, types);

test('a pod gets the smallest shape that has what it asks for, and never less', () => {
  assert.deepEqual(fitting({ vcpus: 1, memoryMiB: 2048 }), ['small', 'large']);
  assert.deepEqual(fitting({ vcpus: 2, memoryMiB: 1024 }), ['large']);
  assert.deepEqual(fitting({ vcpus: 9, memoryMiB: 1024 }), []);
});

test('a pod that asks for no size gets the default shape, one that names a type gets that', () => {
  assert.deepEqual(fitting({}), ['default']);
  assert.deepEqual(fitting({ vcpus: 0, memoryMiB: 0, instanceType: '' }), ['default']);
  assert.deepEqual(fitting({ instanceType: 'large', vcpus: 1, memoryMiB: 1 }), ['large']);
  assert.deepEqual(fitting({ instanceType: 'unpooled' }), []);
});

test('what only a VM of its own can have is not taken from the pool', () => {
  for (const more of [{ image: 'other' }, { dedicatedInterface: true }, { volumes: ['disk'] }]) {
    assert.deepEqual(fitting({}, more), []);
  }
  assert.deepEqual(fitting({ gpus: 1 }), []);
  assert.deepEqual(fitting({ vcpus: 1 }), [], 'one of two sizes is left to the provider');
});
