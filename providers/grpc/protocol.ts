/** The two services of a plugin as their .proto files say, loaded when the first plugin is; and their messages' types. */

import { join } from 'node:path';
import type { ClientReadableStream, ServiceClientConstructor } from '@grpc/grpc-js';

export type GrpcModule = typeof import('@grpc/grpc-js');

export const apiVersion = 1;
export const healthServing = 'SERVING';

export interface Protocol {
  readonly grpc: GrpcModule;
  readonly Provider: ServiceClientConstructor;
  readonly Health: ServiceClientConstructor;
}

const folder = join(import.meta.dirname, '../../proto');

export async function openProtocol(): Promise<Protocol> {
  const [grpc, loader] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
  const files = [join(folder, 'provider.proto'), join(folder, 'grpc-health.proto')];
  const definition = await loader.load(files, { longs: Number, enums: String, defaults: true });
  const service = (name: string): ServiceClientConstructor => {
    const found = definition[name];
    if (!found || 'format' in found) throw new TypeError(`no service ${name}`);
    return grpc.makeClientConstructor(found, name);
  };
  return {
    grpc,
    Provider: service('peerpods.provider.v1.Provider'),
    Health: service('grpc.health.v1.Health'),
  };
}

export type UnaryMethod =
  | 'Describe'
  | 'Configure'
  | 'Create'
  | 'Delete'
  | 'Get'
  | 'List'
  | 'Verify'
  | 'Catalogue'
  | 'ReplaceUserData'
  | 'PrepareWarm'
  | 'ListWarm'
  | 'ClaimWarm';

export type EventStream = ClientReadableStream<unknown>;
