/** The demo's check that nothing is left sees each kind of thing that could be. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { inNamespaces, thisMachine, whatIsMissing } from '#dev/demo/namespaces.ts';
import { lacks } from '../support/requirements.ts';

const expected: Record<string, readonly RegExp[]> = {
  device: [/^device left0$/],
  address: [/^address 10\.9\.9\.9\/32 on ens3$/],
  route: [/^route 10\.9\.8\.0\/24 via 192\.168\.122\.2 in table 254$/],
  neighbour: [/^neighbour 192\.168\.122\.9 on ens3$/],
  'routing rule': [/^rule IPv4 777 to table 77$/],
  'nft table': [/^rule nft table inet left$/],
  qdisc: [/^qdisc ingress on ens3$/],
  filter: [/^rule u32 filter 7 on ens3$/],
  namespace: [/^namespace \/run\/netns\/left$/, /^file \/run\/netns\/left$/],
  process: [/^process \d+ sleep 600$/],
  'unix socket': [/^socket \/run\/left\.sock$/, /^socket file \/run\/left\.sock$/],
  'abstract socket': [/^socket @left$/],
  'tcp socket': [/^socket tcp port 15150$/],
  'vxlan device with its udp socket': [/^device left1$/, /^socket udp port 4789$/],
  file: [/^file \/run\/left\.json$/],
  folder: [/^folder \/run\/peerpod\/pods\/left$/],
  'no secret': [],
  'secret overwritten': [],
  'secret in a log': [/^secret in \/run\/demo-logs\/relay\.log$/],
  'nothing in the namespace of a pod': [],
  'tunnel in the namespace of a pod': [
    /^device vxlan1 in the namespace of pod-1$/,
    /^qdisc ingress on eth0 in the namespace of pod-1$/,
  ],
};

test('each kind of leftover is planted, and the demo reports it by name', (t) => {
  const missing = whatIsMissing(thisMachine);
  if (lacks(t, missing === undefined, `namespaces: ${missing}`)) return;
  const scene = [process.execPath, join(import.meta.dirname, 'planted-leftovers.ts')];
  const [command = '', ...args] = inNamespaces(scene, thisMachine.ordinaryUser);
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
  const reports = JSON.parse(stdout) as Record<string, readonly string[]>;
  assert.deepEqual(Object.keys(reports).sort(), Object.keys(expected).sort());
  for (const [kind, lines] of Object.entries(reports)) {
    const patterns = expected[kind] ?? [];
    for (const pattern of patterns) {
      assert.ok(
        lines.some((line) => pattern.test(line)),
        `${kind}: ${pattern} is not in ${JSON.stringify(lines)}`,
      );
    }
    if (patterns.length === 0) assert.deepEqual(lines, [], kind);
  }
});
