/** The completion script for fish. Pure. */

import type { Command } from '../command.ts';
import { flagsOf, movesOf, placesOf, valueOptionsOf } from './words.ts';

/** fish escapes within single quotes, where other shells end them. */
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export function fishCompletion(root: Command): string {
  const { name } = root;
  const values = valueOptionsOf(root).flatMap(flagsOf);
  const at = (path: string) => quoted(`__${name}_at ${quoted(path)}`);
  const lines = placesOf(root).flatMap(({ path, words, completes, options }) => [
    ...words.map(({ word, help }) => `complete -c ${name} -n ${at(path)} -a ${quoted(word)} -d ${quoted(help)}`),
    ...(completes.includes('pods')
      ? [`complete -c ${name} -n ${at(path)} -a '(${name} get pods --output name 2>/dev/null)'`]
      : []),
    ...options.map((option) => {
      const short = option.short ? ` -s ${option.short}` : '';
      const choices = option.choices
        ? ` -x -a ${quoted(option.choices.join(' '))}`
        : option.value === 'PATH'
          ? ' -r -F'
          : option.value
            ? ' -x'
            : '';
      return `complete -c ${name} -n ${at(path)} -l ${option.name}${short}${choices} -d ${quoted(option.help)}`;
    }),
  ]);
  return `# fish completion for ${name}; put it to use with: ${name} completion fish | source
function __${name}_at --description 'whether the words before the cursor lead to this command'
  set -l path ''
  set -l before ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$before" ${values.join(' ')}
      set before ''
      continue
    end
    set before "$word"
    switch "$path/$word"
${movesOf(root)
  .map(([from, word, to]) => `      case ${quoted(`${from}/${word}`)}\n        set path ${quoted(to)}`)
  .join('\n')}
    end
  end
  test "$path" = "$argv[1]"
end
complete -c ${name} -e
complete -c ${name} -f
${lines.join('\n')}
`;
}
