import ipaddr from 'ipaddr.js';

/** A range of addresses without parts of it, as in a NetworkPolicy. */
export interface AddressBlock {
  readonly cidr: string;
  /** Ranges in it that are left out. @default none */
  readonly except?: readonly string[];
}

/** Leading bits of the addresses in a range. */
type Prefix = string;

interface PrefixBlock {
  readonly prefix: Prefix;
  readonly except: readonly Prefix[];
}

/** Whether blocks together have all addresses of IPv4, or all of IPv6: `0.0.0.0/1` and `128.0.0.0/1` do. */
export function coverAll(blocks: readonly AddressBlock[]): boolean {
  return ([4, 6] as const).some((version) =>
    covers(
      blocks.flatMap(({ cidr, except = [] }) =>
        prefixOf(cidr, version).map((prefix) => ({ prefix, except: except.flatMap((one) => prefixOf(one, version)) })),
      ),
    ),
  );
}

function prefixOf(cidr: string, version: 4 | 6): Prefix[] {
  const { IPv4, IPv6 } = ipaddr;
  if (!(version === 4 ? IPv4 : IPv6).isValidCIDR(cidr)) return [];
  const [address, length] = ipaddr.parseCIDR(cidr);
  const bits = address.toByteArray().map((byte) => byte.toString(2).padStart(8, '0'));
  return [bits.join('').slice(0, length)];
}

/** Whether blocks have all addresses; otherwise each half of the addresses must be in them. */
function covers(blocks: readonly PrefixBlock[]): boolean {
  const left = blocks.filter(({ except }) => !except.includes(''));
  if (left.length === 0) return false;
  if (left.some(({ prefix, except }) => prefix === '' && except.length === 0)) return true;
  return ['0', '1'].every((bit) => {
    const inHalf = (prefix: Prefix) => (prefix.startsWith(bit) ? [prefix.slice(1)] : []);
    return covers(
      left.flatMap(({ prefix, except }) =>
        (prefix === '' ? [''] : inHalf(prefix)).map((rest) => ({ prefix: rest, except: except.flatMap(inHalf) })),
      ),
    );
  });
}

/** Whether a range has all addresses of another one. */
export function includes(large: string, small: string): boolean {
  return ([4, 6] as const).some((version) => {
    const [[outer], [inner]] = [prefixOf(large, version), prefixOf(small, version)];
    return outer !== undefined && inner?.startsWith(outer) === true;
  });
}
