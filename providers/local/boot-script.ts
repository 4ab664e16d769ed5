/** The first program of a local pod VM: its own /run and /media, user-data in place, then its services in order. */

import type { ProviderHost } from '@peerpods/provider';

const agentSocket = '/run/kata-containers/agent.sock';
/** Reads, each of at most 4 KiB. */
const consoleReadsMax = 1024;

/** A shell script: the VM's PID 1. User-data comes on stdin; what the services say goes to a console with a bound. */
export function bootScript(programs: NonNullable<ProviderHost['podVmPrograms']>): string {
  // dd, since it writes each read at once where head keeps it back.
  const console = `{ dd bs=4096 count=${consoleReadsMax} status=none; cat >/dev/null; }`;
  return `set -e
umask 077
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /media
mount -t tmpfs -o mode=755 tmpfs /media
mkdir -p /media/cidata /run/netns /run/peerpod
cat >/media/cidata/user-data
exec </dev/null
touch /run/netns/podns
unshare --net=/run/netns/podns true
{
  ${commandText(programs.processUserData)}
  ${commandText(programs.agent)} &
  agent=$!
  until [ -S ${agentSocket} ]; do kill -0 $agent; sleep 0.02; done
  while true; do
    ${commandText(programs.forwarder)} || true
    sleep 0.5
  done
} 2>&1 | ${console}
`;
}

function commandText(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}
