/** The files that a pod VM finds at its first boot, as one cloud-config document. */

import { Secret } from '#base/secret.ts';
import { encodeForwarderConfig, type ForwarderConfig } from '#codec/forwarder-config.ts';
import { encodeInitdata } from '#codec/initdata.ts';
import { encodeUserData, type UserDataFile } from '#codec/user-data.ts';

export interface BootFiles {
  readonly forwarder: ForwarderConfig;
  /** auth.json, for images that the VM pulls. */
  readonly registryAuth?: Secret<string> | undefined;
  /** The pod's own, TOML text. */
  readonly initdataToml: string | undefined;
  /** The worker's, already base64 of gzip; used where the pod has none. */
  readonly globalInitdata: string | undefined;
  readonly scratchSpace: boolean;
}

/** Holds the VM's private key. */
export function encodeBootFiles(files: BootFiles): Secret<string> {
  const list: UserDataFile[] = [{ path: '/run/peerpod/apf.json', content: encodeForwarderConfig(files.forwarder) }];
  if (files.registryAuth) list.push({ path: '/run/peerpod/auth.json', content: files.registryAuth });
  const initdata = files.initdataToml === undefined ? files.globalInitdata : encodeInitdata(files.initdataToml);
  if (initdata) list.push({ path: '/run/peerpod/initdata', content: new Secret(initdata) });
  if (files.scratchSpace) list.push({ path: '/run/peerpod/scratch-space.marker', content: new Secret('') });
  return encodeUserData(list);
}
