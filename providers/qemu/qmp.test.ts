import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { QmpClient } from './qmp.ts';

const { signal } = new AbortController();
const greeting = '{"QMP": {"version": {}, "capabilities": []}}\r\n';

interface Question {
  readonly execute: string;
  readonly id: number;
}

/** QEMU as far as it speaks: `answer` gives the text that follows a command other than the negotiation. */
async function withQemu(
  answer: (question: Question, socket: Socket) => string,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-'));
  const path = join(folder, 'qmp.sock');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(greeting);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        const question = JSON.parse(line) as Question;
        const plain = `{"return": {}, "id": ${question.id}}\r\n`;
        socket.write(question.execute === 'qmp_capabilities' ? plain : answer(question, socket));
      }
    });
  });
  await once(server.listen(path), 'listening');
  try {
    await body(path);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

test('an answer is found among events and other answers, cut anywhere', async () => {
  const text = ({ id }: Question) =>
    `{"event": "RESUME"}\r\n{"return": "other", "id": 999}\r\n{"return": {"status": "running"}, "id": ${id}}\r\n`;
  await withQemu(
    (question, socket) => {
      const all = text(question);
      for (const piece of all.slice(0, 40)) socket.write(piece);
      return all.slice(40);
    },
    async (path) => {
      using client = await QmpClient.open(path, signal);
      assert.deepEqual(await client.execute('query-status', {}, signal), { status: 'running' });
    },
  );
});

test('a refusal carries the words of QEMU', async () => {
  const refuse = ({ id }: Question) => `{"error": {"class": "GenericError", "desc": "no such device"}, "id": ${id}}\n`;
  await withQemu(refuse, async (path) => {
    using client = await QmpClient.open(path, signal);
    await assert.rejects(client.execute('device_del', {}, signal), /device_del: no such device/);
  });
});

test('a QEMU that ends, that speaks no JSON, or that never answers is not waited for', async () => {
  await withQemu(
    (_question, socket) => {
      socket.destroy();
      return '';
    },
    async (path) => {
      using client = await QmpClient.open(path, signal);
      await assert.rejects(client.execute('stop', {}, signal), /closed its control socket/);
    },
  );
  await withQemu(
    () => 'this is not JSON\n',
    async (path) => {
      using client = await QmpClient.open(path, signal);
      await assert.rejects(client.execute('stop', {}, signal), /cannot be read/);
    },
  );
  await withQemu(
    () => '',
    async (path) => {
      using client = await QmpClient.open(path, signal);
      await assert.rejects(client.execute('stop', {}, AbortSignal.timeout(20)), { name: 'TimeoutError' });
    },
  );
});

test('a socket that nobody serves is an error at once', async () => {
  await assert.rejects(QmpClient.open('/no/such/socket', signal), { code: 'ENOENT' });
});
