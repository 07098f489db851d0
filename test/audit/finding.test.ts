import { fingerprint } from '../../src/audit/finding';

test('a fingerprint stays what it is from version to version, or every problem would be new', () => {
  expect(fingerprint('secret-expiry', 'App-1/KEY-1')).toBe(
    'e32e199a5cf5e6c366314e97dae4a0f15afd2bcd1cf126e61afe3c4122e1bd58',
  );
});

test('a fingerprint is of check and subject', () => {
  const one = fingerprint('secret-expiry', 'a');
  expect(fingerprint('secret-expiry', 'b')).not.toBe(one);
  expect(fingerprint('certificate-expiry', 'a')).not.toBe(one);
});
