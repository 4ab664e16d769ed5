/** @peerpods/provider-vsphere: pod VMs as clones of a vSphere template. */

import type { ProviderModule } from '@peerpods/provider';
import { userDataBytesMax } from './clone-request.ts';
import { Inventory } from './inventory.ts';
import { Machines } from './machines.ts';
import { options, vsphereSettings } from './options.ts';
import { Placement } from './placement.ts';
import { Transport } from './transport.ts';
import { VCenter } from './vcenter.ts';
import { VsphereProvider } from './vsphere-provider.ts';
import { openXmlReader } from './xml.ts';

export const provider: ProviderModule = {
  name: 'vsphere',
  summary: 'pod VMs as clones of a vSphere template',
  options,
  userDataBytesMax,
  async open(values, { log, clock, random }) {
    const settings = vsphereSettings(values);
    const { url, trust, userName, password, rateShare } = settings;
    const transport = new Transport(url, trust);
    const vcenter = new VCenter({
      send: transport.send,
      forgetSession: () => transport.forgetSession(),
      read: await openXmlReader(),
      userName,
      password,
      clock,
      random,
      rateShare,
    });
    const inventory = new Inventory(vcenter, settings, clock);
    const machines = new Machines({ vcenter, inventory, clock, random });
    const placement = new Placement(vcenter, inventory, settings);
    const closeConnections = () => transport.close();
    return new VsphereProvider({ vcenter, inventory, machines, placement, settings, clock, log, closeConnections });
  },
};
