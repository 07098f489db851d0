import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { createGraph } from '../../src/inventory/azure/graph';
import { readAppManagementPolicy } from '../../src/inventory/collectors/app-management-policy';
import { aRequestContext } from '../fixtures/request-context';

const read = (body: unknown) => {
  const answer = () => Promise.resolve({ body, headers: createHttpHeaders() });
  return readAppManagementPolicy(
    createGraph({ get: answer, post: answer }, 'https://graph.example', aRequestContext()),
  );
};
const restricting = (restriction: object) => ({
  isEnabled: true,
  applicationRestrictions: { passwordCredentials: [{ restrictionType: 'passwordLifetime', ...restriction }] },
});

it.each([
  ['P90D', 90],
  ['P4DT12H30M5S', 4 + 12 / 24 + 30 / 1440 + 5 / 86_400],
  ['PT36H', 1.5],
])('%s is %d days', async (maxLifetime, days) => {
  const [policy] = await read(restricting({ maxLifetime }));
  expect(policy?.applicationLimits).toEqual([{ kind: 'secret', maxDays: days, createdAfter: null }]);
  expect(policy?.servicePrincipalLimits).toEqual([]);
});

it.each(['P', 'PT', 'P1Y', '90', ''])(
  '“%s” is no duration: the policy is not taken for one without limits',
  async (maxLifetime) => {
    await expect(read(restricting({ maxLifetime }))).rejects.toThrow(/maxLifetime: expected a duration/);
  },
);

it.each([
  ['a restriction that is switched off', { maxLifetime: 'P90D', state: 'disabled' }],
  ['one without lifetime', { maxLifetime: null }],
  ['one of another type', { maxLifetime: 'P90D', restrictionType: 'symmetricKeyLifetime' }],
])('%s sets no limit', async (_, restriction) => {
  const [policy] = await read(restricting(restriction));
  expect(policy?.applicationLimits).toEqual([]);
});

it('a policy that does not say whether it is switched on is refused', async () => {
  await expect(read({ applicationRestrictions: {} })).rejects.toThrow(/isEnabled/);
});
