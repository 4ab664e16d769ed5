/** The mirred action: sends a packet out of another link. */

import {
  type Attribute,
  findAttribute,
  hostIsLittle,
  nested,
  rawAttribute,
  readNested,
  readText,
  text,
} from './attribute.ts';
import { TC_ACT_STOLEN, TCA_ACT_KIND, TCA_ACT_OPTIONS, TCA_EGRESS_REDIR, TCA_MIRRED_PARMS } from './constants.ts';
import { splitPayload } from './message.ts';

export interface Mirred {
  readonly targetIndex: number;
  /** TCA_EGRESS_REDIR and its kin. */
  readonly mode: number;
}

const parmsBytes = 28;

/** Action number `order` of a filter: redirect, and the packet's way ends here. */
export function redirectAction(order: number, targetIndex: number): Attribute {
  const parms = new Uint8Array(parmsBytes); // struct tc_mirred: index, capab, action, refcnt, bindcnt, eaction, ifindex
  const view = new DataView(parms.buffer);
  view.setInt32(8, TC_ACT_STOLEN, hostIsLittle);
  view.setInt32(20, TCA_EGRESS_REDIR, hostIsLittle);
  view.setUint32(24, targetIndex, hostIsLittle);
  return nested(order, [
    text(TCA_ACT_KIND, 'mirred'),
    nested(TCA_ACT_OPTIONS, [rawAttribute(TCA_MIRRED_PARMS, parms)]),
  ]);
}

/** undefined for an action of another kind. */
export function decodeMirred(action: readonly Attribute[]): Mirred | undefined {
  if (readText(findAttribute(action, TCA_ACT_KIND)) !== 'mirred') return undefined;
  const options = readNested(findAttribute(action, TCA_ACT_OPTIONS)) ?? [];
  const parms = findAttribute(options, TCA_MIRRED_PARMS);
  if (!parms) return undefined;
  const { header } = splitPayload(parms, parmsBytes);
  return { mode: header.getInt32(20, hostIsLittle), targetIndex: header.getUint32(24, hostIsLittle) };
}
