/** @peerpods/provider-grpc: providers that are programs of their own, in any language, behind gRPC on a Unix socket. */

import {
  ApiCaller,
  type Clock,
  type OptionValues,
  type ProviderHost,
  type ProviderLog,
  type ProviderModule,
  withRetries,
} from '@peerpods/provider';
import { callPlugin } from './calls.ts';
import { type Description, describedBy, optionValues } from './messages.ts';
import { pluginProvider } from './plugin-provider.ts';
import { Program, type ProgramSpec } from './program.ts';
import { apiVersion, openProtocol, type Protocol } from './protocol.ts';
import { Supervisor } from './supervisor.ts';

export type { ProgramSpec } from './program.ts';

export interface PluginHost {
  readonly log: ProviderLog;
  readonly clock: Clock;
}

const describeMsMax = 10_000;
const configureMsMax = 60_000;
/** Operations of a plugin at once; the rest waits. */
const operations = { capacity: 100, refillPerSecond: 100 } as const;

/** Starts the plugin for long enough to learn what it is. Throws ProviderError. */
export async function loadPlugin(spec: ProgramSpec, host: PluginHost): Promise<ProviderModule> {
  const protocol = await openProtocol();
  const signal = AbortSignal.timeout(60_000);
  const program = await Program.open(spec, { ...host, protocol }, signal);
  let description: Description;
  try {
    description = await describe(program, signal);
  } finally {
    await program.close();
  }
  const { name, summary, options, userDataBytesMax, listLagMsMax } = description;
  return {
    name,
    summary,
    options,
    userDataBytesMax,
    ...(listLagMsMax !== undefined && { listLagMsMax }),
    open: (values, providerHost) => openProvider(spec, protocol, description, values, providerHost),
  };
}

async function describe(program: Program, signal: AbortSignal): Promise<Description> {
  return describedBy(await callPlugin(program, 'Describe', { apiVersion }, { signal, msMax: describeMsMax }));
}

async function openProvider(
  spec: ProgramSpec,
  protocol: Protocol,
  description: Description,
  values: OptionValues,
  { log, clock, random, stateDir, owner }: ProviderHost,
) {
  const request = { values: optionValues(values), stateDir, ...(owner && { owner }) };
  const start = async (signal: AbortSignal) => {
    const program = await Program.open(spec, { protocol, log, clock }, signal);
    try {
      // A file that was replaced meanwhile may be another plugin.
      await describe(program, signal);
      await callPlugin(program, 'Configure', request, { signal, msMax: configureMsMax });
      log.info({ pid: program.processId }, 'the plugin serves');
      return program;
    } catch (error) {
      await program.close();
      throw error;
    }
  };
  const supervisor = new Supervisor({ start, clock, random, log });
  await supervisor.open(AbortSignal.timeout(configureMsMax * 2));
  const caller = new ApiCaller({ clock, random, buckets: { operations } });
  const all = { operations: 1 };
  return withRetries(pluginProvider(supervisor, description), caller, {
    costs: { create: all, delete: all, get: all, list: all, verify: all },
    attemptMsMax: {},
  });
}
