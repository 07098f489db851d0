import { addressCount, isPrivate } from '../../src/audit/ipv4';

test.each([
  ['0.0.0.0', '0.0.0.0', 1],
  ['198.51.100.0', '198.51.100.255', 256],
  ['198.51.100.255', '198.51.101.0', 2],
  ['0.0.0.0', '255.255.255.255', 2 ** 32],
])('%s–%s has %d addresses', (start, end, count) => {
  expect(addressCount({ start, end })).toBe(count);
});

test.each([
  ['10.0.0.0', '10.255.255.255', true],
  ['172.16.0.0', '172.31.255.255', true],
  ['192.168.1.1', '192.168.1.1', true],
  ['9.255.255.255', '10.0.0.1', false],
  ['10.255.255.255', '11.0.0.0', false],
  ['172.15.255.255', '172.16.0.1', false],
  ['172.31.255.255', '172.32.0.0', false],
  ['192.168.255.255', '192.169.0.0', false],
  ['10.0.0.0', '192.168.255.255', false],
])('%s–%s is private: %s', (start, end, expected) => {
  expect(isPrivate({ start, end })).toBe(expected);
});
