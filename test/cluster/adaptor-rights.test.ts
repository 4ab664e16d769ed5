/** The rights that doctor asks for are those that the chart gives the adaptor. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { adaptorRights } from '../../src/cli/doctor/kubernetes.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

test('doctor asks for each right of the ClusterRole, and for no other', () => {
  const text = readFileSync(join(import.meta.dirname, '../../chart/templates/rbac-adaptor.yaml'), 'utf8');
  const [role] = text.split(/^---$/m);
  // Lines of the template language are conditions and labels: without them every rule is there.
  const { rules } = parse((role ?? '').replaceAll(/^.*\{\{.*$/gm, '')) as { rules: readonly Rule[] };
  const given = rules
    .filter(({ resourceNames }) => !resourceNames) // of one provider only
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource} ${group}`)),
      ),
    );
  const asked = adaptorRights.map(
    ({ verb, resource, subresource, group }) => `${verb} ${resource}${subresource ? `/${subresource}` : ''} ${group}`,
  );
  assert.deepEqual(asked.toSorted(), given.toSorted());
});
