/** vim25's faults in the contract's words. The only place that knows them by name, but for those that steer a flow. */

import { ProviderError, type ProviderErrorCode } from '@peerpods/provider';
import { VimFault } from './soap.ts';

const codes: Readonly<Record<string, ProviderErrorCode>> = {
  // The session went, twice in a row: a third login may hold. Wrong credentials are InvalidLogin.
  NotAuthenticated: 'transient',
  InvalidLogin: 'auth',
  InvalidLocale: 'invalid-configuration',
  NoPermission: 'auth',
  NoPermissionOnHost: 'auth',
  PasswordExpired: 'auth',
  InvalidArgument: 'invalid-configuration',
  InvalidRequest: 'invalid-configuration',
  InvalidName: 'invalid-configuration',
  InvalidDatastore: 'invalid-configuration',
  InvalidDatastorePath: 'invalid-configuration',
  InvalidFolder: 'invalid-configuration',
  InvalidType: 'invalid-configuration',
  DuplicateName: 'invalid-configuration',
  NotSupported: 'invalid-configuration',
  MethodNotFound: 'invalid-configuration',
  RestrictedVersion: 'invalid-configuration',
  CannotCreateFile: 'invalid-configuration',
  FileNotFound: 'invalid-configuration',
  VmConfigFault: 'invalid-configuration',
  InvalidVmConfig: 'invalid-configuration',
  CpuIncompatible: 'no-capacity',
  ManagedObjectNotFound: 'not-found',
  NotFound: 'not-found',
  InsufficientResourcesFault: 'no-capacity',
  InsufficientCpuResourcesFault: 'no-capacity',
  InsufficientMemoryResourcesFault: 'no-capacity',
  InsufficientHostCapacityFault: 'no-capacity',
  InsufficientHostCpuCapacityFault: 'no-capacity',
  InsufficientHostMemoryCapacityFault: 'no-capacity',
  InsufficientStorageSpace: 'no-capacity',
  InsufficientVFlashResourcesFault: 'no-capacity',
  InsufficientFailoverResourcesFault: 'no-capacity',
  InsufficientGraphicsResourcesFault: 'no-capacity',
  InsufficientAgentVmsDeployed: 'no-capacity',
  NumVirtualCpusExceedsLimit: 'no-capacity',
  NoDiskSpace: 'no-capacity',
  NoCompatibleHost: 'no-capacity',
  NoActiveHostInCluster: 'no-capacity',
  HostNotConnected: 'no-capacity',
  HostInMaintenanceMode: 'no-capacity',
  DatastoreNotWritableOnHost: 'no-capacity',
  InaccessibleDatastore: 'no-capacity',
  OutOfBounds: 'no-capacity',
  LicenseRestricted: 'quota',
  NotEnoughLicenses: 'quota',
};

/** The host or datastore as a whole is out of service, not just too small for this VM. */
const outOfService = new Set(['HostNotConnected', 'HostInMaintenanceMode', 'InaccessibleDatastore']);

/** Unknown faults count as transient: HostCommunication, TaskInProgress, ConcurrentAccess, Timedout and their like pass. */
export function translateFault(fault: VimFault, attempted: string): ProviderError {
  const code = codes[fault.type] ?? 'transient';
  return new ProviderError(code, `${attempted}: ${fault.message}`, {
    cause: fault,
    ...(outOfService.has(fault.type) && { scope: 'zone' as const }),
  });
}

/** The vCenter is at something else with this object: to be asked again when that is over, not at once. */
export const busyFaults: ReadonlySet<string> = new Set([
  'TaskInProgress',
  'InvalidPowerState',
  'InvalidState',
  'ConcurrentAccess',
  'ResourceInUse',
]);

/** The fault below an error of ours. */
export function faultOf(error: unknown): VimFault | undefined {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof VimFault) return one;
  return undefined;
}

/** Of an HTTP answer that is no SOAP. */
export function translateStatus(status: number, retryAfterMs: number | undefined, attempted: string): ProviderError {
  const message = `${attempted}: HTTP ${status} in place of an answer`;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    return new ProviderError('throttled', message, wait);
  }
  if (status === 404 || status === 405) {
    return new ProviderError('invalid-configuration', `${message}; is -vcenter-url that of a vCenter?`);
  }
  return new ProviderError(status === 401 || status === 403 ? 'auth' : 'transient', message, wait);
}
