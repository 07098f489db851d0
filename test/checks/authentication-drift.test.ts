import { compareWithBaseline, DRIFT_CHECK, type Drift } from '../../src/audit/baseline';
import type { Verdict } from '../../src/audit/check';
import check from '../../src/checks/authentication-drift';
import {
  aDiagnosticSetting,
  aFirewallRule,
  anAppManagementPolicy,
  anAzureRoleAssignment,
  anEntraAdministrator,
  anEntraOnlyAuthentication,
  aPoolAuditing,
  aRole,
  aSecurityAlertPolicy,
  aServicePrincipal,
  aSqlAuditing,
  aSynapseRoleAssignment,
  aGroup,
  aUser,
  aUserAssignedIdentity,
  aWorkspace,
  guid,
  inDays,
  NOW,
  PORTAL,
  ROLES,
  STORAGE_ID,
  SUBSCRIPTION,
  TENANT,
} from '../fixtures/facts';
import { anInventory, flat, judge, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';
import {
  aConditionalAccessPolicy,
  aDirectoryAudit,
  anActivityEvent,
  anAuthorizationPolicy,
  WATCHED_FACTS,
  watchedInventory,
} from '../fixtures/watched';

const WORKSPACE = aWorkspace();
const PLACE = `--workspace-name contoso --resource-group rg-synapse --subscription ${SUBSCRIPTION}`;
const directory: SomeFacts = {
  servicePrincipals: [aServicePrincipal()],
  users: [aUser()],
  groups: [aGroup()],
};

/** What changed since yesterday. */
function driftBetween(before: SomeFacts, after: SomeFacts, workspaces = [[WORKSPACE], [WORKSPACE]] as const): Drift {
  const yesterday = watchedInventory(before, {}, workspaces[0]);
  const { baseline } = compareWithBaseline(null, yesterday, { now: inDays(-1), acceptAfterDays: 7 });
  return compareWithBaseline(baseline, watchedInventory(after, {}, workspaces[1]), { now: NOW, acceptAfterDays: 7 })
    .drift;
}

const verdictsOn = (drift: Drift, facts: SomeFacts = directory): Verdict[] => judge(check, facts, { drift });

function failOf(before: SomeFacts, after: SomeFacts, workspaces?: Parameters<typeof driftBetween>[2]): FlatVerdict {
  const [only, ...others] = verdictsOn(driftBetween(before, after, workspaces)).filter(
    ({ status }) => status === 'fail',
  );
  expect(others).toEqual([]);
  return flat(only!);
}

it('is the check whose option says when a change is accepted', () => {
  expect(check.id).toBe(DRIFT_CHECK);
});

describe('without changes', () => {
  it('on the first run the baseline is taken and said, once for the workspace and once for the directory', () => {
    const { drift } = compareWithBaseline(null, watchedInventory(), { now: NOW, acceptAfterDays: 7 });
    const [tenant, workspace, ...others] = verdictsOn(drift);
    expect(others).toEqual([]);
    expect(workspace).toEqual({
      subject: {
        id: WORKSPACE.id,
        kind: 'workspace',
        name: 'contoso',
        link: `${PORTAL}/#@${TENANT}/resource${WORKSPACE.id}`,
      },
      scope: WORKSPACE.id,
      status: 'pass',
      message:
        'The baseline of workspace “contoso” was taken now, at 2026-11-22 03:00 UTC: changes are told from the next run on.',
      evidence: {
        baselineSince: '2026-11-22T03:00:00.000Z',
        compared: expect.arrayContaining(['workspaces', 'azureRoleAssignments']) as string[],
        newInBaseline: expect.arrayContaining(['workspaces']) as string[],
      },
    });
    expect(tenant).toMatchObject({
      subject: { id: TENANT, kind: 'tenant', link: PORTAL },
      scope: TENANT,
      message: expect.stringMatching(/^The baseline of the directory’s policies was taken now/) as string,
      evidence: { compared: ['appManagementPolicies', 'authorizationPolicies', 'conditionalAccessPolicies'] },
    });
  });

  it('later it says since when nothing has changed', () => {
    expect(verdictsOn(driftBetween({}, {})).map(({ message }) => message)).toEqual([
      'Nothing that decides authentication has changed in the directory’s policies; the baseline began at 2026-11-21 03:00 UTC.',
      'Nothing that decides authentication has changed in workspace “contoso”; the baseline began at 2026-11-21 03:00 UTC.',
    ]);
  });

  it('a source that is read for the first time is named', () => {
    const yesterday = watchedInventory({}, { firewallRules: 'everywhere', sqlAuditing: 'everywhere' });
    const { baseline } = compareWithBaseline(null, yesterday, { now: inDays(-1), acceptAfterDays: 7 });
    const { drift } = compareWithBaseline(baseline, watchedInventory(), { now: NOW, acceptAfterDays: 7 });
    const [, workspace] = verdictsOn(drift);
    expect(workspace?.message).toMatch(/2026-11-21 03:00 UTC\. Of 2 sources it was taken only now\.$/);
    expect(workspace?.evidence['newInBaseline']).toEqual(['firewallRules', 'sqlAuditing']);
  });

  it('the baseline began with the source that was read first, whatever the order', () => {
    const { compared } = driftBetween({}, {});
    const later = compared.map((one, place) => (place % 2 === 0 ? { ...one, since: NOW.toISOString() } : one));
    for (const order of [later, [...later].reverse()]) {
      const [, workspace] = verdictsOn({ compared: order, changes: [] }).sort((a, b) =>
        a.subject.kind.localeCompare(b.subject.kind),
      );
      expect(workspace?.evidence['baselineSince']).toBe(inDays(-1).toISOString());
    }
  });
});

describe('a change', () => {
  it('is a finding with what was, what is, who and when, and how to turn it back', () => {
    const verdict = failOf({ firewallRules: [] }, { activityLog: [anActivityEvent()] });
    const key = aFirewallRule().id;
    expect(verdict).toEqual({
      subject: {
        id: key,
        kind: 'firewallRule',
        name: 'firewall rule head-office',
        link: `${PORTAL}/#@${TENANT}/resource${WORKSPACE.id}`,
      },
      scope: WORKSPACE.id,
      status: 'fail',
      severity: 'low',
      message:
        'Firewall rule “head-office” of workspace “contoso” changed between 2026-11-21 03:00 UTC and 2026-11-22 03:00 UTC, by ada@example.com at 2026-11-22T01:00:00.000Z (activity log). Before: not there. Now: 198.51.100.0 to 198.51.100.255. More addresses may try to sign in to Synapse Studio, the development endpoint and SQL.',
      evidence: {
        before: 'not there',
        after: '198.51.100.0 to 198.51.100.255',
        notBefore: '2026-11-21T03:00:00.000Z',
        firstSeen: '2026-11-22T03:00:00.000Z',
        changedBy: 'ada@example.com',
        changedAt: '2026-11-22T01:00:00.000Z',
        howKnown: 'activity log',
        principals: [],
        seenThisTime: true,
      },
      remediation: [
        'Look at what it is now:',
        `az synapse workspace firewall-rule list ${PLACE} --output table`,
        'If the change was not meant, turn it back:',
        `az synapse workspace firewall-rule delete ${PLACE} --name head-office --yes`,
        'If it was meant, leave it: it becomes the baseline on 2026-11-29.',
      ].join('\n'),
    });
  });

  it('silences the word that nothing changed for its own scope only', () => {
    const verdicts = verdictsOn(driftBetween({ firewallRules: [] }, {}));
    expect(verdicts.map(({ subject, status }) => [subject.kind, status])).toEqual([
      ['firewallRule', 'fail'],
      ['tenant', 'pass'],
    ]);
  });

  it('without an entry in the log says that nobody can be named, and why', () => {
    const { message, evidence } = failOf({ firewallRules: [] }, {});
    expect(message).toContain(
      'by whom is unknown: the activity log that was read since the last run has no entry about it. Before',
    );
    expect(evidence).toMatchObject({
      changedBy: null,
      changedAt: null,
      howKnown: expect.stringContaining('no entry') as string,
    });
  });

  it('by an application is told with the application’s name', () => {
    const event = anActivityEvent({ who: aServicePrincipal().id });
    const { message, evidence } = failOf({ firewallRules: [] }, { activityLog: [event] });
    expect(message).toContain(`by “Nightly loader” (${guid(103)}) at`);
    expect(evidence['changedBy']).toBe(`“Nightly loader” (${guid(103)})`);
  });

  it('that was changed back is a pass that says so', () => {
    const drift = driftBetween({ firewallRules: [] }, {});
    const [change] = drift.changes;
    const [verdict, ...others] = verdictsOn({ ...drift, changes: [{ ...change!, state: 'reverted' }] });
    expect(verdict).toMatchObject({
      status: 'pass',
      message:
        'Firewall rule “head-office” of workspace “contoso” is as it was: not there. It had changed to: 198.51.100.0 to 198.51.100.255.',
    });
    // Nothing else is wrong there, which is said too.
    expect(others.map(({ subject }) => subject.kind)).toEqual(['tenant', 'workspace']);
  });

  it('that stayed for all the days is a pass that says that it is the baseline now', () => {
    const drift = driftBetween({ firewallRules: [] }, {});
    const [change] = drift.changes;
    const [verdict] = verdictsOn({ ...drift, changes: [{ ...change!, state: 'accepted' }] });
    expect(verdict).toMatchObject({
      status: 'pass',
      message:
        'Firewall rule “head-office” of workspace “contoso” stays changed for 7 days, since 2026-11-22, and is the baseline now: 198.51.100.0 to 198.51.100.255 (before: not there).',
    });
  });

  it('that was seen before and could not be looked at this time stays, and says so', () => {
    const drift = driftBetween({ firewallRules: [] }, {});
    const [change] = drift.changes;
    const [verdict] = verdictsOn({ ...drift, changes: [{ ...change!, confirmed: false }] });
    expect(verdict).toMatchObject({ status: 'fail', evidence: { seenThisTime: false } });
    expect(verdict?.message).toMatch(/ It could not be looked at this time\.$/);
  });

  it('becomes the baseline after the days of the option', () => {
    const drift = driftBetween({ firewallRules: [] }, {});
    const [verdict] = judge(check, directory, { drift, options: { acceptAfterDays: 3 } }).map(flat);
    expect(verdict?.remediation).toMatch(/baseline on 2026-11-25\.$/);
  });
});

type Case = readonly [name: string, before: SomeFacts, after: SomeFacts, severity: string, said: RegExp, undo: RegExp];

const anyone = { start: '0.0.0.0', end: '255.255.255.255' };
const rule = (changes: Parameters<typeof aFirewallRule>[0]): SomeFacts => ({ firewallRules: [aFirewallRule(changes)] });
const half = (changes: object): SomeFacts => ({
  conditionalAccessPolicies: [{ ...aConditionalAccessPolicy(), ...changes }],
});
const report = { state: 'enabledForReportingButNotEnforced' };
const otherUsers = { parts: { ...aConditionalAccessPolicy().parts, users: 'b1' } };
const POLICY = `https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies/${guid(961)}`;

const cases: readonly Case[] = [
  [
    'Entra-only authentication switched off',
    {},
    { entraOnlyAuthentication: [anEntraOnlyAuthentication({ enabled: false })] },
    'high',
    /Before: on\. Now: off\. SQL logins with passwords are let in again/,
    /ad-only-auth enable --workspace-name contoso --resource-group rg-synapse --subscription/,
  ],
  [
    'Entra-only authentication switched on',
    { entraOnlyAuthentication: [anEntraOnlyAuthentication({ enabled: false })] },
    {},
    'medium',
    /Now: on\. Every sign-in with a SQL login and its password is refused now/,
    /ad-only-auth disable --workspace-name contoso/,
  ],
  [
    'another Entra administrator',
    {},
    { entraAdministrators: [anEntraAdministrator({ principalId: guid(201) })] },
    'high',
    /Before: “Loaders” \(.*301\)\. Now: “Ada Lovelace” \(.*201\)\. The Entra administrator may do everything/,
    /ad-admin create --workspace-name contoso .* --display-name <name> --object-id \S+301\n/,
  ],
  [
    'one more Entra administrator',
    { entraAdministrators: [] },
    {},
    'medium',
    /Before: nobody\. Now: “Loaders”/,
    /ad-admin delete --workspace-name contoso .* --yes\n/,
  ],
  [
    'a further Entra administrator',
    {},
    { entraAdministrators: [anEntraAdministrator(), anEntraAdministrator({ principalId: guid(201) })] },
    'medium',
    /Now: “Ada Lovelace” \(.*201\), “Loaders”/,
    /ad-admin create .* --object-id \S+301\n/,
  ],
  ['no Entra administrator any more', {}, { entraAdministrators: [] }, 'high', /Now: nobody\./, /ad-admin create/],
  [
    'auditing switched off',
    {},
    { sqlAuditing: [aSqlAuditing({ enabled: false })] },
    'high',
    /“contoso” in workspace “contoso” .*Before: on, to Azure Monitor, BATCH_.*, FAILED_.*, SUCC.*\. Now: off\. .*no trace now/,
    /--method put --url \S+contoso\/extendedauditingsettings\/default\?api-version=2021-06-01" --body '\{"properties":\{"state":"Enabled","isAzureMonitorTargetEnabled":true,"auditActionsAndGroups":\["BATCH_COMPLETED_GROUP",.*\],"retentionDays":0\}\}'/,
  ],
  [
    'auditing narrowed',
    {
      sqlAuditing: [aSqlAuditing({ storageEndpoint: 'https://lake.example', retentionDays: 90, predicate: 'a = 1' })],
    },
    { sqlAuditing: [aSqlAuditing({ toAzureMonitor: false, actionGroups: [] })] },
    'medium',
    /to https:\/\/lake\.example for 90 days, .*only where a = 1\. Now: on\. What is audited decides/,
    /"retentionDays":90,"storageEndpoint":"https:\/\/lake\.example","predicateExpression":"a = 1"/,
  ],
  [
    'auditing of a pool switched on',
    { sqlAuditing: [aPoolAuditing()] },
    { sqlAuditing: [aPoolAuditing({ enabled: true })] },
    'info',
    /“sales” in workspace “contoso” .*Before: off\. Now: on\./,
    /sqlpools\/sales\/extendedauditingsettings.*"state":"Disabled","isAzureMonitorTargetEnabled":false/,
  ],
  [
    'auditing of a new pool',
    {},
    { sqlAuditing: [aSqlAuditing(), aPoolAuditing({ enabled: true })] },
    'info',
    /“sales” in workspace “contoso” .*Before: not there\. Now: on\./,
    /"state":"Disabled","isAzureMonitorTargetEnabled":false,"auditActionsAndGroups":\[\],"retentionDays":0\}\}'/,
  ],
  [
    'a diagnostic setting removed',
    {},
    { diagnosticSettings: [] },
    'high',
    /“security” .*Before: all logs to \/subscriptions.*security-logs\. Now: gone\. What is no longer logged/,
    /diagnostic-settings create --name security --resource \/subscriptions\/\S+\/workspaces\/contoso --export-to-resource-specific true --logs '\[\{"categoryGroup":"allLogs","enabled":true\}\]' --workspace \S+security-logs\n/,
  ],
  [
    'a diagnostic setting narrowed',
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: ['A', 'B'] })] },
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: ['B'] })] },
    'medium',
    /Before: A, B to .*Now: B to/,
    /--logs '\[\{"category":"A","enabled":true\},\{"category":"B","enabled":true\}\]'/,
  ],
  [
    'a diagnostic setting narrowed from all logs',
    {},
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: ['A'] })] },
    'medium',
    /Now: A to/,
    /create/,
  ],
  [
    'a diagnostic setting widened',
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: ['A'] })] },
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: ['A', 'B'] })] },
    'low',
    /Now: A, B to/,
    /create/,
  ],
  [
    'a diagnostic setting widened to all logs',
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: [], logAnalyticsId: LOGS() })] },
    {},
    'low',
    /Before: no logs to .*Now: all logs to/,
    /create/,
  ],
  [
    'a diagnostic setting widened from some logs to all',
    { diagnosticSettings: [aDiagnosticSetting({ allLogs: false, categories: ['A'] })] },
    {},
    'low',
    /Before: A to .*Now: all logs to/,
    /create/,
  ],
  [
    'a diagnostic setting sent elsewhere',
    { diagnosticSettings: [aDiagnosticSetting({ logAnalyticsId: null })] },
    {},
    'medium',
    /Before: all logs to no Log Analytics workspace\./,
    /--workspace <id of the Log Analytics workspace>\n/,
  ],
  [
    'a diagnostic setting added',
    { diagnosticSettings: [] },
    {},
    'info',
    /Before: not there\. .*More is logged/,
    /diagnostic-settings delete --name security --resource \/subscriptions\/\S+\/workspaces\/contoso\n/,
  ],
  [
    'threat detection switched off',
    {},
    { securityAlertPolicies: [aSecurityAlertPolicy({ state: 'disabled' })] },
    'medium',
    /Before: on, 1 mail address told\. Now: off\. Nobody is told of brute force/,
    /securityalertpolicies\/Default\?api-version=2021-06-01" --body '\{"properties":\{"state":"Enabled","disabledAlerts":\[\],"emailAddresses":\["security@example\.com"\],"emailAccountAdmins":false\}\}'/,
  ],
  [
    'an alert switched on again',
    { securityAlertPolicies: [aSecurityAlertPolicy({ disabledAlerts: ['Brute_Force'], mailsAccountAdmins: true })] },
    {},
    'low',
    /Before: on, without Brute_Force, 1 mail address told\. .*which attacks on sign-ins are told/,
    /"disabledAlerts":\["Brute_Force"\].*"emailAccountAdmins":true/,
  ],
  [
    'more people told of alerts',
    {},
    { securityAlertPolicies: [aSecurityAlertPolicy({ mailAddresses: ['a@example.com', 'b@example.com'] })] },
    'low',
    /Now: on, 2 mail addresses told\./,
    /"emailAddresses":\["security@example\.com"\]/,
  ],
  [
    'threat detection that shows for the first time',
    { securityAlertPolicies: [] },
    {},
    'low',
    /Before: not there\. Now: on/,
    /"state":"Disabled","disabledAlerts":\[\],"emailAddresses":\[\],"emailAccountAdmins":false/,
  ],
  [
    'threat detection switched on',
    { securityAlertPolicies: [aSecurityAlertPolicy({ state: 'new' })] },
    {},
    'low',
    /Before: off\. Now: on/,
    /"state":"Disabled"/,
  ],
  [
    'a firewall rule for everybody',
    {},
    rule(anyone),
    'high',
    /Now: 0\.0\.0\.0 to 255\.255\.255\.255\. More/,
    /update .*--name head-office --start-ip-address 198\.51\.100\.0 --end-ip-address 198\.51\.100\.255\n/,
  ],
  ['half of all addresses', {}, rule({ start: '0.0.0.0', end: '127.255.255.255' }), 'high', /More addresses/, /update/],
  ['just less than half of all', {}, rule({ start: '0.0.0.0', end: '127.255.255.254' }), 'medium', /More/, /update/],
  ['1,025 addresses', {}, rule({ start: '198.51.96.0', end: '198.51.100.0' }), 'medium', /More/, /update/],
  ['1,024 addresses', {}, rule({ start: '198.51.96.0', end: '198.51.99.255' }), 'low', /More/, /update/],
  [
    'a firewall rule narrowed',
    rule(anyone),
    {},
    'low',
    /Whoever came from other addresses is refused now/,
    /update .*--start-ip-address 0\.0\.0\.0 --end-ip-address 255\.255\.255\.255\n/,
  ],
  [
    'a wide firewall rule moved',
    rule({ start: '10.0.0.0', end: '10.0.255.255' }),
    rule({ start: '10.1.0.0', end: '10.1.255.255' }),
    'low',
    /other addresses/,
    /update/,
  ],
  [
    'a firewall rule removed',
    {},
    { firewallRules: [] },
    'low',
    /Now: gone\. Whoever came from these addresses is refused now \(ClientIpAddressNotAuthorized\)/,
    /firewall-rule create .*--start-ip-address 198\.51\.100\.0/,
  ],
  [
    'a Synapse role lost',
    {},
    { synapseRoleAssignments: [] },
    'medium',
    /^The role “Synapse Contributor” of “Nightly loader” \(.*103\) in workspace “contoso” changed .*by whom is unknown: the activity log does not hold changes of Synapse roles.*Before: Synapse Contributor on workspaces\/contoso for “Nightly loader” \(.*103\)\. Now: gone\. Pipelines and sign-ins that rest on this role are refused/,
    /az synapse role assignment list --workspace-name contoso --assignee-object-id \S+103\n.*\naz synapse role assignment create --workspace-name contoso --role "Synapse Contributor" --assignee-object-id \S+103\n/,
  ],
  [
    'a Synapse role on one item lost',
    {
      synapseRoleAssignments: [
        aSynapseRoleAssignment({ scope: 'workspaces/contoso/credentials/WorkspaceSystemIdentity' }),
      ],
    },
    { synapseRoleAssignments: [] },
    'medium',
    /on workspaces\/contoso\/credentials\/WorkspaceSystemIdentity/,
    /103 --item-type credentials --item WorkspaceSystemIdentity\n/,
  ],
  [
    'a Synapse role given',
    { synapseRoleAssignments: [] },
    {},
    'low',
    /Now: Synapse Contributor on .*See that this right was meant/,
    /role assignment delete --workspace-name contoso --ids \S+701 --yes\n/,
  ],
  [
    'Synapse Administrator given',
    { synapseRoleAssignments: [] },
    { synapseRoleAssignments: [aSynapseRoleAssignment({ role: ROLES.synapseAdministrator })] },
    'medium',
    /Synapse Administrator/,
    /delete/,
  ],
  [
    'an Azure role lost',
    {},
    { azureRoleAssignments: [] },
    'medium',
    /^The role “Contributor” of “Nightly loader” \(.*103\) in Azure .*What rested on this role in workspace “contoso” or its storage is refused now/,
    new RegExp(
      `az role assignment list --assignee-object-id \\S+103 --scope /subscriptions/\\S+ --include-inherited\n.*\naz role assignment create --assignee-object-id \\S+103 --role ${ROLES.contributor.id} --scope /subscriptions/\\S+\n`,
    ),
  ],
  [
    'an Azure role with a condition lost',
    { azureRoleAssignments: [anAzureRoleAssignment({ condition: 'x' })] },
    { azureRoleAssignments: [] },
    'medium',
    /for “Nightly loader” \(.*103\) where x\. Now: gone/,
    / --condition-version 2\.0 --condition x\n/,
  ],
  [
    'an Azure role to read given',
    { azureRoleAssignments: [] },
    { azureRoleAssignments: [anAzureRoleAssignment({ role: aRole({ name: 'Reader' }) })] },
    'low',
    /“Reader”.*See that this right was meant/,
    /az role assignment delete --ids \/subscriptions\/\S+801\n/,
  ],
  ...[
    'Synapse Administrator',
    'Synapse SQL Administrator',
    'Owner',
    'Contributor',
    'User Access Administrator',
    'Role Based Access Control Administrator',
  ].map((name): Case => {
    const assignment = anAzureRoleAssignment({ role: aRole({ name }) });
    const added = { azureRoleAssignments: [assignment] };
    return [`the role ${name} given`, { azureRoleAssignments: [] }, added, 'medium', new RegExp(`“${name}”`), /delete/];
  }),
  [
    'the condition of an Azure role taken away',
    { azureRoleAssignments: [anAzureRoleAssignment({ condition: 'x' })] },
    {},
    'low',
    /Before: .* where x\. Now: .*The condition decides how far the role reaches/,
    /\naz role assignment delete --ids \S+801\naz role assignment create .* --condition x\n/,
  ],
  [
    'a conditional access policy switched to reporting',
    {},
    half(report),
    'high',
    /^Conditional access policy “Multifactor authentication” .*Before: enabled\. Now: enabledForReportingButNotEnforced\. What it demanded of sign-ins is not demanded/,
    new RegExp(`--method get --url ${POLICY}\n.*\n.*--method patch --url ${POLICY} --body '\\{"state":"enabled"\\}'`),
  ],
  [
    'a conditional access policy removed',
    {},
    { conditionalAccessPolicies: [] },
    'high',
    /Now: gone\. What it demanded/,
    new RegExp(`Deleted policies \\(kept for 30 days\\); its id is ${guid(961)}\\.`),
  ],
  [
    'a conditional access policy switched on',
    half(report),
    {},
    'medium',
    /Now: enabled\. It decides which sign-ins are refused/,
    /"state":"enabledForReportingButNotEnforced"/,
  ],
  [
    'the rules of an enabled policy',
    {},
    half(otherUsers),
    'medium',
    /Before: enabled, with other users\. Now: enabled, with other users\./,
    /patch/,
  ],
  [
    'the rules of a policy that only reports',
    half(report),
    half({ ...report, ...otherUsers }),
    'info',
    /with other users/,
    /patch/,
  ],
  [
    'an enabled policy added',
    { conditionalAccessPolicies: [] },
    {},
    'medium',
    /Before: not there\. Now: enabled\./,
    /patch .*'\{"state":"disabled"\}'/,
  ],
  [
    'a policy that only reports added',
    { conditionalAccessPolicies: [] },
    half(report),
    'info',
    /Now: enabledFor/,
    /patch/,
  ],
  [
    'the authorization policy',
    {},
    { authorizationPolicies: [anAuthorizationPolicy({ usersMayCreateApps: true })] },
    'medium',
    /^The tenant’s authorization policy .*Before: usersMayCreateApps false\. Now: usersMayCreateApps true\. It decides who may register/,
    /policies\/authorizationPolicy\n.*\nSet these values again/,
  ],
  [
    'the app management policy for service principals',
    {},
    {
      appManagementPolicies: [
        anAppManagementPolicy({ servicePrincipalLimits: [{ kind: 'secret', maxDays: 90, createdAfter: null }] }),
      ],
    },
    'medium',
    /Now: applications: no limits; service principals: secret 90 days\./,
    /defaultAppManagementPolicy/,
  ],
  [
    'the app management policy',
    {
      appManagementPolicies: [
        anAppManagementPolicy({
          applicationLimits: [{ kind: 'secret', maxDays: 180, createdAfter: inDays(-300) }],
        }),
      ],
    },
    {},
    'medium',
    /Before: applications: secret 180 days 2026-01-26; service principals: no limits\. Now: applications: no limits; .* It decides how long new secrets and certificates may be valid\./,
    /defaultAppManagementPolicy\n.*\nSet these limits again/,
  ],
];

function LOGS(): string {
  return aDiagnosticSetting().logAnalyticsId ?? '';
}

describe('the advice on', () => {
  it.each(cases)('%s', (_, before, after, severity, said, undo) => {
    const verdict = failOf(before, after);
    expect(verdict.severity).toBe(severity);
    expect(verdict.message).toMatch(said);
    expect(verdict.remediation).toMatch(undo);
    expect(verdict.subject.link).toMatch(/^https:\/\/portal\.azure\.com/);
  });

  const identity = aWorkspace().identity;
  const attached = { id: aUserAssignedIdentity().id, clientId: null, principalId: null };
  const open = aWorkspace({ publicNetworkAccess: true });

  it.each([
    [
      'public network access switched on',
      WORKSPACE,
      open,
      'high',
      /Before: off\. Now: on\. The workspace can be reached from the internet/,
      /"publicNetworkAccess":"Disabled"/,
    ],
    [
      'public network access switched off',
      open,
      WORKSPACE,
      'medium',
      /Now: off\. Whoever does not come over a private endpoint/,
      /"publicNetworkAccess":"Enabled"/,
    ],
    [
      'public network access that Azure does not say any more',
      open,
      aWorkspace({ publicNetworkAccess: null }),
      'medium',
      /Now: not said\./,
      /"Enabled"/,
    ],
    [
      'the own identity replaced',
      WORKSPACE,
      aWorkspace({ identity: { ...identity, principalId: guid(402) } }),
      'high',
      /Before: its own \(.*401\)\. Now: its own \(.*402\)\. Its own identity has another object id/,
      /'\{"identity":\{"type":"SystemAssigned"\}\}'/,
    ],
    [
      'the own identity removed',
      aWorkspace({ identity: { ...identity, userAssigned: [attached] } }),
      aWorkspace({ identity: { ...identity, systemAssigned: false, userAssigned: [attached] } }),
      'high',
      /Now: no own identity, id-loader\./,
      /"type":"SystemAssigned,UserAssigned"\}/,
    ],
    [
      'an own identity added',
      aWorkspace({ identity: { ...identity, systemAssigned: false } }),
      WORKSPACE,
      'info',
      /Before: no own identity\./,
      /"type":"None"/,
    ],
    [
      'a user-assigned identity attached',
      WORKSPACE,
      aWorkspace({ identity: { ...identity, userAssigned: [attached] } }),
      'info',
      /Now: its own \(.*401\), id-loader\. Linked services that use a detached identity/,
      /"userAssignedIdentities":\{"\/subscriptions\/\S+id-loader":null\}/,
    ],
    [
      'a further user-assigned identity attached',
      aWorkspace({ identity: { ...identity, userAssigned: [attached] } }),
      aWorkspace({ identity: { ...identity, userAssigned: [attached, { ...attached, id: '/second' }] } }),
      'info',
      /Now: its own \(.*401\), .*id-loader/,
      /"type":"SystemAssigned,UserAssigned","userAssignedIdentities":\{"\/second":null\}/,
    ],
    [
      'a user-assigned identity detached',
      aWorkspace({ identity: { ...identity, userAssigned: [attached] } }),
      WORKSPACE,
      'medium',
      /Before: its own \(.*401\), id-loader\./,
      /"type":"SystemAssigned,UserAssigned","userAssignedIdentities":\{"\/subscriptions\/\S+id-loader":\{\}\}/,
    ],
  ])('%s', (_, before, after, severity, said, undo) => {
    const verdict = failOf({}, {}, [[before], [after]]);
    expect(verdict.severity).toBe(severity);
    expect(verdict.message).toMatch(said);
    expect(verdict.remediation).toMatch(undo);
    expect(verdict.subject.kind).toBe('setting');
  });
});

describe('what changed is named, and there is a command that shows it', () => {
  const told = (verdict: FlatVerdict): readonly (string | undefined)[] => [
    verdict.message.split(' changed between ')[0],
    verdict.remediation.split('\n')[1],
  ];
  const show = (path: string, query = ''): string =>
    `az rest --method get --url "${WORKSPACE.id}${path}?api-version=2021-06-01"${query}`;

  it.each<[string, SomeFacts, string]>([
    [
      'Entra-only authentication of workspace “contoso”',
      { entraOnlyAuthentication: [] },
      `az synapse ad-only-auth get ${PLACE}`,
    ],
    [
      'The Entra administrator of workspace “contoso”',
      { entraAdministrators: [] },
      `az synapse sql ad-admin show ${PLACE}`,
    ],
    [
      'SQL auditing of “contoso” in workspace “contoso”',
      { sqlAuditing: [] },
      show('/extendedauditingsettings/default'),
    ],
    [
      'Diagnostic setting “security” of workspace “contoso”',
      { diagnosticSettings: [] },
      `az monitor diagnostic-settings show --name security --resource ${WORKSPACE.id}`,
    ],
    ['Threat detection of workspace “contoso”', { securityAlertPolicies: [] }, show('/securityalertpolicies/Default')],
    [
      'The tenant’s default app management policy',
      { appManagementPolicies: [] },
      'az rest --method get --url https://graph.microsoft.com/v1.0/policies/defaultAppManagementPolicy',
    ],
  ])('%s', (what, gone, look) => {
    expect(told(failOf({}, gone))).toEqual([what, look]);
  });

  it.each([
    [
      'Public network access of workspace “contoso”',
      aWorkspace({ publicNetworkAccess: true }),
      'properties.publicNetworkAccess',
    ],
    [
      'The identities of workspace “contoso”',
      aWorkspace({ identity: { ...WORKSPACE.identity, systemAssigned: false } }),
      'identity',
    ],
  ])('%s', (what, after, query) => {
    const verdict = failOf({}, {}, [[WORKSPACE], [after]]);
    expect(told(verdict)).toEqual([what, show('', ` --query ${query}`)]);
    expect(verdict.remediation).toContain(
      `\naz rest --method patch --url "${WORKSPACE.id}?api-version=2021-06-01" --body `,
    );
  });
});

describe('the subject', () => {
  it('of an Azure role links to the access control of its scope', () => {
    const assignment = anAzureRoleAssignment({ scope: STORAGE_ID });
    const { subject } = failOf({ azureRoleAssignments: [assignment] }, { azureRoleAssignments: [] });
    expect(subject).toEqual({
      id: assignment.id,
      kind: 'roleAssignment',
      name: 'Azure role Contributor',
      link: `${PORTAL}/#@${TENANT}/resource${STORAGE_ID}/users`,
    });
  });

  it('of a conditional access policy links to the policy', () => {
    const { subject } = failOf({}, half(report));
    expect(subject).toEqual({
      id: guid(961),
      kind: 'policy',
      name: 'conditional access policy Multifactor authentication',
      link: `${PORTAL}/#view/Microsoft_AAD_ConditionalAccess/PolicyBlade/policyId/${guid(961)}`,
    });
  });

  it('of an authorization policy links to the user settings', () => {
    const { subject } = failOf({}, { authorizationPolicies: [anAuthorizationPolicy({ usersMayCreateApps: true })] });
    expect(subject.link).toMatch(/UserManagementMenuBlade\/~\/UserSettings$/);
  });

  it('of an app management policy links to the portal, as it has no page of its own', () => {
    const limited = anAppManagementPolicy({
      applicationLimits: [{ kind: 'secret', maxDays: 180, createdAfter: null }],
    });
    expect(failOf({}, { appManagementPolicies: [limited] }).subject.link).toBe(PORTAL);
  });

  it.each<[string, string, SomeFacts]>([
    ['setting', 'Entra-only authentication contoso', { entraOnlyAuthentication: [] }],
    ['setting', 'Entra administrator contoso', { entraAdministrators: [] }],
    ['setting', 'SQL auditing contoso', { sqlAuditing: [] }],
    ['setting', 'diagnostic setting security', { diagnosticSettings: [] }],
    ['setting', 'threat detection contoso', { securityAlertPolicies: [] }],
    ['firewallRule', 'firewall rule head-office', { firewallRules: [] }],
    ['roleAssignment', 'Synapse role Synapse Contributor', { synapseRoleAssignments: [] }],
    ['roleAssignment', 'Azure role Contributor', { azureRoleAssignments: [] }],
    ['policy', 'conditional access policy Multifactor authentication', { conditionalAccessPolicies: [] }],
    ['policy', 'authorization policy Authorization policy', { authorizationPolicies: [] }],
    ['policy', 'app management policy Default app management policy', { appManagementPolicies: [] }],
  ])('is a %s: %s', (kind, name, gone) => {
    expect(failOf({}, gone).subject).toMatchObject({ kind, name });
  });

  it.each([
    ['public network access contoso', aWorkspace({ publicNetworkAccess: true })],
    ['identities contoso', aWorkspace({ identity: { ...WORKSPACE.identity, systemAssigned: false } })],
  ])('is a setting of the workspace itself: %s', (name, after) => {
    expect(failOf({}, {}, [[WORKSPACE], [after]]).subject).toMatchObject({ kind: 'setting', name });
  });

  it('names the principal by what the directory knows: client ids too, and the id alone where it knows nothing', () => {
    const administrator = (principalId: string) => ({ entraAdministrators: [anEntraAdministrator({ principalId })] });
    const { evidence } = failOf(administrator(guid(102)), administrator(guid(999)));
    expect(evidence).toMatchObject({
      before: `“Nightly loader” (${guid(102)})`,
      after: guid(999),
      principals: [guid(102), guid(999)],
    });
  });

  it('lists the principal of a role once', () => {
    expect(failOf({}, { synapseRoleAssignments: [] }).evidence['principals']).toEqual([guid(103)]);
  });
});

describe('a policy changed', () => {
  it('by somebody whom the audit log of the directory names', () => {
    const { evidence } = failOf({}, { ...half(report), directoryAudits: [aDirectoryAudit()] });
    expect(evidence).toMatchObject({ changedBy: 'ada@example.com', howKnown: 'directory audit log' });
  });
});

describe('through the runner', () => {
  it('who holds a changed role is named, whether principal, person or group', () => {
    const ids = [aServicePrincipal().id, aUser().id, aGroup().id];
    const synapseRoleAssignments = ids.map((principalId, number) =>
      aSynapseRoleAssignment({ id: guid(710 + number), principalId }),
    );
    const drift = driftBetween({ synapseRoleAssignments: [] }, { synapseRoleAssignments });
    const findings = run(check, anInventory(directory, [WORKSPACE]), drift);
    expect(findings.flatMap(({ message }) => /^The role “.*?” of (“.*?”)/.exec(message)?.[1] ?? [])).toEqual([
      '“Nightly loader”',
      '“Ada Lovelace”',
      '“Loaders”',
    ]);
  });

  it('a tenant source that was refused is reported, and does not keep what could be read from being judged', () => {
    const inventory = anInventory(WATCHED_FACTS, [WORKSPACE], { conditionalAccessPolicies: 'everywhere' });
    const { drift } = compareWithBaseline(null, inventory, { now: NOW, acceptAfterDays: 7 });
    expect(run(check, inventory, drift).map(({ status, subject }) => [status, subject.kind])).toEqual([
      ['pass', 'tenant'],
      ['pass', 'workspace'],
      ['notEvaluated', 'tenant'],
    ]);
  });
});
