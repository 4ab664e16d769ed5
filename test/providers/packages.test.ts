/** Each provider is a package of its own: what it needs is its own, comes late, and is described. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { ProviderModule } from '@peerpods/provider';
import { loadProvider, providerNames } from '#daemons/provider-table.ts';
import { optionsTable, withTable } from './options-table.ts';

const root = resolve(import.meta.dirname, '../..');
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
const providers = readdirSync(join(root, 'providers')).filter((name) => name !== 'contract');
/** Development aids: nothing of a cloud behind them, and no page of options. */
const aids: readonly string[] = ['fake', 'local'];
const clouds = providerNames.filter((name) => !aids.includes(name));

describe('provider packages', () => {
  it('are apart: no SDK of a cloud is a dependency of the whole or of another package', () => {
    const owned = new Map<string, string>();
    for (const name of providers) {
      for (const dependency of Object.keys(manifestOf(`providers/${name}`).dependencies ?? {})) {
        if (dependency.startsWith('@peerpods/')) continue;
        assert.equal(owned.get(dependency), undefined, `${dependency} of ${name}`);
        owned.set(dependency, name);
      }
    }
    const whole = Object.keys(manifestOf('.').dependencies ?? {});
    assert.deepEqual(
      whole.filter((dependency) => owned.has(dependency)),
      [],
    );
    assert.deepEqual(
      clouds.filter((name) => whole.includes(`@peerpods/provider-${name}`)),
      [],
      'a cloud is installed by who wants it',
    );
    assert.deepEqual(manifestOf('providers/contract').dependencies ?? {}, {}, 'the contract has none');
  });

  it('load what they need when they are opened, not when they are named', () => {
    const eager = /^(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)'/gm;
    const wrong = providers.flatMap((name) =>
      readdirSync(join(root, 'providers', name))
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .flatMap((file) =>
          [...readFileSync(join(root, 'providers', name, file), 'utf8').matchAll(eager)]
            .map(([, from = '']) => from)
            .filter((from) => !/^(node:|\.|@peerpods\/)/.test(from))
            .map((from) => `providers/${name}/${file} imports ${from}`),
        ),
    );
    assert.deepEqual(wrong, []);
  });

  it('that are not installed are said to be that', () => {
    for (const name of clouds) {
      const wanted = `@peerpods/provider-${name}`;
      // Node's own resolution fails, as it does where the package was left out.
      const hooks = `import { registerHooks } from 'node:module';
        registerHooks({ resolve: (from, context, next) =>
          next(from === '${wanted}' ? '${wanted}-left-out' : from, context) });`;
      const main = join(root, 'src/daemons/adaptor/main.ts');
      const argv = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, main, name, '--help'];
      const { stderr, status } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`E_SETTING: provider ${name} is not installed`));
    }
  });
});

for (const name of clouds) {
  describe(`provider ${name}`, () => {
    it('lists every option in its help', async () => {
      const { options }: ProviderModule = await loadProvider(name);
      const main = join(root, 'src/daemons/adaptor/main.ts');
      const { stdout, status } = spawnSync(process.execPath, [main, name, '--help'], { encoding: 'utf8' });
      assert.equal(status, 0);
      for (const { flag, env, help } of options) {
        assert.match(stdout, new RegExp(`^ {2}-${flag}\\b`, 'm'));
        assert.ok(stdout.includes(help) && stdout.includes(env ?? ''), flag);
      }
    });

    it('has a page whose table of options is the code’s', async () => {
      const path = join(root, 'docs/providers', `${name}.md`);
      assert.ok(existsSync(path), `${path} is missing`);
      const page = readFileSync(path, 'utf8');
      const current = withTable(page, optionsTable((await loadProvider(name)).options));
      if (process.env.UPDATE_DOCS === '1') writeFileSync(path, current);
      else assert.equal(page, current, 'run UPDATE_DOCS=1 make test-files FILES=test/providers/packages.test.ts');
      for (const heading of ['Set-up', 'Permissions', 'Options', 'Limits', 'Cost']) {
        assert.match(page, new RegExp(`^## ${heading}`, 'm'), `${name}.md lacks ${heading}`);
      }
    });
  });
}
