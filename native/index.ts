/** The package's entry: netlink sockets in any network namespace, requests and what answers them. */

export type { Lane, NativeLeg, NativeLegResult, NativeResult } from './addon.ts';
export {
  addAddress,
  copyAddress,
  delAddress,
  getAddresses,
  type InterfaceAddress,
  type NewAddress,
} from './address.ts';
export type { Attribute } from './attribute.ts';
export { getTrackedConnections } from './conntrack.ts';
export * as constants from './constants.ts';
export { isNetlinkError, NetlinkDecodeError, NetlinkError } from './errors.ts';
export {
  answersTo,
  createNetlink,
  execute,
  kernelRun,
  type Leg,
  type LegReply,
  type NativeRun,
  type Netlink,
  netlink,
  type Question,
  query,
  queryAll,
  throwFirstError,
} from './exchange.ts';
export {
  addIngressQdisc,
  clsactIngressParent,
  delQdisc,
  findIngress,
  getQdiscs,
  ingressParent,
  type Qdisc,
} from './ingress-qdisc.ts';
export {
  delLink,
  getLink,
  getLinks,
  type Link,
  type LinkChanges,
  type LinkCounters,
  type LinkRef,
  linkCounters,
  type NewLink,
  newLink,
  setLink,
} from './link.ts';
export { addRedirectFilter, delFilter, type Filter, getFilters } from './match-filter.ts';
export type { NetlinkFamily, NetlinkMessage, NetlinkQuery, NetlinkRequest } from './message.ts';
export { MessageTemplate, type TemplateValues } from './message-template.ts';
export type { Mirred } from './mirred-action.ts';
export { addNeighbour, getNeighbours, type Neighbour, type NewNeighbour } from './neighbour.ts';
export { createNetns, deleteNetns, Netns, openNetns } from './netns.ts';
export {
  addChain,
  addRule,
  addTable,
  delChain,
  delTable,
  destroyTable,
  flushChain,
  getTables,
  type NftChain,
  rawPriority,
} from './nftables.ts';
export {
  compare,
  counter,
  loadMeta,
  loadPayload,
  lookUp,
  maskRegister,
  type NftExpression,
  notrack,
  verdict,
} from './nftables-expression.ts';
export { getGeneration, type NftFamily, type NftTable, nftBatch } from './nftables-message.ts';
export { addElements, addSet, delElements, flushSet, getElements, type NftSet } from './nftables-set.ts';
export type { MessageReply } from './reply.ts';
export {
  addRoute,
  delRoute,
  getRoutes,
  isDefaultRoute,
  type NewRoute,
  type NextHop,
  nextHopsOf,
  type Route,
} from './route.ts';
export { addSourceRule, getRules, type Rule } from './rule.ts';
export type { Vxlan } from './vxlan.ts';
