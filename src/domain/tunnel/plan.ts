/** A plan: ordered changes to kernel state, each with its inverse. Pure; apply.ts performs it. */

import type { NetlinkRequest } from '@peerpods/netlink';

/** `host`: the namespace the tunnel's UDP socket lives in. `pod`: the pod's namespace. */
export type Place = 'host' | 'pod';

export interface Operation {
  readonly place: Place;
  readonly change: NetlinkRequest;
  /** Undoes the change; absent where an earlier operation's inverse takes this one along. */
  readonly inverse?: { readonly place: Place; readonly change: NetlinkRequest };
}

export type Plan = readonly Operation[];
