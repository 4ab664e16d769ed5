/** SOAP 1.1 in vim25's dialect: envelopes, references and faults. Pure. */

import { childOf, escapeXml, textOf, type XmlElement, type XmlReader } from './xml.ts';

/** A managed object: `vm-42` of type `VirtualMachine`. */
export interface Reference {
  readonly type: string;
  readonly value: string;
}

/** What the vCenter said no with. `type` is the fault's class in vim25, such as `NoPermission`. */
export class VimFault extends Error {
  override readonly name = 'VimFault';
  readonly type: string;
  readonly detail: XmlElement | undefined;

  constructor(type: string, message: string, detail?: XmlElement) {
    super(message === '' ? type : `${type}: ${message}`);
    this.type = type;
    this.detail = detail;
  }
}

export function reference(name: string, value: Reference | undefined): string {
  return value === undefined ? '' : `<${name} type="${value.type}">${escapeXml(value.value)}</${name}>`;
}

/** Undefined for what is no reference. */
export function referenceOf(element: XmlElement | undefined): Reference | undefined {
  const type = element?.attributes.get('type');
  const value = element?.text.trim();
  return type === undefined || value === undefined || value === '' ? undefined : { type, value };
}

export const serviceInstance: Reference = { type: 'ServiceInstance', value: 'ServiceInstance' };

export function envelope(method: string, self: Reference, args: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<Body><${method} xmlns="urn:vim25">${reference('_this', self)}${args}</${method}></Body></Envelope>`
  );
}

/** The answer's element of the method, or undefined for what is not SOAP at all. Throws VimFault. */
export function answerOf(source: string, read: XmlReader): XmlElement | undefined {
  let root: XmlElement;
  try {
    root = read(source);
  } catch {
    return undefined; // a gateway's page, or an answer cut short
  }
  const body = root.name === 'Envelope' ? childOf(root, 'Body') : undefined;
  const [answer] = body?.children ?? [];
  if (answer?.name !== 'Fault') return answer;
  const [detail] = childOf(answer, 'detail')?.children ?? [];
  // The element's own name ends in Fault for every class, so the type counts.
  const type = detail?.xsiType ?? detail?.name ?? textOf(answer, 'faultcode') ?? 'Fault';
  throw new VimFault(type, textOf(answer, 'faultstring') ?? '', detail);
}

/** A task's `info.error`. */
export function taskFault(error: XmlElement): VimFault {
  const fault = childOf(error, 'fault');
  return new VimFault(fault?.xsiType ?? 'MethodFault', textOf(error, 'localizedMessage') ?? '', fault);
}
