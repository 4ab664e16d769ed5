/** How we prove who we are: client secret, else workload identity, else managed identity. */

import type { TokenCredential } from '@azure/identity';
import { ProviderError } from '@peerpods/provider';
import type { CredentialSettings } from './options.ts';

/** Any other may be a private cloud's or a proxy's, which Microsoft's list of clouds does not know. */
const knownAuthorities = ['login.microsoftonline.com', 'login.chinacloudapi.cn', 'login.microsoftonline.us'];

export async function openCredential(settings: CredentialSettings): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const { tenant, client, secret, tokenFile, authorityHost } = settings;
  const common = {
    authorityHost,
    disableInstanceDiscovery: !knownAuthorities.includes(new URL(authorityHost).host),
    retryOptions: { maxRetries: 0 },
  };
  if (secret !== undefined) {
    return new identity.ClientSecretCredential(
      tenant ?? refuse('-secret needs -tenantid (AZURE_TENANT_ID)'),
      client ?? refuse('-secret needs -clientid (AZURE_CLIENT_ID)'),
      secret,
      common,
    );
  }
  if (tokenFile !== undefined) {
    return new identity.WorkloadIdentityCredential({
      ...common,
      tenantId: tenant ?? refuse('workload identity needs -tenantid (AZURE_TENANT_ID)'),
      clientId: client ?? refuse('workload identity needs -clientid (AZURE_CLIENT_ID)'),
      tokenFilePath: tokenFile,
    });
  }
  return client === undefined
    ? new identity.ManagedIdentityCredential()
    : new identity.ManagedIdentityCredential({ clientId: client });
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
