#!/usr/bin/env node
/** peerpods-webhook: the API server asks it about each new pod, and it makes peer pods of those that want to be. */

import { restartTuned } from '#daemons/runtime.ts';

/** Half of V8's own size costs no speed here, and saves 80 MB at the height of a burst. */
restartTuned(['--max-semi-space-size=8']);
await import('./run.ts');
