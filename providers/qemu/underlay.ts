/** The network between the worker and its QEMU pod VMs: one bridge, one tap a VM, addresses by number. */

import {
  addAddress,
  delLink,
  execute,
  getLink,
  isNetlinkError,
  netlink,
  newLink,
  query,
  setLink,
} from '@peerpods/netlink';
import { formatIp, parseIp, parsePrefix } from '@peerpods/netlink/addresses';
import { ProviderError } from '@peerpods/provider';

const bridgeName = 'ppqbr0';

export interface MachineAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly mac: string;
  readonly tap: string;
}

export class Underlay {
  readonly #network: Uint8Array;
  readonly #prefixLength: number;
  readonly #mtu: number;
  #last: Promise<unknown> = Promise.resolve();

  /** `cidr` is an IPv4 network of at most 30 bits. */
  constructor(cidr: string, mtu: number) {
    const { address, length } = parsePrefix(cidr);
    this.#network = parseIp(address);
    this.#prefixLength = length;
    this.#mtu = mtu;
    if (this.#network.length !== 4 || length > 30) {
      throw new ProviderError('invalid-configuration', `qemu-underlay-cidr ${cidr} is no IPv4 network with room`);
    }
  }

  /** Machines count from 1 up to this. */
  get numberMax(): number {
    return 2 ** (32 - this.#prefixLength) - 3;
  }

  /** Number 0 is the worker. */
  addressOf(number: number): string {
    const bytes = Uint8Array.from(this.#network);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, view.getUint32(0) + number + 1);
    return formatIp(bytes);
  }

  machine(number: number): MachineAddress {
    const address = this.addressOf(number);
    return {
      address,
      prefixLength: this.#prefixLength,
      gateway: this.addressOf(0),
      mac: macOf(address),
      tap: `ppqt${number}`,
    };
  }

  /** QEMU has made the tap; it goes with QEMU's last thread. */
  connect({ tap }: MachineAddress): Promise<void> {
    return this.#inTurn(async () => {
      const masterIndex = await this.#ensureBridge();
      await execute(netlink, undefined, [setLink({ name: tap }, { masterIndex, mtu: this.#mtu, up: true })]);
    });
  }

  /** QEMU's first thread, whose end is what is seen of it, may end before the one that holds the tap. */
  disconnect({ tap }: MachineAddress): Promise<void> {
    return this.#inTurn(() => removeLink(tap));
  }

  /** Removes the bridge unless `inUse` says otherwise at that moment. */
  removeUnless(inUse: () => boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (!inUse()) await removeLink(bridgeName);
    });
  }

  async #ensureBridge(): Promise<number> {
    const found = await bridgeIndex();
    if (found !== undefined) return found;
    // Without a MAC of its own it takes a tap's, and another one's when that goes: guests would lose their gateway.
    const mac = macOf(this.addressOf(0));
    await execute(netlink, undefined, [newLink({ kind: 'bridge', name: bridgeName, mtu: this.#mtu, mac, up: true })]);
    const index = await bridgeIndex();
    if (index === undefined) throw new ProviderError('transient', `the bridge ${bridgeName} vanished`);
    const address = { linkIndex: index, address: this.addressOf(0), prefixLength: this.#prefixLength };
    await execute(netlink, undefined, [addAddress(address)]);
    return index;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Locally administered, and unique on the bridge as the address is. */
function macOf(address: string): string {
  return ['02', '70', ...[...parseIp(address)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

async function removeLink(name: string): Promise<void> {
  try {
    await execute(netlink, undefined, [delLink({ name })]);
  } catch (error) {
    if (!isNetlinkError(error, 'ENODEV')) throw error;
  }
}

async function bridgeIndex(): Promise<number | undefined> {
  try {
    return (await query(netlink, undefined, getLink({ name: bridgeName })))[0]?.index;
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}
