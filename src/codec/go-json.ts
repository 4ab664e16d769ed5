/** JSON as Go's decoder takes it, where that is wider than JSON.parse: files that were accepted before stay accepted. */

/**
 * The first value of a text that begins with an object; what follows it is ignored. Of a key given twice the last
 * counts. Throws SyntaxError, whose message may quote the text.
 */
export function parseFirstObject(text: string): unknown {
  const end = endOfObject(text);
  return JSON.parse(end === undefined ? text : text.slice(0, end));
}

/** Keys in lower case; of two that differ in case only the last wins. Undefined: not an object. */
export function foldKeys(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry]));
}

/** After the brace that closes the first object; undefined when there is none. */
function endOfObject(text: string): number | undefined {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth <= 0) return at + 1;
    }
  }
  return undefined;
}
