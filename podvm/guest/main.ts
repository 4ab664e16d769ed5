/** The executable of an image that has a kata-agent of its own. */

import { podVmPrograms, runProgram } from './programs.ts';

runProgram(podVmPrograms);
