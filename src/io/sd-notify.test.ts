import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatagramSocket } from '@peerpods/netlink/unix-datagram';
import { notifySystemd } from './sd-notify.ts';

test('systemd hears the state; nobody to hear it is no failure', () => {
  using socket = new DatagramSocket(`@sd-notify-test-${process.pid}`);
  assert.equal(notifySystemd('READY=1', socket.path), true);
  assert.equal(socket.receive()?.bytes.toString(), 'READY=1\n');
  assert.equal(notifySystemd('READY=1', '/nowhere/notify'), false);
  assert.equal(notifySystemd('READY=1', ''), false);
  assert.equal(notifySystemd('READY=1', undefined), false);
});
