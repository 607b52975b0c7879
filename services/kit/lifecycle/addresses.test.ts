import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from '@jest/globals';
import { anyAddress, ownAddress } from './addresses.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo => {
  const family = address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const };
  return { address, internal, netmask: '', mac: '', cidr: null, ...family };
};
const [v4, v6, link] = [at('10.1.2.3'), at('fd00::7'), at('fe80::1')];
const lo = [at('127.0.0.1', true)];
const both = [...lo, at('::1', true)];

test.each([
  ['IPv4', { lo, eth0: [v4] }, '10.1.2.3', '0.0.0.0'],
  ['IPv6', { lo: both, eth0: [link, v6] }, 'fd00::7', '::'],
  ['both families', { lo: both, eth0: [v6, link, v4] }, '10.1.2.3', '::'],
  ['loopback only', { lo }, '127.0.0.1', '0.0.0.0'],
])(
  'a pod with %s registers an address that others reach, and listens on all that it has',
  (_, interfaces, own, any) => {
    expect([ownAddress(interfaces), anyAddress(interfaces)]).toEqual([own, any]);
  },
);
