/** The local provider as a plugin program, so that chaos can kill a provider apart from its adaptor. */

import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type PodVmProvider, type PodVmSpec, ProviderError } from '@peerpods/provider';
import { provider as local } from '@peerpods/provider-local';
import { podVmPrograms } from '#daemons/adaptor/compose.ts';
import { openLog } from '#io/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';

const folder = join(import.meta.dirname, '../../proto');
const loaded = loadSync([join(folder, 'provider.proto'), join(folder, 'grpc-health.proto')], { enums: String });
const log = openLog({ component: 'plugin', level: 'info' });
let opened: PodVmProvider | undefined;

interface Request {
  readonly stateDir: string;
  readonly spec: PodVmSpec;
  readonly podVmId: string;
  readonly owner: PodVmSpec['owner'];
}

function current(): PodVmProvider {
  if (!opened) throw new ProviderError('transient', 'not configured yet');
  return opened;
}

type Call = grpc.ServerUnaryCall<Request, object>;

/** Cancelled by a caller that left. */
function options(call: Call): { readonly signal: AbortSignal } {
  const left = new AbortController();
  call.on('cancelled', () => left.abort());
  return { signal: left.signal };
}

const handlers: Readonly<Record<string, (call: Call) => Promise<object>>> = {
  Describe: async () => {
    const { summary, userDataBytesMax, listLagMsMax = 0 } = local;
    return { apiVersion: 1, name: 'chaos', summary, userDataBytesMax, listLagMsMax, capabilities: [], options: [] };
  },
  Configure: async ({ request: { stateDir } }) => {
    opened = await local.open({}, { log, clock: systemClock, random: systemRandom, podVmPrograms, stateDir });
    return {};
  },
  Create: async (call) => await current().create(call.request.spec, options(call)),
  Delete: async (call) => ({ gone: (await current().delete(call.request.podVmId, options(call))) === 'gone' }),
  Get: async (call) => ({ podVm: await current().get(call.request.podVmId, options(call)) }),
  List: async (call) => ({ podVms: await current().list(call.request.owner, options(call)) }),
  Verify: async (call) => {
    await current().verify(options(call));
    return {};
  },
};

function failure(error: unknown): Partial<grpc.StatusObject> {
  const metadata = new grpc.Metadata();
  if (error instanceof ProviderError) {
    metadata.set('peerpods-code', error.code);
    if (error.podVmId !== undefined) metadata.set('peerpods-pod-vm-id', error.podVmId);
  }
  return { code: grpc.status.INTERNAL, details: error instanceof Error ? error.message : String(error), metadata };
}

const methods = Object.entries(handlers).map(([name, handle]) => {
  const answer: grpc.handleUnaryCall<Request, object> = (call, callback) => {
    handle(call).then(
      (result) => callback(null, result),
      (error: unknown) => callback(failure(error)),
    );
  };
  return [name, answer] as const;
});

function serviceOf(name: string): grpc.ServiceDefinition {
  const definition = loaded[name];
  if (!definition || 'format' in definition) throw new TypeError(`no service ${name}`);
  return definition;
}

const server = new grpc.Server();
server.addService(serviceOf('peerpods.provider.v1.Provider'), Object.fromEntries(methods));
const check: grpc.handleUnaryCall<object, object> = (_call, answer) => answer(null, { status: 'SERVING' });
server.addService(serviceOf('grpc.health.v1.Health'), { Check: check });
const address = `unix:${process.env.PEERPODS_PLUGIN_SOCKET}`;
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), () => undefined);
// An adaptor that was killed leaves no other sign.
process.stdin.resume().on('end', () => process.exit(0));
