/** peerpodctl completion: scripts for shells. */

import { type Command, exitCodes } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';

const shells: Readonly<Record<string, (root: Command) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `root` is asked for when the command runs: it holds this command, too. */
export function completion(root: () => Command): Command {
  return {
    name: 'completion',
    summary: 'Writes a completion script for bash, zsh or fish',
    detail: 'Names of pods are completed as well: the script asks `peerpodctl get pods` for them.',
    args: [{ name: 'SHELL', isRequired: true, choices: Object.keys(shells), help: 'for which shell' }],
    examples: [
      { line: 'source <(peerpodctl completion bash)', says: 'for this bash; put the line into ~/.bashrc for all' },
      { line: 'peerpodctl completion zsh > ~/.zfunc/_peerpodctl', says: 'for zsh, with ~/.zfunc in fpath' },
      { line: 'peerpodctl completion fish > ~/.config/fish/completions/peerpodctl.fish', says: 'for fish' },
    ],
    run: async (invocation, world) => {
      const [shell = ''] = invocation.words;
      world.write(shells[shell]?.(root()) ?? '');
      return exitCodes.ok.code;
    },
  };
}
