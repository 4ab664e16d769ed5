#!/usr/bin/env node
/** agent-relay: keeps the shims' agent connections, and outlives the adaptor. */

import { restartTuned, streamFlags } from '#daemons/runtime.ts';

restartTuned(streamFlags);
await import('./run.ts');
