/** Reads of many callers cost few calls, and none misses what is there. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProviderError } from './errors.ts';
import { GroupReader } from './group-reader.ts';
import { seededRandom, VirtualClock } from './virtual-clock.ts';

const { signal } = new AbortController();

function scene(names: readonly string[], pageSize: number) {
  const clock = new VirtualClock();
  const calls: string[] = [];
  const items = names.map((name) => ({ name }));
  const reader = new GroupReader<{ readonly name: string }>({
    clock,
    random: seededRandom(1),
    nameOf: ({ name }) => name,
    async get(group, name) {
      calls.push(`get ${group}/${name}`);
      return items.find((item) => item.name.toLowerCase() === name.toLowerCase());
    },
    async page(group, next) {
      calls.push(`page ${group} ${next ?? ''}`);
      const from = Number(next ?? 0);
      const more = from + pageSize < items.length;
      return { items: items.slice(from, from + pageSize), next: more ? String(from + pageSize) : undefined };
    },
  });
  const ask = (...wanted: string[]) =>
    clock.run(Promise.all(wanted.map((name) => reader.one({ group: 'g', name }, signal))));
  return { clock, calls, reader, ask };
}

describe('GroupReader', () => {
  it('reads one by name, and several in one list', async () => {
    const { calls, ask } = scene(['a', 'b', 'c'], 10);
    assert.deepEqual(await ask('A'), [{ name: 'a' }]);
    assert.deepEqual(await ask('a', 'x', 'c'), [{ name: 'a' }, undefined, { name: 'c' }]);
    assert.deepEqual(calls, ['get g/A', 'page g ']);
  });

  it('reads by name again once the group has more pages than names are asked for', async () => {
    const { calls, ask } = scene(['a', 'b', 'c', 'd', 'e'], 2);
    await ask('a', 'b');
    assert.equal(calls.length, 3);
    await ask('a', 'b');
    assert.deepEqual(calls.slice(3).toSorted(), ['get g/a', 'get g/b']);
  });

  it('asks once for what several ask for at once', async () => {
    const { calls, ask } = scene(['a'], 10);
    assert.deepEqual(await ask('a', 'A', 'a'), [{ name: 'a' }, { name: 'a' }, { name: 'a' }]);
    assert.deepEqual(calls, ['get g/a']);
  });

  it('gives the whole group, page by page, and fails as its calls do', async () => {
    const { clock, reader } = scene(['a', 'b', 'c'], 2);
    assert.equal((await clock.run(reader.all('g', signal))).length, 3);
    const failing = new GroupReader<{ readonly name: string }>({
      clock,
      random: seededRandom(1),
      nameOf: ({ name }) => name,
      get: () => Promise.reject(new ProviderError('auth', 'no')),
      page: () => Promise.reject(new ProviderError('auth', 'no')),
    });
    await assert.rejects(clock.run(failing.one({ group: 'g', name: 'a' }, signal)), { code: 'auth' });
    await assert.rejects(clock.run(failing.all('g', signal)), { code: 'auth' });
    failing.close();
    await assert.rejects(failing.one({ group: 'g', name: 'a' }, signal), { code: 'aborted' });
  });
});
