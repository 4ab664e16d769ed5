/** The completion script for zsh. Pure. */

import type { Command } from '../command.ts';
import { flagsOf, movesOf, placesOf, quoted, type ValuePlace, valueOptionsOf, valuesOf } from './words.ts';

/** What _describe splits at. */
const described = (word: string, help: string) => quoted(`${word.replaceAll(':', '\\:')}:${help}`);

export function zshCompletion(root: Command): string {
  const { name } = root;
  const values = valueOptionsOf(root);
  const places = placesOf(root).map(({ path, words, completes, options }) => {
    const shownWords = words.map(({ word, help }) => described(word, help)).join(' ');
    const flags = options.flatMap((option) => flagsOf(option).map((flag) => described(flag, option.help))).join(' ');
    const pods = completes.includes('pods') ? ' pods=yes' : '';
    return `    ${quoted(path)}) entries=(${shownWords}) flags=(${flags})${pods} ;;`;
  });
  return `#compdef ${name}
# zsh completion for ${name}; put it to use with: source <(${name} completion zsh)
_${name}() {
  local route='' word='' before='' pods='' at
  local -a entries flags
  for ((at = 2; at < CURRENT; at++)); do
    word=\${words[at]}
    case "$before" in
      ${values.flatMap(flagsOf).join('|')}) before=''; continue ;;
    esac
    before=$word
    case "$route/$word" in
${movesOf(root)
  .map(([from, word, to]) => `      ${quoted(`${from}/${word}`)}) route=${quoted(to)} ;;`)
  .join('\n')}
    esac
  done
  case "$before" in
    ${values.flatMap(flagsOf).join('|')})
      case "$route/$before" in
${valuesOf(root).map(offer).join('\n')}
      esac
      return ;;
  esac
  case "$route" in
${places.join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o option flags
    return
  fi
  [[ -n $pods ]] && compadd -- \${(f)"$(${name} get pods --output name 2>/dev/null)"}
  (( \${#entries} )) && _describe command entries
}
# Sourced it registers itself; on fpath zsh calls it.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function offer({ places, choices }: ValuePlace): string {
  const words = choices ? `compadd -- ${choices.map(quoted).join(' ')}` : '_files';
  return `        ${places.map(quoted).join('|')}) ${words} ;;`;
}
