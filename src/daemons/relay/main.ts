#!/usr/bin/env node
/** agent-relay: keeps the shims' agent connections, and outlives the adaptor. */

import { restartTuned, streamFlags, thriftyMemory } from '#daemons/runtime.ts';

restartTuned(streamFlags, thriftyMemory);
await import('./run.ts');
