/** Adaptors with one defect each, such as somebody might write: the rules have to find every one. */

import type { Variant } from './worker.ts';

export const variants: readonly Variant[] = [
  {
    name: 'asks for a pod VM before that is on record',
    change: ({ ledger }) => ({
      ledger: {
        ...ledger,
        update: async (record) => {
          const { state } = record;
          if (state.at !== 'starting' || state.step !== 'pod-vm') await ledger.update(record);
        },
      },
    }),
  },
  {
    name: 'does not record the planned tunnel',
    change: ({ ledger }) => ({
      ledger: {
        ...ledger,
        update: async (record) => {
          const { state } = record;
          if (state.at !== 'starting' || state.step !== 'connect') await ledger.update(record);
        },
      },
    }),
  },
  {
    name: 'removes the record before the rest is gone',
    change: ({ ledger, releaser }) => ({
      releaser: {
        untilDone: releaser.untilDone.bind(releaser),
        release: async (record, options) => {
          await ledger.remove(record.sandboxId);
          await releaser.release(record, options);
        },
      },
    }),
  },
  {
    name: 'leaves the tunnel',
    change: ({ releaser }) => ({
      releaser: {
        untilDone: releaser.untilDone.bind(releaser),
        release: ({ tunnel: _, ...record }, options) => releaser.release(record, options),
      },
    }),
  },
  {
    name: 'believes that a failed create made nothing',
    change: ({ starter }) => ({
      starter: wrapped(starter, {
        createPodVm: async (record, signal) => {
          const made = await starter.createPodVm(record, signal);
          return 'error' in made ? { error: made.error, mayAppear: false } : made;
        },
      }),
    }),
  },
  {
    name: 'gives every sandbox the same VNI',
    change: ({ network }) => ({ network: { ...network, allocateVni: () => 1000 } }),
  },
  {
    name: 'takes up nothing that a crash left',
    change: ({ ledger }) => ({
      ledger: {
        ...ledger,
        readAll: async (onDamaged) =>
          (await ledger.readAll(onDamaged)).filter(({ state }) => state.at === 'running' || state.at === 'created'),
      },
    }),
  },
  { name: 'never sweeps', change: () => ({ sweeps: false }) },
  {
    name: 'answers StartVM without a tunnel',
    change: ({ starter }) => ({ starter: wrapped(starter, { setUpTunnel: async (tunnel) => tunnel }) }),
  },
  {
    name: 'answers StartVM without the relay',
    change: ({ starter }) => ({ starter: wrapped(starter, { connectRelay: async () => {} }) }),
  },
];

type Starter = Parameters<Variant['change']>[0]['starter'];

/** A class instance keeps its methods on its prototype. */
function wrapped(starter: Starter, changed: Partial<Starter>): Starter {
  return {
    prepare: (pod, name) => starter.prepare(pod, name),
    discard: (sandboxId) => starter.discard(sandboxId),
    listen: (record) => starter.listen(record),
    announce: (record) => starter.announce(record),
    resumeAnnouncements: (records) => starter.resumeAnnouncements(records),
    createPodVm: (record, signal) => starter.createPodVm(record, signal),
    planTunnel: (record) => starter.planTunnel(record),
    setUpTunnel: (tunnel) => starter.setUpTunnel(tunnel),
    connectRelay: (record, signal) => starter.connectRelay(record, signal),
    afterStart: (record, signal) => starter.afterStart(record, signal),
    ...changed,
  };
}
