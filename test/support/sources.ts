/** The tree's own TypeScript, and who imports whom in it. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules' || entry.name === 'build' || path === 'src/codec/gen') return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Everything but test/. */
export const sources: readonly string[] = ['src', 'native', 'providers', 'dev', 'podvm', 'image', 'proto'].flatMap(
  filesBelow,
);
export const product: readonly string[] = sources.filter((path) => !path.endsWith('.test.ts'));

export function importsOf(path: string): string[] {
  return [...read(path).matchAll(/(?:from|import\(|import)\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** The file of ours that a specifier in `path` means. */
export function target(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#dev/')) return `dev/${specifier.slice(5)}`;
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(path), specifier));
  const [, provider, part] = /^@peerpods\/provider(-[a-z]+)?(?:\/([\w/-]+))?$/.exec(specifier) ?? [];
  const [, netlink] = /^@peerpods\/netlink(?:\/([\w/-]+))?$/.exec(specifier) ?? [];
  if (specifier.startsWith('@peerpods/netlink')) return `native/${netlink ?? 'index'}.ts`;
  if (specifier.startsWith('@peerpods/provider'))
    return `providers/${provider?.slice(1) ?? 'contract'}/${part ?? 'index'}.ts`;
  return undefined;
}

/**
 * The text with the inside of comments, strings, template texts and regular expressions blanked, line breaks kept, so
 * that what is left is code. What a slash begins is told by what stands before it, as in every such reader.
 */
export function codeOf(text: string): string {
  let out = '';
  let at = 0;
  /** For each `${` that is open: how deep in braces its template began. */
  const templates: number[] = [];
  let depth = 0;
  const blank = (length: number) => {
    out += text.slice(at, at + length).replaceAll(/[^\n]/g, ' ');
    at += length;
  };
  const lengthOf = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const template = () => blank(lengthOf(/(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/y));
  while (at < text.length) {
    const character = text[at] ?? '';
    const comment = lengthOf(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/y);
    const quoted = lengthOf(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y);
    const mayBeRegex =
      character === '/' && /(?:^|[=(,:[!&|?{};+\-*%~^<>]|=>|\breturn|\bcase|\btypeof)\s*$/.test(out.slice(-80));
    const regex = mayBeRegex ? lengthOf(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y) : 0;
    if (comment > 0) blank(comment);
    else if (quoted > 0) blank(quoted);
    else if (regex > 0) blank(regex);
    else if (character === '`' || (character === '}' && templates.at(-1) === depth)) {
      if (character === '}') templates.pop();
      blank(1);
      template();
      if (text.startsWith('${', at)) {
        templates.push(depth);
        blank(2);
      } else blank(1);
    } else {
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      out += character;
      at += 1;
    }
  }
  return out;
}
