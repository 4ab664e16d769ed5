/** Writes chart/crds/*.yaml from the definitions in src/domain/cluster/crds: node dev/cluster/crd-files.ts */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { crds } from '#domain/cluster/crds/all.ts';
import { crdObject } from '#domain/cluster/crds/definition.ts';

export const crdFolder = join(import.meta.dirname, '../../chart/crds');

/** File names and what belongs in them. */
export function crdFiles(): ReadonlyMap<string, string> {
  return new Map(
    crds.map((source) => [
      `${source.plural}.${source.group}.yaml`,
      `# Written by dev/cluster/crd-files.ts from src/domain/cluster/crds. Do not edit.\n${stringify(crdObject(source), { lineWidth: 0, aliasDuplicateObjects: false })}`,
    ]),
  );
}

if (import.meta.main) {
  mkdirSync(crdFolder, { recursive: true });
  for (const [name, text] of crdFiles()) writeFileSync(join(crdFolder, name), text);
}
