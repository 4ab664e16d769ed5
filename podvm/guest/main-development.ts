/** The executable of an image without a kata-agent: the development agent, and the demo's workload, are in it too. */

import { podVmPrograms, runProgram } from './programs.ts';

runProgram({
  ...podVmPrograms,
  'kata-agent': () => import('#dev/agent/main.ts'),
  'demo-workload': () => import('#dev/demo/workload.ts'),
});
