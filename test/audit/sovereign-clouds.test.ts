import { DRIFT_ADVICE, type ChangedSetting } from '../../src/audit/drift-advice';
import untrustedNetwork from '../../src/checks/untrusted-network';
import { CLOUDS } from '../../src/clouds';
import { judge, NO_SIGN_INS } from '../fixtures/judge';
import { aWatch, aWatchedPrincipal, someSignIns } from '../fixtures/sign-ins';

const { graph } = CLOUDS.AzureUSGovernment;
const POLICY = {
  key: 'policy',
  name: 'policy',
  before: { state: 'enabled' },
  after: { state: 'disabled' },
  scope: { kind: 'tenant', id: 't', name: 't' },
  nameOf: (id: string) => id,
  graph,
} satisfies ChangedSetting;

describe('in another cloud Microsoft Graph is asked there', () => {
  test.each(['conditionalAccessPolicy', 'authorizationPolicy', 'appManagementPolicy'] as const)('for %s', (kind) => {
    expect(DRIFT_ADVICE[kind].look(POLICY)).toContain(' --url https://graph.microsoft.us/v1.0/');
  });

  it('to turn a policy back', () => {
    expect(DRIFT_ADVICE.conditionalAccessPolicy.undo(POLICY)).toContain(
      ' --url https://graph.microsoft.us/v1.0/identity/conditionalAccess/policies/policy ',
    );
  });

  it('to end the sessions of a user', () => {
    const id = '11111111-aaaa-4aaa-8aaa-111111111111';
    const user = aWatchedPrincipal({ kind: 'user', id, applicationId: '', name: 'ada', workspaces: [] });
    const row = someSignIns({ kind: 'user', principalId: id, applicationId: '', result: '0', address: '198.51.100.9' });
    const signIns = { ...NO_SIGN_INS, watch: aWatch({ principals: [user] }), trustedNetworks: ['203.0.113.0/24'] };
    const verdicts = judge(untrustedNetwork, { userSignIns: [row] }, { graph, signIns });
    expect(JSON.stringify(verdicts)).toContain(`https://graph.microsoft.us/v1.0/users/${id}/revokeSignInSessions`);
  });
});
