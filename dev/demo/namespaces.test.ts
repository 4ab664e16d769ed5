import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inNamespaces, type Machine, whatIsMissing } from './namespaces.ts';

const machine = (more: Partial<Machine> = {}): Machine => ({
  ordinaryUser: true,
  has: () => true,
  refusal: () => undefined,
  sysctl: () => undefined,
  ...more,
});

test('a machine that can make the namespaces lacks nothing', () => {
  assert.equal(whatIsMissing(machine()), undefined);
});

test('a missing program is named, with its package', () => {
  const text = whatIsMissing(machine({ has: (program) => program !== 'nsenter' })) ?? '';
  assert.match(text, /^missing: nsenter \(.*util-linux/);
});

for (const [path, off, remedy] of [
  ['kernel/unprivileged_userns_clone', '0', /kernel\.unprivileged_userns_clone=1/],
  ['user/max_user_namespaces', '0', /user\.max_user_namespaces=\d+/],
  ['kernel/apparmor_restrict_unprivileged_userns', '1', /apparmor_restrict_unprivileged_userns=0/],
] as const) {
  test(`${path} = ${off}: the reason, the remedy and the way around are told`, () => {
    const refusal = () => 'unshare: unshare failed: Operation not permitted';
    const text = whatIsMissing(machine({ refusal, sysctl: (asked) => (asked === path ? off : '5') })) ?? '';
    assert.match(text, /^unprivileged user namespaces are switched off: .*Operation not permitted/);
    assert.match(text, remedy);
    assert.match(text, /run the demo as root/);
  });
}

test('root without the capability is told which one it lacks', () => {
  const text = whatIsMissing(machine({ ordinaryUser: false, refusal: () => 'Operation not permitted' })) ?? '';
  assert.match(text, /CAP_SYS_ADMIN/);
});

test('only an ordinary user gets a user namespace', () => {
  assert.ok(inNamespaces(['true'], true).includes('--user'));
  assert.ok(!inNamespaces(['true'], false).includes('--user'));
});
