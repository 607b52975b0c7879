import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

/** Address to listen on, of every family that the pod has: `::` takes IPv4 connections too. */
export function anyAddress(interfaces: Interfaces = networkInterfaces()): string {
  return addressesIn(interfaces).some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0';
}

/** Address of the pod for its callers: the IPv4 one if it has both families, as most clusters have IPv4. */
export function ownAddress(interfaces: Interfaces = networkInterfaces()): string {
  const outer = addressesIn(interfaces).filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address));
  const own = outer.find(({ family }) => family === 'IPv4') ?? outer[0];
  return own?.address ?? '127.0.0.1';
}

function addressesIn(interfaces: Interfaces): readonly NetworkInterfaceInfo[] {
  return Object.values(interfaces).flatMap((entries = []) => entries);
}
