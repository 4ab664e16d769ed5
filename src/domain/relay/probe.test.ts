import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { untilReachable } from './probe.ts';

/** Time that passes as soon as somebody waits for it, once what was refused meanwhile has been heard of. */
class HurriedClock implements Clock {
  readonly waits: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    this.waits.push(delayMs);
    const timer = setTimeout(() => {
      this.#now += delayMs;
      callback();
    }, 5);
    return () => clearTimeout(timer);
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a port that refuses is asked after 10 ms, then after a tenth of the time that has passed, at most 100 ms', async () => {
  const clock = new HurriedClock();
  const stop = new AbortController();
  const port = await freePort();
  const gone = assert.rejects(untilReachable('127.0.0.1', port, clock, stop.signal), /enough/);
  while (clock.now() < 2000) await new Promise((resolve) => setImmediate(resolve));
  stop.abort(new Error('enough'));
  await gone;
  assert.equal(clock.waits[0], 10);
  let passed = 0;
  for (const wait of clock.waits) {
    assert.ok(wait <= Math.max(10, passed / 10) + 1e-9 && wait <= 100, `${wait} ms after ${passed} ms`);
    passed += wait;
  }
  assert.equal(clock.waits.at(-1), 100);
});

test('the first connection that succeeds is given, and no other is left', async () => {
  const clock = new HurriedClock();
  const port = await freePort();
  const reached = untilReachable('127.0.0.1', port, clock, new AbortController().signal);
  while (clock.now() < 200) await new Promise((resolve) => setImmediate(resolve));
  const accepted: net.Socket[] = [];
  const server = net.createServer((socket) => accepted.push(socket));
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const socket = await reached;
  assert.equal(socket.remotePort, port);
  socket.destroy();
  server.close();
  for (const one of accepted) one.destroy();
  await once(server, 'close');
});
