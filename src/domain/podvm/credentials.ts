/** What relay and pod VM prove themselves with: issued for each sandbox, or in part from an operator's own files. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorText, PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { finishIdentity } from '#io/certificate-authority.ts';
import type { IdentityPool } from './identity-pool.ts';

/** Paths; what is absent is issued. */
export interface CredentialFiles {
  /** The pod VMs' images bring server certificates of this CA, for the name `podvm-server`. */
  readonly caCertFile?: string | undefined;
  /** The client pair of this worker's relay. */
  readonly client?: { readonly certFile: string; readonly keyFile: string } | undefined;
}

export interface PodVmCredentials {
  /** The name that the VM's certificate must have. */
  readonly serverName: string;
  /** The very certificate; absent where the image brings its own. */
  readonly serverFingerprint256?: string;
  readonly relay: { readonly caPem: string; readonly certPem: string; readonly key: Secret<string> };
  /** For apf.json; what is absent the image has. */
  readonly podVm: { readonly certPem?: string; readonly key?: Secret<string>; readonly clientCaPem?: string };
}

/** The name in every server certificate of a custom CA. */
const customServerName = 'podvm-server';

interface ClientPair {
  readonly certPem: string;
  /** The first certificate of the file: the VM accepts this one, not whatever its issuer signs. */
  readonly leafPem: string;
  readonly key: Secret<string>;
}

/** Files are read for each sandbox anew, so that certificates can be rotated; `verify` reads them at the start. */
export class Credentials {
  readonly #files: CredentialFiles;
  readonly #pool: IdentityPool;

  constructor(files: CredentialFiles, pool: IdentityPool) {
    this.#files = files;
    this.#pool = pool;
  }

  /** Throws E_SETTING that names the option whose file can not be used. */
  async verify(): Promise<void> {
    await Promise.all([this.#readCa(), this.#readClient()]);
  }

  async issue(podVmName: string): Promise<PodVmCredentials> {
    const [caPem, client] = await Promise.all([this.#readCa(), this.#readClient()]);
    // In full custom mode both ends have all they need: apf.json carries no certificate.
    if (caPem !== undefined && client) return { serverName: customServerName, relay: { caPem, ...client }, podVm: {} };
    const prepared = this.#pool.take();
    const relayClient = client ?? { certPem: prepared.clientCertPem, key: prepared.clientKeyPem };
    const clientCaPem = client?.leafPem ?? prepared.clientCertPem;
    if (caPem !== undefined) {
      return { serverName: customServerName, relay: { caPem, ...relayClient }, podVm: { clientCaPem } };
    }
    const issued = finishIdentity(prepared, podVmName);
    return {
      serverName: podVmName,
      serverFingerprint256: issued.serverFingerprint256,
      relay: { caPem: issued.caCertPem, ...relayClient },
      podVm: { certPem: issued.serverCertPem, key: issued.serverKeyPem, clientCaPem },
    };
  }

  async #readCa(): Promise<string | undefined> {
    const { caCertFile } = this.#files;
    if (caCertFile === undefined) return undefined;
    const pem = await readOption('ca-cert-file', caCertFile);
    const certificates = certificatesIn('ca-cert-file', pem);
    if (!certificates.some((certificate) => certificate.ca)) {
      throw new PeerPodError('E_SETTING', `-ca-cert-file: no certificate in ${caCertFile} is a CA`);
    }
    return pem;
  }

  async #readClient(): Promise<ClientPair | undefined> {
    const { client } = this.#files;
    if (!client) return undefined;
    const [certPem, keyPem] = await Promise.all([
      readOption('cert-file', client.certFile),
      readOption('cert-key', client.keyFile),
    ]);
    const [leaf] = certificatesIn('cert-file', certPem);
    const key = new Secret(keyPem);
    if (!leaf || !keyFits(leaf, key)) {
      throw new PeerPodError('E_SETTING', `-cert-key: ${client.keyFile} is not the key of ${client.certFile}`);
    }
    return { certPem, leafPem: leaf.toString(), key };
  }
}

async function readOption(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new PeerPodError('E_SETTING', `-${flag}: ${errorText(error)}`, { cause: error });
  }
}

/** Throws E_SETTING without at least one. */
function certificatesIn(flag: string, pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new PeerPodError('E_SETTING', `-${flag}: a certificate is unreadable`, { cause: error });
  }
  throw new PeerPodError('E_SETTING', `-${flag}: the file holds no certificate`);
}

/** What is no key at all does not fit either; OpenSSL's words might quote it. */
function keyFits(certificate: X509Certificate, key: Secret<string>): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key.reveal()));
  } catch {
    return false;
  }
}
