/** One run of peerpodctl: from its words to an exit code. */

import { errorText, isPeerPodError } from '#base/errors.ts';
import { type Command, exitCodes, type World } from './command.ts';
import { type Chosen, parseCommandLine } from './command-line.ts';
import { renderHelp } from './help.ts';

/** Never rejects. */
export async function runCommandLine(root: Command, argv: readonly string[], world: World): Promise<number> {
  try {
    const chosen = parseCommandLine(root, withoutHelpWord(argv));
    if (chosen.wantsHelp) {
      world.write(renderHelp(chosen.path));
      return exitCodes.ok.code;
    }
    return await runChosen(chosen, world);
  } catch (error) {
    world.remark(`${root.name}: ${textOf(error)}\n`);
    return exitCodeOf(error);
  }
}

/** `help get pods` is `get pods --help`, and nothing at all is `--help`. */
function withoutHelpWord(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
}

async function runChosen({ command, invocation }: Chosen, world: World): Promise<number> {
  return (await command.run?.(invocation, world)) ?? exitCodes.usage.code;
}

const textOf = (error: unknown) => {
  const text = errorText(error);
  // Of a command line nobody wants to know the code.
  return isPeerPodError(error, 'E_SETTING') ? text.replace(/^E_SETTING: /, '') : text;
};

export function exitCodeOf(error: unknown): number {
  if (!isPeerPodError(error)) return exitCodes.found.code;
  switch (error.code) {
    case 'E_SETTING':
    case 'E_ARGUMENT':
      return exitCodes.usage.code;
    case 'E_IO':
    case 'E_RPC_CLOSED':
    case 'E_DEADLINE':
    case 'E_KUBE_UNAVAILABLE':
    case 'E_KUBE_UNAUTHORIZED':
    case 'E_KUBE_FORBIDDEN':
    case 'E_KUBE_THROTTLED':
      return exitCodes.absent.code;
    case 'E_SANDBOX_UNKNOWN':
    case 'E_KUBE_NOT_FOUND':
      return exitCodes.unknown.code;
    default:
      return exitCodes.found.code;
  }
}
