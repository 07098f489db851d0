/** IPv4 ranges, as firewalls write them: two addresses, both included. */

interface Range {
  readonly start: string;
  readonly end: string;
}

/** Never the source of what comes over the internet. https://www.rfc-editor.org/rfc/rfc1918 */
const PRIVATE: readonly Range[] = [
  { start: '10.0.0.0', end: '10.255.255.255' },
  { start: '172.16.0.0', end: '172.31.255.255' },
  { start: '192.168.0.0', end: '192.168.255.255' },
];

/** How many addresses a range has. */
export function addressCount({ start, end }: Range): number {
  return numberOf(end) - numberOf(start) + 1;
}

/** Whether a range lies within one private network, so that no public address is in it. */
export function isPrivate({ start, end }: Range): boolean {
  return PRIVATE.some((range) => numberOf(range.start) <= numberOf(start) && numberOf(end) <= numberOf(range.end));
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
