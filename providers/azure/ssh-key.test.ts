/** The SSH key is one that ssh understands, and a bad file is named. */

import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { sshPublicKey } from './ssh-key.ts';

const folder = temporaryFolder('ssh-key');

function fileOf(text: string, mode = 0o600): string {
  const path = join(folder, `key-${Math.random()}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('the SSH key', () => {
  it('of nobody is an RSA key of 2048 bits, another one each time', async () => {
    const [one, other] = await Promise.all([sshPublicKey(undefined), sshPublicKey(undefined)]);
    assert.notEqual(one, other);
    const blob = Buffer.from(one.split(' ')[1] ?? '', 'base64');
    const parts: Buffer[] = [];
    for (let at = 0; at < blob.length; ) {
      const length = blob.readUInt32BE(at);
      parts.push(blob.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    assert.equal(parts[0]?.toString(), 'ssh-rsa');
    assert.deepEqual([...(parts[1] ?? [])], [1, 0, 1]);
    // The number is positive: a zero byte leads, and its highest bit is set.
    assert.equal(parts[2]?.length, 257);
    assert.equal(parts[2]?.[0], 0);
    assert.ok((parts[2]?.[1] ?? 0) >= 0x80);
    assert.deepEqual(await sshPublicKey(fileOf(one)), one);
  });

  it('of a file must be a public key with mode 0600', async () => {
    const key = await sshPublicKey(undefined);
    assert.equal(await sshPublicKey(fileOf(`${key} me@here\n`)), `${key} me@here`);
    const invalid = { code: 'invalid-configuration' };
    await assert.rejects(sshPublicKey(fileOf(key, 0o644)), { ...invalid, message: /mode 0600/ });
    await assert.rejects(sshPublicKey(fileOf('-----BEGIN OPENSSH PRIVATE KEY-----\n')), invalid);
    await assert.rejects(sshPublicKey(fileOf('ssh-rsa AAAAB3NzaC1kc3M=')), invalid);
    await assert.rejects(sshPublicKey(join(folder, 'none')), { ...invalid, message: /can not be read/ });
    await assert.rejects(sshPublicKey('$KEYS/id.pub'), { ...invalid, message: /only \$HOME/ });
  });
});
