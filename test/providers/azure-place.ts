/** Names of the Azure in memory, and the form of its errors. */

import { randomUUID } from 'node:crypto';
import type { CapturedAnswer } from './capture-server.ts';

export const subscription = '11111111-2222-3333-4444-555555555555';
export const group = 'pods';
export const region = 'westeurope';
export const tenant = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

const groupPath = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
export const subnetId = `${groupPath}/Microsoft.Network/virtualNetworks/net/subnets/pods`;
export const securityGroupId = `${groupPath}/Microsoft.Network/networkSecurityGroups/pods`;
export const imageId = `${groupPath}/Microsoft.Compute/galleries/images/images/podvm/versions/1.0.0`;

export function azureError(status: number, code: string, message: string): CapturedAnswer {
  return { status, headers: { 'x-ms-request-id': randomUUID() }, body: { error: { code, message } } };
}

export function idOf(type: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`;
}
