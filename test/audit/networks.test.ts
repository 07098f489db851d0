import { inNetworks, isNetwork, originOf, outsideOf } from '../../src/audit/networks';

describe('membership', () => {
  const isMember = inNetworks([
    '198.51.100.0/24',
    '203.0.113.7',
    '2001:db8:1::/48',
    '2001:db8:2::5',
    '::ffff:192.0.2.0/120',
  ]);
  test.each([
    ['198.51.100.0', true],
    ['198.51.100.255', true],
    ['198.51.99.255', false],
    ['198.51.101.0', false],
    ['203.0.113.7', true],
    ['203.0.113.8', false],
    ['2001:db8:1::', true],
    ['2001:db8:1:ffff:ffff:ffff:ffff:ffff', true],
    ['2001:DB8:0001:0::7', true],
    ['2001:db8:0:ffff:ffff:ffff:ffff:ffff', false],
    ['2001:db8:2::5', true],
    ['2001:db8:2::6', false],
    // IPv4 in IPv6, on either side.
    ['::ffff:198.51.100.7', true],
    ['::ffff:c633:6407', true],
    ['::ffff:198.51.101.7', false],
    ['192.0.2.255', true],
    ['192.0.3.0', false],
  ])('of %s: %s', (address, expected) => {
    expect(isMember(address)).toBe(expected);
    // And again, as it is now known.
    expect(isMember(address)).toBe(expected);
  });

  test.each(['', 'localhost', '198.51.100', '198.51.100.7:1433', '198.051.100.7', '0xC6336407', '198.51.100.0/24'])(
    '%j is no address, and in no range',
    (address) => {
      expect(isMember(address)).toBe(false);
    },
  );

  test('nobody is in no range', () => {
    expect(inNetworks([])('198.51.100.7')).toBe(false);
  });

  test('a range that is none is told', () => {
    expect(() => inNetworks(['198.51.100.0/24', 'office'])).toThrow(
      '"office" is no CIDR range such as 198.51.100.0/24 or 2001:db8::/32.',
    );
  });
});

test.each([
  '198.51.100.0/24',
  '198.51.100.7/24',
  '198.51.100.7',
  '0.0.0.0/1',
  '2001:db8::/32',
  '2001:db8::7',
  '::/1',
  '::ffff:192.0.2.0/120',
  '::ffff:192.0.2.1',
])('%s is a network', (text) => {
  expect(isNetwork(text)).toBe(true);
});

test.each([
  '',
  'office',
  '198.51.100.0/33',
  '198.51.100.0/',
  '198.51.100.0/-1',
  '198.51.100.0/8.5',
  '198.51.100.0/24/24',
  '198.51.100/24',
  '198.051.100.0/24',
  '198.51.100.1-198.51.100.9',
  ' 198.51.100.0/24',
  '2001:db8::/129',
  // Everybody.
  '0.0.0.0/0',
  '::/0',
  '::ffff:0.0.0.0/96',
])('%j is none', (text) => {
  expect(isNetwork(text)).toBe(false);
});

describe('the origin', () => {
  const origin = originOf(['198.51.100.0/24', '10.1.0.0/16']);
  const from = (address: string, autonomousSystem = '') => origin({ address, autonomousSystem });
  test.each([
    ['198.51.100.7', '3320', 'trusted'],
    ['198.51.100.7', '8075', 'trusted'],
    ['10.1.2.3', '', 'trusted'],
    ['203.0.113.7', '8075', 'microsoft'],
    ['', '8075', 'microsoft'],
    ['203.0.113.7', '80750', 'elsewhere'],
    ['203.0.113.7', '3320', 'elsewhere'],
    ['203.0.113.7', '', 'elsewhere'],
    ['2001:db8::1', '', 'elsewhere'],
    ['2002:cb00:7107::1', '', 'elsewhere'],
    ['', '', 'unknown'],
    ['somewhere', '', 'unknown'],
  ])('of %j in autonomous system %j: %s', (address, autonomousSystem, expected) => {
    expect(from(address, autonomousSystem)).toBe(expected);
  });
  test.each([
    '10.2.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.2.0.1',
  ])('%s is private', (address) => {
    expect(from(address)).toBe('private');
  });
});

test.each([
  ['198.51.100.7', '', false],
  ['203.0.113.7', '8075', false],
  ['10.2.0.1', '', false],
  ['203.0.113.7', '3320', true],
  ['', '', true],
])('%j in autonomous system %j is outside: %s', (address, autonomousSystem, expected) => {
  expect(outsideOf(['198.51.100.0/24'])({ address, autonomousSystem })).toBe(expected);
});
