/** @peerpods/provider: the contract between cloud-api-adaptor and the clouds. No dependencies. */

export { ProviderError, type ProviderErrorCode, type ProviderErrorDetails } from './errors.ts';
export type { OptionKind, OptionSpec, OptionValue, OptionValues } from './options.ts';
export type { Owner, PodVm, PodVmSpec, PodVmState, Sizing } from './pod-vm.ts';
export type { CallOptions, PodVmProvider, ProviderHost, ProviderLog, ProviderModule } from './provider.ts';
