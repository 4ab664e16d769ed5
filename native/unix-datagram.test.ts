import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DatagramSocket, sendDatagram } from './unix-datagram.ts';

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'datagram-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted;

test('bytes and descriptors arrive: what was opened there is read here', (t) => {
  const place = folder(t);
  writeFileSync(join(place, 'file'), 'content');
  using socket = new DatagramSocket(join(place, 'socket'));
  assert.equal(socket.receive(), undefined);
  const fd = openSync(join(place, 'file'), 'r');
  sendDatagram(socket.path, Buffer.from('one'), [fd, fd]);
  sendDatagram(socket.path, Buffer.from('two'));
  closeSync(fd);
  const first = socket.receive();
  assert.equal(first?.bytes.toString(), 'one');
  assert.equal(first?.fds.length, 2);
  assert.equal(readFileSync(first?.fds[0] ?? -1, 'utf8'), 'content');
  for (const received of first?.fds ?? []) closeSync(received);
  assert.deepEqual(socket.receive(), { bytes: Buffer.from('two'), fds: [] });
  assert.equal(socket.receive(), undefined);
});

test('the abstract namespace is written with an @', () => {
  using socket = new DatagramSocket(`@datagram-test-${process.pid}`);
  sendDatagram(socket.path, Buffer.from('READY=1'));
  assert.equal(socket.receive()?.bytes.toString(), 'READY=1');
});

test('faults have the names of errno', (t) => {
  const place = folder(t);
  assert.throws(() => sendDatagram(join(place, 'nobody'), Buffer.from('x')), code('ENOENT'));
  assert.throws(() => sendDatagram(join(place, 'x'.repeat(120)), Buffer.from('x')), code('ENAMETOOLONG'));
  const socket = new DatagramSocket(join(place, 'socket'));
  assert.throws(() => new DatagramSocket(socket.path), code('EADDRINUSE'));
  assert.throws(() => sendDatagram(socket.path, Buffer.from('x'), [9999]), code('EBADF'));
  assert.throws(() => sendDatagram(socket.path, Buffer.alloc(65 * 1024)), code('EMSGSIZE'));
  socket[Symbol.dispose]();
  socket[Symbol.dispose]();
  assert.equal(existsSync(socket.path), false);
});

test('a full queue is told, not waited for', (t) => {
  using socket = new DatagramSocket(join(folder(t), 'socket'));
  assert.throws(() => {
    for (let sent = 0; sent < 100_000; sent += 1) sendDatagram(socket.path, Buffer.from('x'));
  }, code('EAGAIN'));
});
