/** Edits on the wire level against a decoder that knows the schema: what it reads is what was meant, nothing is lost. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { appendNetworkNamespace, clearDns } from '#codec/agent-edit/agent-edit.ts';
import { grpc } from '#codec/gen/agent.js';
import { encodeBytesField, encodeVarintField, fieldBytes, wireFields } from '#codec/protobuf-wire.ts';

const word = fc.string({ maxLength: 12, unit: 'grapheme' });
const words = fc.array(word, { maxLength: 4 });
const mount = fc.record({ destination: word, source: word, type: word, options: words });
const namespace = fc.record({ Type: word, Path: word });
const pairs = fc.dictionary(word, word, { maxKeys: 4 });

const spec = fc.record({
  Version: word,
  Process: fc.record({ Terminal: fc.boolean(), Args: words, Env: words, Cwd: word, NoNewPrivileges: fc.boolean() }),
  Root: fc.record({ Path: word, Readonly: fc.boolean() }),
  Hostname: word,
  Mounts: fc.array(mount, { maxLength: 4 }),
  Annotations: pairs,
  Linux: fc.record({ Sysctl: pairs, CgroupsPath: word, Namespaces: fc.array(namespace, { maxLength: 4 }) }),
});
const createContainer = fc.record({
  containerId: word,
  execId: word,
  storages: fc.array(fc.record({ driver: word, source: word, options: words }), { maxLength: 3 }),
  OCI: spec,
  sandboxPidns: fc.boolean(),
});

/** Fields that no schema of ours has, each wire type; marked, so that they can be counted. */
const mark = Buffer.from('from-tomorrow');
const strange = Buffer.concat([
  encodeBytesField(501, mark),
  encodeVarintField(502, 2n ** 64n - 1n),
  Buffer.from([0xfd, 0x1f, 1, 2, 3, 4]), // 511, fixed32
  Buffer.from([0x83, 0x20, 0x08, 0x01, 0x84, 0x20]), // 512, a group
]);

/** The same message with strange fields at its end and in every message within, OCI and Linux, that edits go through. */
function withStrange(payload: Uint8Array, path: readonly number[]): Uint8Array {
  const [number, ...rest] = path;
  const parts = [...wireFields(payload)].map((field) => {
    if (field.number !== number) return payload.subarray(field.start, field.end);
    return encodeBytesField(number, withStrange(fieldBytes(payload, field), rest));
  });
  return Buffer.concat([...parts, strange]);
}

const countOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').split(mark.toString()).length - 1;
const plain = (message: object): unknown => JSON.parse(JSON.stringify(message));

test('a network namespace more, and nothing else, is what the agent reads; unknown fields are all there', () => {
  fc.assert(
    fc.property(createContainer, word, (request, path) => {
      const sent = withStrange(grpc.CreateContainerRequest.encode(request).finish(), [6, 8]);
      assert.equal(countOf(sent), 3);
      const edited = appendNetworkNamespace(sent, path);
      assert.equal(countOf(edited), 3);
      const expected = plain(grpc.CreateContainerRequest.decode(sent)) as {
        OCI: { Linux: { Namespaces?: { Type: string; Path: string }[] } };
      };
      const added = path === '' ? { Type: 'network' } : { Type: 'network', Path: path };
      expected.OCI.Linux.Namespaces = [
        ...(expected.OCI.Linux.Namespaces ?? []),
        added as { Type: string; Path: string },
      ];
      const read = plain(grpc.CreateContainerRequest.decode(edited)) as typeof expected;
      // An empty path may be written out: to every decoder it is the same.
      for (const one of read.OCI.Linux.Namespaces ?? [])
        if (one.Path === '' && path === '') Reflect.deleteProperty(one, 'Path');
      for (const one of expected.OCI.Linux.Namespaces)
        if (one.Path === '' && path === '') Reflect.deleteProperty(one, 'Path');
      assert.deepEqual(read, expected);
    }),
  );
});

test('dns gone, and nothing else, is what the agent reads of CreateSandbox', () => {
  const request = fc.record({ hostname: word, dns: words, sandboxId: word, sandboxPidns: fc.boolean() });
  fc.assert(
    fc.property(request, (message) => {
      const sent = withStrange(grpc.CreateSandboxRequest.encode(message).finish(), []);
      const edited = clearDns(sent);
      assert.equal(countOf(edited), 1);
      const expected = grpc.CreateSandboxRequest.decode(sent);
      expected.dns = [];
      assert.deepEqual(grpc.CreateSandboxRequest.decode(edited), expected);
    }),
  );
});
