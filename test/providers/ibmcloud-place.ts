/** Names of the IBM Cloud in memory, and the form of its errors and references. */

import { randomUUID } from 'node:crypto';
import type { CapturedAnswer } from './capture-server.ts';

export const region = 'eu-de';
export const zones = ['eu-de-1', 'eu-de-2'] as const;
export const subnetIds = ['0717-subnet-1', '0727-subnet-2'] as const;
export const vpcId = 'r010-vpc';
export const resourceGroupId = 'a-resource-group';
export const securityGroupId = 'r010-security-group';
export const secondSecurityGroupId = 'r010-second-security-group';
export const clusterSecurityGroupId = 'r010-cluster-security-group';
export const clusterId = 'c0ffee';
export const keyId = 'r010-key';
export const images = { amd64: 'r010-image-amd64', s390x: 'r010-image-s390x' } as const;
export const hostIds = ['0717-host', '0727-host'] as const;
export const hostGroupId = '0717-host-group';

export function ibmError(status: number, code: string, message: string, target?: string): CapturedAnswer {
  const one = { code, message, ...(target !== undefined && { target: { name: target, type: 'field' } }) };
  return { status, body: { errors: [one], trace: randomUUID() } };
}

export function crnOf(kind: string, id: string): string {
  return `crn:v1:bluemix:public:is:${region}:a/1234::${kind}:${id}`;
}

export function hrefOf(path: string): string {
  return `https://${region}.iaas.cloud.ibm.com/v1/${path}`;
}

/** `{id, name, href}` and what else a reference of its kind has. */
export function reference(path: string, id: string, more: object = {}): object {
  return { id, name: id, href: hrefOf(`${path}/${id}`), ...more };
}

export const resourceGroup = {
  id: resourceGroupId,
  name: 'default',
  href: `https://resource-controller.cloud.ibm.com/v2/resource_groups/${resourceGroupId}`,
};

export function zoneReference(name: string): object {
  return { name, href: hrefOf(`regions/${region}/zones/${name}`) };
}

export const vpcReference = reference('vpcs', vpcId, { crn: crnOf('vpc', vpcId), resource_type: 'vpc' });
