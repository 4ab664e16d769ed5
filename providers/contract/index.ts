/** @peerpods/provider: the contract between cloud-api-adaptor and the clouds. No dependencies. */

export { abortable, abortedError, throwIfAborted } from './abort.ts';
export { type ApiCall, ApiCaller, type ApiCallerOptions, type ApiCallReport } from './api-caller.ts';
export { Batcher, type BatcherOptions, type BatchOutcome } from './batcher.ts';
export type {
  Catalogue,
  Census,
  CostEstimate,
  CostEstimates,
  LiveUserData,
  PodVmConsole,
  PodVmEvent,
  PodVmEvents,
  ProviderCapabilities,
  WarmInstance,
  WarmInstances,
  WarmSpec,
} from './capabilities.ts';
export { checkPodVmId, checkSandboxId, checkUserData } from './checks.ts';
export { type Cidata, encodeCidata } from './cidata.ts';
export { type BreakerPolicy, CircuitBreaker, defaultBreakerPolicy } from './circuit-breaker.ts';
export { type Clock, type Random, sleep } from './clock.ts';
export { decorate, type Interceptor, type Operation, type OperationCall } from './decorate.ts';
export {
  asProviderError,
  type CapacityScope,
  isProviderError,
  ProviderError,
  type ProviderErrorCode,
  type ProviderErrorDetails,
  withPodVmId,
} from './errors.ts';
export { type GroupKey, GroupReader, type GroupReaderOptions, type Page } from './group-reader.ts';
export {
  type OptionKind,
  OptionReader,
  type OptionSpec,
  type OptionValue,
  type OptionValues,
  parseKeyValues,
} from './options.ts';
export { deterministicToken, ownerTagKeys, ownerTags, parseOwnerTags } from './ownership.ts';
export {
  defaultUnavailability,
  describeOffering,
  type Offering,
  type OfferingAxes,
  offeringsOf,
  type PlacementOptions,
  placeFirst,
  type UnavailabilityLimits,
  UnavailableOfferings,
} from './placement.ts';
export type {
  Architecture,
  CapacityType,
  ConfidentialTechnology,
  Owner,
  PodVm,
  PodVmSpec,
  PodVmState,
  Sizing,
} from './pod-vm.ts';
export { Poller, type PollerOptions } from './poller.ts';
export type {
  CallOptions,
  KubernetesFacts,
  PodVmProvider,
  ProviderHost,
  ProviderLog,
  ProviderModule,
} from './provider.ts';
export { readTail } from './read-tail.ts';
export {
  defaultRetryBudget,
  defaultRetryPolicy,
  isRetryable,
  RetryBudget,
  type RetryBudgetLimits,
  type RetryPolicy,
  retryDelayMs,
} from './retry.ts';
export { SingleFlight } from './single-flight.ts';
export { candidateTypes, type InstanceType, inOrder, type SizingRules } from './sizing.ts';
export { type BucketLimits, TokenBucket } from './token-bucket.ts';
export { Turns } from './turns.ts';
export { withLogs } from './with-logs.ts';
export { type ProviderMetrics, withMetrics } from './with-metrics.ts';
export { type OperationLimits, withRetries } from './with-retries.ts';
