/** Pod VMs that are processes of this machine, at addresses of the loopback device. In a network namespace of one's own. */

import { execFileSync } from 'node:child_process';

const table = '4789';

/**
 * Makes every address in `prefix` (an address and a length) local, after setUpWorkerNode. UDP to them leaves by the uplink, where nobody is: a
 * tunnel whose far end is local would hand its frames back to the pod past every filter, and pods on one bridge would
 * send them to each other for ever.
 */
export function answerLocally(prefix: string): void {
  const commands = [
    `address add ${prefix} dev lo`,
    `route add default via 192.168.122.1 dev ens3 table ${table}`,
    `rule add pref 1 to ${prefix} ipproto udp lookup ${table}`,
    'rule add pref 2 lookup local',
    'rule del pref 0',
  ];
  execFileSync('ip', ['-batch', '-'], { input: commands.join('\n'), stdio: ['pipe', 'inherit', 'inherit'] });
}
