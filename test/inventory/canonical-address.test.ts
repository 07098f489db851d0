import { canonicalAddress } from '../../src/inventory/collectors/canonical-address';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  [' 203.0.113.7 ', '203.0.113.7'],
  ['203.0.113.7:50123', '203.0.113.7'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['::1', '::1'],
])('%s is %s', (text, address) => {
  expect(canonicalAddress(text)).toBe(address);
  expect(canonicalAddress(address)).toBe(address);
});

test.each([
  '',
  'local machine',
  'Internal',
  '1',
  '0x7f.1',
  '010.0.0.1',
  '1.2.3',
  '1.2.3.256',
  '1.2.3.4/8',
  '[]',
  ':::',
])('%j is no address', (text) => {
  expect(canonicalAddress(text)).toBe('');
});
