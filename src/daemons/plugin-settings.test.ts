/** Which plugin is meant, by flags and by variables. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pluginChoice } from './plugin-settings.ts';

const hash = 'AB'.repeat(32);
const variables = {
  ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN: 'true',
  CLOUD_PROVIDER_EXTERNAL_PLUGIN_PATH: '/p.mjs',
  CLOUD_PROVIDER_EXTERNAL_PLUGIN_HASH: hash,
};

describe('the choice of a plugin', () => {
  it('is none by default, and leaves the command line as it is', () => {
    const argv = ['-a', 'b', '--', 'c'];
    assert.deepEqual(pluginChoice(argv, {}), { plugin: undefined, argv });
  });

  it('takes flags out of the command line, and arguments from behind --', () => {
    const argv = ['-a', '-plugin', './run', `--plugin-hash=${hash}`, 'b', '--', '-x', 'y'];
    assert.deepEqual(pluginChoice(argv, {}), {
      plugin: { path: './run', hash: hash.toLowerCase(), arguments: ['-x', 'y'] },
      argv: ['-a', 'b'],
    });
  });

  it('comes from the variables only when they are enabled with exactly true', () => {
    assert.equal(pluginChoice([], variables).plugin?.path, '/p.mjs');
    for (const value of ['1', 'TRUE', 'false', '']) {
      const enable = { ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN: value };
      assert.equal(pluginChoice([], { ...variables, ...enable }).plugin, undefined);
    }
  });

  it('on the command line does not take the hash of the variables along', () => {
    assert.deepEqual(pluginChoice(['-plugin=/q.mjs'], variables).plugin, {
      path: '/q.mjs',
      hash: undefined,
      arguments: [],
    });
  });

  it('refuses what cannot be meant', () => {
    const refused = (argv: readonly string[], env: Record<string, string>, message: RegExp) =>
      assert.throws(() => pluginChoice(argv, env), { code: 'E_SETTING', message });
    refused(['-plugin'], {}, /needs a value/);
    refused(['-plugin='], {}, /needs a value/);
    refused(['-plugin-hash', hash], {}, /without -plugin/);
    refused(['-plugin=x', '-plugin-hash=12'], {}, /64 hexadecimal/);
    refused([], { ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN: 'true' }, /PATH is not set/);
    refused([], { ...variables, CLOUD_PROVIDER_EXTERNAL_PLUGIN_HASH: 'sha256:1' }, /64 hexadecimal/);
  });
});
