/** Connection tracking of a namespace. */

import { decodeAttributes, findAttribute, readU32be } from './attribute.ts';
import {
  CTA_STATS_GLOBAL_ENTRIES,
  IPCTNL_MSG_CT_GET_STATS,
  NFNL_SUBSYS_CTNETLINK,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from './constants.ts';
import { type NetlinkQuery, splitPayload } from './message.ts';
import { nfHeaderBytes, nftPayload } from './nftables-message.ts';

const getStatistics = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET_STATS;

/** How many connections are tracked now. EINVAL when the kernel has no netlink for connection tracking. */
export function getTrackedConnections(): NetlinkQuery<number> {
  return {
    family: 'netfilter',
    type: getStatistics,
    flags: NLM_F_REQUEST | NLM_F_ACK,
    payload: nftPayload(0, []),
    attempted: 'count the tracked connections',
    decode: (message) => {
      if (message.type !== getStatistics) return undefined;
      const attributes = decodeAttributes(splitPayload(message.payload, nfHeaderBytes).rest);
      return readU32be(findAttribute(attributes, CTA_STATS_GLOBAL_ENTRIES));
    },
  };
}
