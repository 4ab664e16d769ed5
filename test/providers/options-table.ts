/** A provider's options as a Markdown table, for its page in docs/providers. */

import type { OptionSpec } from '@peerpods/provider';

export const tableBegin = '<!-- options: written by the test, see docs/providers.md -->';
export const tableEnd = '<!-- end of options -->';

export function optionsTable(options: readonly OptionSpec[]): string {
  const rows = options.map((option) => {
    const marks = [
      option.kind,
      ...(option.secret === true ? ['secret'] : []),
      ...(option.choices ? [`one of ${option.choices.join(', ')}`] : []),
      ...(option.min === undefined || option.max === undefined ? [] : [`${option.min} to ${option.max}`]),
    ];
    const code = (text: string | undefined) => (text === undefined || text === '' ? '' : `\`${text}\``);
    const help = option.help.replaceAll('|', '\\|');
    return `| \`-${option.flag}\` | ${code(option.env)} | ${code(option.default)} | ${marks.join(', ')} | ${help} |`;
  });
  return ['| option | environment | default | kind | what for |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The page with its table replaced; throws when the page has no place for one. */
export function withTable(page: string, table: string): string {
  const [before, rest] = page.split(tableBegin);
  const after = rest?.split(tableEnd)[1];
  if (before === undefined || after === undefined) throw new Error(`the page lacks ${tableBegin} or ${tableEnd}`);
  return `${before}${tableBegin}\n\n${table}\n\n${tableEnd}${after}`;
}
