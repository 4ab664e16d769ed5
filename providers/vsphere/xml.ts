/** XML as vim25 needs it: text written in the order given, and read into elements with their namespaces resolved. */

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** The local part of xsi:type, whatever the server's prefix for that namespace is. */
  readonly xsiType: string | undefined;
  /** Those without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Of this element alone, not trimmed. */
  readonly text: string;
}

export type XmlReader = (text: string) => XmlElement;

const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
const depthMax = 64;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML 1.0 cannot say at all, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are looked for
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export function escapeXml(text: string): string {
  return text.replace(unspeakable, '').replace(/[&<>"]/g, (one) => escapes[one] ?? one);
}

/** `<name>value</name>`, or nothing for undefined. */
export function text(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** Children in the order of the schema, which a vCenter insists on. */
export function group(name: string, children: readonly string[], xsiType?: string): string {
  const typed = xsiType === undefined ? '' : ` xsi:type="${xsiType}"`;
  return `<${name}${typed}>${children.join('')}</${name}>`;
}

/** fast-xml-parser's ordered form: one key per node, its attributes beside it. */
type OrderedNode = Readonly<Record<string, unknown>>;

/** Loads the parser only now. The reader throws an Error for what is not well-formed. */
export async function openXmlReader(): Promise<XmlReader> {
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false, // a name such as 007 is text
    parseAttributeValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    htmlEntities: true, // brings the numeric ones with it
  });
  return (source) => {
    if (/<!DOCTYPE/i.test(source)) throw new Error('a document type in a SOAP answer');
    const nodes = parser.parse(source, true) as readonly OrderedNode[];
    const [root] = nodes.flatMap((node) => elementOf(node, new Map(), 0) ?? []);
    if (!root) throw new Error('no element in the answer');
    return root;
  };
}

/** `prefixes` are the namespaces in force; undefined for a text node. */
function elementOf(node: OrderedNode, prefixes: ReadonlyMap<string, string>, depth: number): XmlElement | undefined {
  if (depth > depthMax) throw new Error(`elements nested deeper than ${depthMax}`);
  const tag = Object.keys(node).find((key) => key !== ':@');
  if (tag === undefined || tag === '#text') return undefined;
  const given = (node[':@'] ?? {}) as Readonly<Record<string, string>>;
  const declared = Object.entries(given).filter(([name]) => name.startsWith('xmlns:'));
  const inside =
    declared.length === 0
      ? prefixes
      : new Map([...prefixes, ...declared.map(([name, uri]): [string, string] => [name.slice(6), uri])]);
  const attributes = new Map<string, string>();
  let xsiType: string | undefined;
  for (const [name, value] of Object.entries(given)) {
    const [prefix = '', local] = name.split(':');
    if (local === undefined) attributes.set(name, value);
    else if (local === 'type' && inside.get(prefix) === xsi) xsiType = localName(value);
  }
  const nodes = node[tag] as readonly OrderedNode[];
  return {
    name: localName(tag),
    xsiType,
    attributes,
    children: nodes.flatMap((child) => elementOf(child, inside, depth + 1) ?? []),
    text: nodes.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join(''),
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

export function childOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

export function textOf(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return childOf(element, ...path)?.text;
}
