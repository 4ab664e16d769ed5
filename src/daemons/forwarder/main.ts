#!/usr/bin/env node
/** agent-protocol-forwarder: the pod VM's door to its kata-agent. */

import { restartTuned, streamFlags } from '#daemons/runtime.ts';

restartTuned(streamFlags);
await import('./run.ts');
