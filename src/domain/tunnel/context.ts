/** What both ends of a tunnel work with. */

import type { Netlink, Netns } from '@peerpods/netlink';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RunProgram } from '#io/run-program.ts';

export interface TunnelContext {
  readonly netlink: Netlink;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the underlay is; undefined: the namespace this process is in. */
  readonly hostNetns?: Netns | undefined;
  /** The table of pins stays when its last pin goes, as preparePins made it: to make it again costs a pod's start 10 ms. */
  readonly keepsPinTable?: boolean | undefined;
  /** Runs iptables there, on kernels without nf_tables. Default: programs of this machine, in this process's namespace. */
  readonly run?: RunProgram | undefined;
}
