import { onlySubscriptions } from '../../src/cli/only-subscriptions';

it.each([
  ['all visible ones', undefined, [], undefined],
  ['those of the setting', ['a', 'b'], [], ['a', 'b']],
  ['those named of all visible ones', undefined, ['c'], ['c']],
  ['those named of the setting’s', ['a', 'b'], ['b'], ['b']],
])('audits %s', (_, set, wanted, expected) => {
  expect(onlySubscriptions(set, wanted)).toEqual(expected);
});

it('refuses one that the setting leaves out', () => {
  expect(() => onlySubscriptions(['a', 'b'], ['a', 'c'])).toThrow(
    expect.objectContaining({
      name: 'CannotRunError',
      message: '--subscription c: it is not among those of the setting AUDIT_SUBSCRIPTIONS.',
    }),
  );
});
