import ipaddr from 'ipaddr.js';

const { IPv4, IPv6 } = ipaddr;

/**
 * An address of a log as text that equals that of the same address in another log: without a port, IPv6 in lower case
 * and short, IPv4 in IPv6 as IPv4. Empty where the log has none, or another word in its place.
 */
export function canonicalAddress(text: string): string {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  if (IPv4.isValidFourPartDecimal(bare)) return bare;
  const [address = ''] = bare.split('%');
  if (!IPv6.isValid(address)) return '';
  const parsed = IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}
