/** An owner's marks survive IBM's tags, which know neither case nor most characters. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bootVolumeTags, parseTags, tagOf } from './tags.ts';

const spec = {
  sandboxId: 'ab'.repeat(32),
  name: 'podvm-a',
  podName: 'a',
  podNamespace: 'default',
  owner: { cluster: '6f1c', node: 'worker-1' },
  userData: '',
  sizing: {},
};

describe('marks of the owner', () => {
  it('come back as they were, whatever they are, also in lower case', () => {
    const fits = (word: string) => Buffer.byteLength(word) <= 30;
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(fits);
    fc.assert(
      fc.property(word, word, (cluster, node) => {
        const tags = bootVolumeTags({ ...spec, owner: { cluster, node } });
        for (const tag of tags) assert.match(tag, /^[a-z0-9:_.-]{1,128}$/);
        const found = parseTags(tags.map((tag) => tag.toLowerCase()));
        assert.deepEqual(found, { owner: { cluster, node }, sandboxId: spec.sandboxId });
      }),
    );
  });

  it('of two values are the same only if the values are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.equal(tagOf('k', one).toLowerCase() === tagOf('k', other).toLowerCase(), one === other);
      }),
    );
  });

  it('that do not fit are refused; a long name of a pod is left out', () => {
    assert.throws(() => bootVolumeTags({ ...spec, owner: { cluster: 'c', node: 'n'.repeat(115) } }), {
      code: 'invalid-configuration',
    });
    const tags = bootVolumeTags({ ...spec, podName: 'p'.repeat(200) });
    assert.deepEqual(
      tags.map((tag) => tag.split(':')[0]),
      ['peerpods-cluster', 'peerpods-node', 'peerpods-sandbox', 'peerpods-namespace'],
    );
  });

  it('are not read into what is not ours', () => {
    for (const tags of [[], ['a'], ['peerpods-node:x'], ['peerpods-node:x', 'peerpods-cluster:y', 'sandbox:z']]) {
      assert.equal(parseTags(tags), undefined);
    }
  });
});
