/** Which network an address belongs to: CIDR ranges that are trusted, Microsoft's own, private ones. */
import ipaddr from 'ipaddr.js';
import type { SignIns } from '../inventory/sign-ins';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [first: Address, prefix: number];

/**
 * `trusted`: the setting names it. `microsoft`: Azure and Microsoft's services, where most of what signs in to Synapse runs
 * and nobody's place is told. `private`: never the source of what comes over the internet. `unknown`: no address that one
 * could tell anything of.
 */
export type Origin = 'trusted' | 'microsoft' | 'private' | 'elsewhere' | 'unknown';

/** https://learn.microsoft.com/azure/internet-peering/overview */
const MICROSOFT = '8075';

/** As ipaddr.js names them. Ranges for documentation, `reserved` to it, are not among them: they are told like any other. */
const PRIVATE: readonly string[] = [
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
  'unspecified',
] satisfies readonly ReturnType<Address['range']>[];

const OUTSIDE: readonly Origin[] = ['elsewhere', 'unknown'];

/** Whether a text is an address or a CIDR range of some addresses, but not of all: who trusts everybody needs no list. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null;
}

/**
 * Whether an address lies in one of the ranges; what is no address lies in none. Answers are kept, as a log names the same
 * few addresses again and again.
 * @throws Error for a range that is none: see {@link isNetwork}
 */
export function inNetworks(ranges: readonly string[]): (address: string) => boolean {
  const networks = ranges.map((range) => {
    const network = parseNetwork(range);
    if (network === null) {
      throw new Error(`${JSON.stringify(range)} is no CIDR range such as 198.51.100.0/24 or 2001:db8::/32.`);
    }
    return network;
  });
  return remembered((text) => {
    const address = parseAddress(text);
    return address !== null && networks.some(([first, prefix]) => contains(first, prefix, address));
  });
}

/** Where sign-ins come from, to somebody who trusts these ranges. */
export function originOf(
  trustedNetworks: readonly string[],
): (signIns: Pick<SignIns, 'address' | 'autonomousSystem'>) => Origin {
  const isTrusted = inNetworks(trustedNetworks);
  const kindOf = remembered(kindOfAddress);
  return ({ address, autonomousSystem }) => {
    if (isTrusted(address)) {
      return 'trusted';
    }
    return autonomousSystem === MICROSOFT ? 'microsoft' : kindOf(address);
  };
}

/**
 * Whether sign-ins come from neither a trusted network nor a private one, nor from Microsoft's: from somewhere that tells
 * something of who signs in. So does a place whose address is not known.
 */
export function outsideOf(
  trustedNetworks: readonly string[],
): (signIns: Pick<SignIns, 'address' | 'autonomousSystem'>) => boolean {
  const origin = originOf(trustedNetworks);
  return (signIns) => OUTSIDE.includes(origin(signIns));
}

function kindOfAddress(text: string): Origin {
  const address = parseAddress(text);
  if (address === null) {
    return 'unknown';
  }
  return PRIVATE.includes(address.range()) ? 'private' : 'elsewhere';
}

/** IPv4 in IPv6 (`::ffff:198.51.100.7`) is the IPv4 address. `null` for anything that is not written out in full. */
function parseAddress(text: string): Address | null {
  // Left to itself the library takes 010.0.0.1 for 8.0.0.1, and 1.2 for 1.0.0.2.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return ipaddr.IPv4.parse(text);
  }
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : null;
}

function parseNetwork(text: string): Network | null {
  const [first = '', prefix, ...more] = text.split('/');
  const address = parseAddress(first);
  if (address === null || more.length > 0) {
    return null;
  }
  const widest = address.kind() === 'ipv4' ? 32 : 128;
  // The prefix of a range written as IPv4 in IPv6 counts from the start of the IPv6 address.
  const before = first.includes(':') && address.kind() === 'ipv4' ? 96 : 0;
  const bits = prefix === undefined ? widest : /^\d{1,3}$/.test(prefix) ? Number(prefix) - before : 0;
  return bits >= 1 && bits <= widest ? [address, bits] : null;
}

/** The library compares like with like only. */
function contains(first: Address, prefix: number, address: Address): boolean {
  return first.kind() === address.kind() && address.match(first, prefix);
}

function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) {
      return before;
    }
    const value = compute(text);
    known.set(text, value);
    return value;
  };
}
