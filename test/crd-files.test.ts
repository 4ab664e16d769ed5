/** chart/crds holds what src/domain/cluster/crds says, and what that says is a schema that an API server takes. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crds } from '#domain/cluster/crds/all.ts';
import type { Schema } from '#domain/cluster/crds/definition.ts';
import { crdFiles, crdFolder } from '../dev/cluster/crd-files.ts';

test('the files of the chart are those of the code; renew them with node dev/cluster/crd-files.ts', () => {
  const files = crdFiles();
  assert.deepEqual(readdirSync(crdFolder).toSorted(), [...files.keys()].toSorted());
  for (const [name, text] of files) assert.equal(readFileSync(join(crdFolder, name), 'utf8'), text, name);
});

test('each schema is structural: a type everywhere but at an int-or-string, and columns name what exists', () => {
  const untyped = crds.flatMap(({ plural, schema }) => {
    const found: string[] = [];
    const walk = (at: Schema, path: string) => {
      if (!at.type && !at['x-kubernetes-int-or-string']) found.push(path);
      for (const [name, inner] of Object.entries(at.properties ?? {})) walk(inner, `${path}.${name}`);
      if (at.items) walk(at.items, `${path}[]`);
      if (at.additionalProperties) walk(at.additionalProperties, `${path}{}`);
    };
    walk(schema, plural);
    return found;
  });
  assert.deepEqual(untyped, []);
  const strangers = crds.flatMap(({ columns, schema }) =>
    columns
      .map(({ jsonPath }) => jsonPath.split('[')[0] ?? '')
      .filter((path) => !path.startsWith('.metadata.'))
      .filter((path) => {
        const names = path.split('.').slice(1);
        return names.reduce<Schema | undefined>((at, name) => at?.properties?.[name], schema) === undefined;
      }),
  );
  assert.deepEqual(strangers, []);
});
