/** The completion script for bash. Pure. */

import type { Command } from '../command.ts';
import { flagsOf, movesOf, placesOf, quoted, type ValuePlace, valueOptionsOf, valuesOf } from './words.ts';

export function bashCompletion(root: Command): string {
  const { name } = root;
  const values = valueOptionsOf(root);
  const places = placesOf(root).map(({ path, words, completes, options }) => {
    const flags = options.flatMap(flagsOf);
    const pods = completes.includes('pods') ? 'yes' : '';
    return `    ${quoted(path)}) words=${quoted(words.map(({ word }) => word).join(' '))} flags=${quoted(flags.join(' '))} pods=${quoted(pods)} ;;`;
  });
  return `# bash completion for ${name}; put it to use with: source <(${name} completion bash)
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' word='' before='' words='' flags='' pods='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case "$before" in
      ${values.flatMap(flagsOf).join('|')}) before=''; continue ;;
    esac
    before=$word
    case "$path/$word" in
${movesOf(root)
  .map(([from, word, to]) => `      ${quoted(`${from}/${word}`)}) path=${quoted(to)} ;;`)
  .join('\n')}
    esac
  done
  COMPREPLY=()
  case "$before" in
    ${values.flatMap(flagsOf).join('|')})
      case "$path/$before" in
${valuesOf(root).map(offer).join('\n')}
      esac
      return ;;
  esac
  case "$path" in
${places.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  [[ $pods ]] && words+=" $(${name} get pods --output name 2>/dev/null)"
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _${name} ${name}
`;
}

function offer({ places, choices }: ValuePlace): string {
  const words = choices ? `-W ${quoted(choices.join(' '))}` : '-f';
  return `        ${places.map(quoted).join('|')}) COMPREPLY=($(compgen ${words} -- "$cur")) ;;`;
}
