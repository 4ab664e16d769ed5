/** Reference: the shape upstream has. Each request and reply is decoded whole and encoded again by protobufjs. */

import net from 'node:net';
import { grpc } from '#codec/gen/agent.js';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer, type UnaryHandler } from '#io/ttrpc-server.ts';
import { laneSettings, vmDialler } from './lane-settings.ts';

interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

const service = 'grpc.AgentService';

/** The handler and the call that generated code would be: typed on both sides. */
function recode<Request, Response>(
  client: TtrpcClient,
  method: string,
  request: Codec<Request>,
  response: Codec<Response>,
): UnaryHandler {
  return async (payload, { signal, metadata, deadlineMs }) => {
    const asked = request.decode(payload);
    const reply = await client.call(service, method, request.encode(asked).finish(), {
      signal,
      metadata,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
    });
    return response.encode(response.decode(reply)).finish();
  };
}

const settings = laneSettings();
const dialVm = vmDialler(settings);
for (const { socketPath, port } of settings.lanes) {
  const server = net.createServer({ pauseOnConnect: true }, async (shim) => {
    const client = new TtrpcClient(await dialVm(port), { clock: systemClock });
    const services = {
      [service]: {
        ReadStdout: recode(client, 'ReadStdout', grpc.ReadStreamRequest, grpc.ReadStreamResponse),
        WriteStdin: recode(client, 'WriteStdin', grpc.WriteStreamRequest, grpc.WriteStreamResponse),
      },
    };
    shim.on('close', () => client.destroy());
    new TtrpcServer({ services, clock: systemClock }).serve(shim);
    shim.resume();
  });
  server.listen(socketPath);
  await new Promise((resolve) => server.once('listening', resolve));
}
process.stdout.write('ready\n');
