import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeAnswer } from '#daemons/admin-contract.ts';
import { type Check, countByStatus, renderChecks } from './check.ts';
import { judgeDaemons } from './daemons.ts';
import { judgeDirectory, judgeFile } from './files.ts';
import { judgeClock, judgeLimits } from './host.ts';
import { judgeKernel } from './kernel.ts';
import { adaptorRights, type ClusterFacts, judgeCluster } from './kubernetes.ts';
import { judgeForwarders, judgeProbe, judgeVxlanPort } from './ports.ts';
import { judgeSocket } from './sockets.ts';

const statusOf = (check: Check | undefined) => check?.status;
const statuses = (checks: readonly Check[]) => checks.map(statusOf);

/** Whoever is told of trouble is told what to do. */
function hasRemedies(checks: readonly Check[]): void {
  for (const { status, what, mend = '' } of checks) {
    assert.equal(mend !== '', status === 'warn' || status === 'fail', what);
  }
}

test('a kernel feature that is absent, denied or untried is told apart, and iptables is a way around nf_tables', () => {
  const absent = { outcome: 'absent', detail: 'EOPNOTSUPP' } as const;
  const checks = judgeKernel(
    [
      { feature: 'netns', outcome: 'works' },
      { feature: 'vxlan', ...absent },
      { feature: 'sch_ingress', outcome: 'denied', detail: 'EPERM' },
      { feature: 'cls_u32, act_mirred', outcome: 'untried' },
      { feature: 'nf_tables', ...absent },
    ],
    true,
  );
  assert.deepEqual(statuses(checks), ['ok', 'fail', 'fail', 'skip', 'warn']);
  assert.match(checks[1]?.mend ?? '', /modprobe vxlan/);
  assert.match(checks[2]?.mend ?? '', /root/);
  hasRemedies(checks);
  assert.equal(statusOf(judgeKernel([{ feature: 'nf_tables', ...absent }], false)[0]), 'fail');
});

test('a socket is absent, no socket, dead, open to others, or fine', () => {
  const base = { what: 'adaptor', path: '/s', program: 'cloud-api-adaptor' };
  const file = { isSocket: true, mode: 0o140600, uid: 0 };
  const cases = [
    judgeSocket({ ...base, file: undefined, dialled: 'ENOENT' }),
    judgeSocket({ ...base, file: { ...file, isSocket: false }, dialled: 'ENOTSOCK' }),
    judgeSocket({ ...base, file, dialled: 'ECONNREFUSED' }),
    judgeSocket({ ...base, file: { ...file, mode: 0o140660 }, dialled: 'accepted' }),
    judgeSocket({ ...base, file, dialled: 'EACCES' }),
    judgeSocket({ ...base, file: { ...file, uid: 1000 }, dialled: 'accepted' }),
    judgeSocket({ ...base, file, dialled: 'accepted' }),
  ];
  assert.deepEqual(statuses(cases), ['fail', 'fail', 'fail', 'fail', 'skip', 'warn', 'ok']);
  hasRemedies(cases);
});

test('a key that others may read fails, a certificate that others may read does not', () => {
  const judge = (isSecret: boolean, mode: number, size = 10) =>
    judgeFile({ path: '/f', what: 'client key', isSecret, file: { value: { mode, size } } }).status;
  assert.deepEqual(
    [judge(true, 0o600), judge(true, 0o640), judge(false, 0o644), judge(false, 0o666), judge(true, 0o600, 0)],
    ['ok', 'fail', 'ok', 'fail', 'fail'],
  );
  const missing = judgeFile({ path: '/f', what: 'CA', isSecret: false, file: { error: 'ENOENT' } });
  assert.equal(missing.status, 'fail');
});

test('records belong on disk and keys in memory, with room left', () => {
  const judge = (what: 'state directory' | 'pods directory', isTmpfs: boolean, freeBytes: number, mode = 0o40700) =>
    statuses(judgeDirectory({ path: '/d', what, place: { value: { mode, isTmpfs, freeBytes, freeInodes: 1e6 } } }));
  assert.deepEqual(judge('state directory', false, 1e10), ['ok', 'ok', 'ok']);
  assert.deepEqual(judge('state directory', true, 1e10), ['ok', 'warn', 'ok']);
  assert.deepEqual(judge('state directory', false, 1e8), ['ok', 'ok', 'warn']);
  assert.deepEqual(judge('state directory', false, 1e6), ['ok', 'ok', 'fail']);
  assert.deepEqual(judge('pods directory', true, 1e8), ['ok', 'ok', 'ok']);
  assert.deepEqual(judge('pods directory', false, 1e10, 0o40755), ['fail', 'warn', 'ok']);
});

const node: NodeAnswer = {
  provider: 'aws',
  cluster: 'c',
  node: 'n',
  podVmsMax: 10,
  byState: {},
  image: [{ option: 'imageid', value: 'ami-1' }],
  settings: {
    stateDir: '/s',
    podsDir: '/p',
    vxlanPort: 4789,
    forwarderPort: 15_150,
    relaySocket: '/r',
    probePort: 8000,
    credentialFiles: [],
    warmPool: {},
  },
};

test('daemons that are away, of another version, or find strange things; a provider that refuses; an image that is missing', () => {
  const answers = (version: string) => ({ value: { program: 'p', version, pid: 1, metrics: '' } });
  const nothing = { value: { found: [], due: [], unasked: [], mended: [] } };
  const facts = {
    ownVersion: '1',
    adaptor: answers('1'),
    relay: answers('1'),
    node: { value: node },
    findings: nothing,
    verified: { value: {} },
  };
  assert.deepEqual(statuses(judgeDaemons(facts)), ['ok', 'ok', 'ok', 'ok', 'ok']);
  const strange = { what: 'unknown-socket', sandboxId: 's' } as const;
  const worse = judgeDaemons({
    ...facts,
    adaptor: answers('2'),
    relay: { error: 'nobody\nsecond line' },
    node: { value: { ...node, image: [{ option: 'imageid', value: '' }] } },
    findings: { value: { found: [strange], due: [], unasked: ['relay'], mended: [] } },
    verified: { value: { error: 'E_PROVIDER_AUTH: key refused' } },
  });
  assert.deepEqual(statuses(worse), ['warn', 'fail', 'fail', 'warn', 'fail', 'fail']);
  assert.equal(worse[1]?.seen, 'nobody');
  hasRemedies(worse);
  const embedded = { ...node, settings: { ...node.settings, relaySocket: '' } };
  assert.equal(judgeDaemons({ ...facts, relay: { error: 'x' }, node: { value: embedded } })[1]?.status, 'warn');
});

test('the tunnel port: taken by a program, shared with a CNI, free; forwarders: none, some, all', () => {
  const port = (probe: 'free' | 'taken' | { error: string }, devices: string[]) =>
    judgeVxlanPort({ port: 4789, probe, processes: [], devices: { value: devices } }).status;
  const seen = [port('taken', []), port('free', ['flannel.1']), port('free', []), port({ error: 'EPERM' }, [])];
  assert.deepEqual(seen, ['fail', 'warn', 'ok', 'skip']);
  const reached = { pod: 'a/b', address: '10.0.0.1' };
  const forwarders = (...dialled: (typeof reached & { error?: string })[]) =>
    judgeForwarders({ port: 15_150, dialled });
  assert.equal(forwarders().status, 'skip');
  assert.equal(forwarders(reached).status, 'ok');
  const partly = forwarders(reached, { ...reached, error: 'ECONNREFUSED' });
  assert.equal(partly.status, 'fail');
  assert.match(partly.seen, /1 of 2 do not: a\/b at 10\.0\.0\.1: ECONNREFUSED/);
  assert.equal(judgeProbe({ port: undefined, ready: { error: '' } }).status, 'skip');
  assert.equal(
    judgeProbe({ port: 1, ready: { value: { status: 503, body: 'E_IO: dial the relay\n' } } }).status,
    'fail',
  );
  assert.equal(judgeProbe({ port: 1, ready: { value: { status: 200, body: 'ok' } } }).status, 'ok');
});

test('a clock before its time, outside of a certificate, or kept by nothing', () => {
  const now = Date.UTC(2026, 5, 1);
  const certificate = { path: '/c', fromMs: now - 1000, toMs: now + 1000 };
  const judge = (wallMs: number, keepers: string[]) =>
    judgeClock({ wallMs, keepers, certificates: [certificate] }).status;
  assert.deepEqual(
    [judge(0, ['chronyd']), judge(now + 5000, ['chronyd']), judge(now, []), judge(now, ['ntpd'])],
    ['fail', 'fail', 'warn', 'ok'],
  );
});

test('open files: nearly used up fails, too few for the pods there may be warns', () => {
  const judge = (limit: number, open: number) =>
    judgeLimits({ program: 'agent-relay', files: { value: { limit, open } }, podsMax: 100 }).status;
  assert.deepEqual([judge(1024, 900), judge(1024, 20), judge(65_536, 20)], ['fail', 'warn', 'ok']);
});

test('a cluster: nobody named one, no answer, missing rights, missing kinds, another capacity', () => {
  assert.equal(judgeCluster({ error: 'none' }, false)[0]?.status, 'skip');
  assert.equal(judgeCluster({ error: 'none' }, true)[0]?.status, 'fail');
  const facts: ClusterFacts = {
    server: 'https://k',
    rights: adaptorRights.map((right) => ({ right, allowed: { value: true } })),
    peerPodKind: { value: 'there' },
    runtimeClass: { name: 'kata-remote', handler: { value: 'kata-remote' } },
    node: { name: 'n', capacity: { value: '10' } },
    podVmsMax: 10,
  };
  assert.deepEqual(statuses(judgeCluster({ value: facts }, true)), ['ok', 'ok', 'ok', 'ok', 'ok']);
  const withoutSecrets = facts.rights.map(({ right }) => ({ right, allowed: { value: right.resource !== 'secrets' } }));
  assert.equal(judgeCluster({ value: { ...facts, rights: withoutSecrets } }, true)[1]?.status, 'warn');
  const withoutNodes = facts.rights.map(({ right }) => ({ right, allowed: { value: right.resource !== 'nodes' } }));
  const worse = judgeCluster(
    {
      value: {
        ...facts,
        rights: withoutNodes,
        peerPodKind: { value: undefined },
        runtimeClass: { name: 'kata-remote', handler: { value: undefined } },
        node: { name: 'n', capacity: { value: undefined } },
      },
    },
    true,
  );
  assert.deepEqual(statuses(worse), ['ok', 'fail', 'fail', 'fail', 'fail']);
  assert.match(worse[1]?.seen ?? '', /patch nodes\/status \(capacity is not advertised\)/);
  hasRemedies(worse);
  const other = judgeCluster({ value: { ...facts, node: { name: 'n', capacity: { value: '3' } } } }, true);
  assert.equal(other.at(-1)?.status, 'warn');
});

test('the text has a row for each check, the remedies of failures before those of warnings, and the sum', () => {
  const checks: Check[] = [
    { area: 'host', what: 'clock', status: 'warn', seen: 's1', mend: 'm1' },
    { area: 'kernel', what: 'vxlan', status: 'fail', seen: 's2', mend: 'm2' },
    { area: 'ports', what: 'probe', status: 'ok', seen: 's3' },
  ];
  assert.deepEqual(countByStatus(checks), { ok: 1, warn: 1, fail: 1, skip: 0 });
  const text = renderChecks(checks);
  assert.match(text, /^STATUS +AREA +CHECK +SEEN\nwarn +host +clock +s1\nfail/);
  assert.ok(text.indexOf('m2') < text.indexOf('m1') && text.indexOf('m1') > 0);
  assert.match(text, /\n1 ok, 1 to look at, 1 wrong, 0 not looked at\n$/);
});
