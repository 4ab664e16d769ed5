/** The relay's services over ttrpc, for the adaptor that steers it and for a relay that takes over. Payloads are JSON. */

import type { Clock } from '#base/clock.ts';
import { type ServiceTable, TtrpcServer, type UnaryHandler } from '#io/ttrpc-server.ts';
import type { RelayControl, RelaySuccession } from './control.ts';
import { decodeMessage, encodeMessage, parseAttachment, parseName, parsePositive } from './control-messages.ts';

export const controlService = 'peerpods.relay.v1.Relay';
export const successionService = 'peerpods.relay.v1.Succession';

/** `more`: what else the daemon answers on this socket. */
export function relayControlServer(
  relay: RelayControl,
  clock: Clock,
  succession?: RelaySuccession,
  more: ServiceTable = {},
): TtrpcServer {
  const services = {
    ...more,
    [controlService]: controlHandlers(relay),
    ...(succession && { [successionService]: successionHandlers(succession) }),
  };
  return new TtrpcServer({ services, clock });
}

function controlHandlers(relay: RelayControl): Record<string, UnaryHandler> {
  return {
    Listen: async (payload) => {
      const fields = decodeMessage(payload);
      await relay.listen(parseName(fields.sandboxId, 'sandboxId'), parseName(fields.socketPath, 'socketPath'));
      return encodeMessage({});
    },
    Connect: async (payload, { signal }) => {
      const fields = decodeMessage(payload);
      const timeoutMs = parsePositive(fields.timeoutMs, 'timeoutMs');
      await relay.connect(parseAttachment(fields), { timeoutMs, signal });
      return encodeMessage({});
    },
    Detach: async (payload) => {
      await relay.detach(parseName(decodeMessage(payload).sandboxId, 'sandboxId'));
      return encodeMessage({});
    },
    List: async () => encodeMessage({ sandboxes: await relay.list() }),
  };
}

function successionHandlers(succession: RelaySuccession): Record<string, UnaryHandler> {
  return {
    BeginRetirement: async () => encodeMessage({ sandboxes: await succession.beginRetirement() }),
    MoveSandbox: async (payload) => {
      const { sandboxId, datagramPath } = decodeMessage(payload);
      const path = parseName(datagramPath, 'datagramPath');
      return encodeMessage(await succession.moveSandbox(parseName(sandboxId, 'sandboxId'), path));
    },
    MoveFront: async (payload) => {
      const path = parseName(decodeMessage(payload).datagramPath, 'datagramPath');
      return encodeMessage({ callers: await succession.moveFront(path) });
    },
    Retire: async () => {
      await succession.retire();
      return encodeMessage({});
    },
  };
}
