/** docs/install.md and docs/kata-configuration.md: what they show parses, exists, and is what the programs want. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse as parseToml } from 'smol-toml';
import { parseAllDocuments } from 'yaml';
import { adaptorOptions } from '#daemons/adaptor/settings.ts';
import { controllerOptions } from '#daemons/controller/settings.ts';
import { loadProvider, providerNames } from '#daemons/provider-table.ts';
import { crds } from '#domain/cluster/crds/all.ts';
import { runtimeClass } from '#domain/cluster/desired/runtime-class.ts';
import { forceAnnotation } from '#domain/cluster/names.ts';
import { judgeKata, type KataFacts, type Toml } from '../../src/cli/doctor/kata.ts';
import { read, root } from '../support/sources.ts';
import { lacksHelm, render, type Values } from './support/helm.ts';

const pages = ['docs/install.md', 'docs/kata-configuration.md'] as const;

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = pages.flatMap((page) =>
  [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    page,
    language,
    text,
  })),
);
const yamlOf = (block: Block) => {
  const documents = parseAllDocuments(block.text);
  assert.equal(documents.length, 1);
  assert.deepEqual(documents[0]?.errors, []);
  return documents[0]?.toJS() as Record<string, unknown>;
};
const tomls = blocks.filter(({ language }) => language === 'toml').map(({ text }) => parseToml(text) as Toml);
const values = blocks.filter(({ text }) => text.startsWith('# values.yaml')).map((block) => yamlOf(block) as Values);

test('every block is of a language that is checked, and parses', () => {
  assert.ok(blocks.length > 15);
  for (const block of blocks) {
    assert.ok(['sh', 'yaml', 'toml'].includes(block.language), `${block.page}: ${block.language}`);
    if (block.language === 'yaml') yamlOf(block);
  }
  assert.equal(tomls.length, 4);
  assert.equal(values.length, 3);
});

test('peerpodctl doctor finds nothing to say against a worker that is set up as the page says, whichever its runtime', () => {
  const [containerd2, containerd1, crio, kata] = tomls as [Toml, Toml, Toml, Toml];
  for (const runtime of [containerd2, containerd1, crio]) {
    const facts: KataFacts = {
      runtimeFiles: [{ path: 'runtime', toml: { value: runtime } }],
      configuration: { path: 'configuration-remote.toml', toml: { value: kata } },
      shimExists: true,
      hypervisorSocket: adaptorOptions.find(({ env }) => env === 'REMOTE_HYPERVISOR_ENDPOINT')?.default ?? '',
      handler: 'kata-remote',
    };
    const checks = judgeKata(facts);
    assert.ok(checks.length > 10);
    assert.deepEqual(
      checks.filter(({ status }) => status !== 'ok'),
      [],
    );
  }
});

test('each setting in the pages of Kata has its reason, and each reason its setting', () => {
  const page = read('docs/kata-configuration.md');
  const reasons = new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
  const [, , , kata] = tomls as [Toml, Toml, Toml, { hypervisor: { remote: object }; runtime: object }];
  const settings = [...Object.keys(kata.hypervisor.remote), ...Object.keys(kata.runtime)];
  assert.deepEqual(
    settings.filter((name) => !reasons.has(name)),
    [],
  );
  for (const name of reasons) assert.match(page, new RegExp(`^${name} = `, 'm'), name);
});

test('the RuntimeClass in the page is the one that the controller makes with the defaults', () => {
  const shown = blocks
    .map((block) => (block.language === 'yaml' ? yamlOf(block) : {}))
    .find(({ kind }) => kind === 'RuntimeClass');
  const option = (flag: string) => controllerOptions.find((one) => one.flag === flag)?.default ?? '';
  const { metadata, ...rest } = runtimeClass({
    config: { nodeSelector: {} },
    settings: {
      runtimeClass: option('runtime-class'),
      overheadCpu: option('overhead-cpu'),
      overheadMemory: option('overhead-memory'),
    },
  } as unknown as Parameters<typeof runtimeClass>[0]);
  assert.deepEqual(shown, { ...rest, metadata: { name: metadata.name } });
});

test('the chart takes the values that the page shows', async (t) => {
  if (lacksHelm(t)) return;
  for (const one of values) assert.ok((await render(one)).length > 10);
});

test('every variable in the values is an option of the adaptor or of its provider', async () => {
  for (const one of values) {
    const provider = String(one.provider);
    assert.ok(providerNames.includes(provider));
    const known = new Set([...adaptorOptions, ...(await loadProvider(provider)).options].map(({ env }) => env));
    const { providerConfigs, providerSecrets } = one as Record<string, Record<string, object> | undefined>;
    const used = [providerConfigs, providerSecrets].flatMap((of) => Object.keys(of?.[provider] ?? {}));
    assert.deepEqual(
      used.filter((name) => !known.has(name)),
      [],
    );
  }
});

/** Whether the schema knows a path of values, through its references. */
function knows(path: string): boolean {
  const schema = JSON.parse(read('chart/values.schema.json')) as Schema & { definitions: Record<string, Schema> };
  let at: Schema | undefined = schema;
  for (const name of path.split('.')) {
    const inner: Schema | boolean | undefined = at?.properties?.[name] ?? at?.additionalProperties;
    if (typeof inner !== 'object') return false;
    at = inner.$ref === undefined ? inner : schema.definitions[inner.$ref.replace('#/definitions/', '')];
  }
  return at !== undefined;
}
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

test('every value, variable, file, definition and annotation that the pages name is there', () => {
  const text = pages
    .map(read)
    .join('\n')
    .replaceAll(/^```[\s\S]*?^```$/gm, '');
  const names = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
  const tops = Object.keys((JSON.parse(read('chart/values.schema.json')) as { properties: object }).properties);
  const paths = names
    .map((name) => name.replace(/:.*$/, ''))
    .filter((name) => /^[a-zA-Z.]+$/.test(name) && tops.includes(name.split('.')[0] ?? ''));
  assert.ok(paths.length > 12, paths.join());
  assert.deepEqual(
    paths.filter((path) => !knows(path)),
    [],
  );
  const variables = names.filter((name) => /^[A-Z]+(_[A-Z]+)+$/.test(name) && !/_ADMIN$|_MODULE$/.test(name));
  assert.ok(variables.length > 1);
  for (const name of variables) assert.ok(existing.has(name), name);
  for (const name of names.filter((one) => /^(?:chart|docs|test|dev)\//.test(one)))
    assert.ok(existsSync(join(root, name)), name);
  for (const { group, plural } of crds) assert.ok(read('docs/install.md').includes(`${plural}.${group}`), plural);
  assert.ok(names.includes(forceAnnotation));
  const targets = [...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name);
  for (const [, name] of read('docs/install.md').matchAll(/(?:^|`)make ([a-z-]+)/gm))
    assert.ok(targets.includes(name), name);
});

const existing = new Set(
  [
    ...adaptorOptions,
    ...(await Promise.all(['aws', 'azure', 'ibmcloud', 'libvirt', 'vsphere'].map(loadProvider))).flatMap(
      ({ options }) => options,
    ),
  ].map(({ env }) => env),
);

test('every link leads to a page, and to a heading of it', () => {
  const anchorsOf = (page: string) =>
    new Set(
      [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      ),
    );
  for (const page of pages) {
    for (const [, link = ''] of read(page).matchAll(/\]\(([^)]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      const to = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(root, to)), link);
      if (anchor !== undefined) assert.ok(anchorsOf(to).has(anchor), link);
    }
  }
});

test('what the page says of the rights is what the chart gives: capabilities of nobody but adaptor', async (t) => {
  if (lacksHelm(t)) return;
  const adaptor = read('src/domain/cluster/desired/adaptor.ts');
  const [, added = ''] = /add: \[([^\]]*)\]/.exec(adaptor) ?? [];
  const shown = [...read('docs/install.md').matchAll(/^\| adaptor \| `(\w+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(shown.toSorted(), added.replaceAll(/['\s]/g, '').split(',').toSorted());
  assert.match(read('src/domain/cluster/desired/relay.ts'), /capabilities: \{ drop: \['ALL'\] \}/);
  const accounts = [...read('docs/install.md').matchAll(/^\| (peerpods-\w+)[ ,]/gm)].map(([, name]) => name);
  const made = (await render(values[0] ?? {}))
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ metadata }) => metadata.name);
  assert.deepEqual(accounts.toSorted(), made.toSorted());
});
