import { attribute, attributionOf, type ChangeToAttribute } from '../../src/audit/attribution';
import type { ActivityEvent, DirectoryAudit } from '../../src/inventory/model';
import type { SourceName } from '../../src/inventory/sources';
import { aFirewallRule, anAzureRoleAssignment, aWorkspace, guid, inDays, SUBSCRIPTION } from '../fixtures/facts';
import { aConditionalAccessPolicy, aDirectoryAudit, anActivityEvent, watchedInventory } from '../fixtures/watched';

const WORKSPACE = aWorkspace().id;
const KEY = aFirewallRule().id;
const written: ChangeToAttribute = { kind: 'firewallRule', key: KEY, removed: false, after: inDays(-1) };
const known = { who: 'ada@example.com', at: inDays(0, -7_200_000).toISOString(), log: 'activity log' };

const inLog = (
  change: Partial<ChangeToAttribute>,
  events: readonly Partial<ActivityEvent>[] = [{}],
  refused: readonly SourceName[] = [],
) =>
  attribute(
    { ...written, ...change },
    watchedInventory(
      { activityLog: events.map((event) => anActivityEvent(event)) },
      Object.fromEntries(refused.map((source) => [source, 'everywhere' as const])),
    ),
  );
const inAudits = (change: Partial<ChangeToAttribute>, audits: readonly Partial<DirectoryAudit>[], refused = false) =>
  attribute(
    { ...written, kind: 'conditionalAccessPolicy', key: aConditionalAccessPolicy().id, ...change },
    watchedInventory(
      { directoryAudits: audits.map((audit) => aDirectoryAudit(audit)) },
      refused ? { directoryAudits: 'everywhere' } : {},
    ),
  );

describe('the activity log', () => {
  it('tells who wrote the setting', () => {
    expect(inLog({})).toEqual(known);
  });

  it('tells the last of several', () => {
    const events = [
      { who: 'first', at: inDays(-0.5) },
      { who: 'last', at: inDays(-0.1) },
      { who: 'second', at: inDays(-0.2) },
    ];
    expect(inLog({}, events)).toMatchObject({ who: 'last' });
  });

  it('counts from when the setting was last seen as it was', () => {
    expect(inLog({}, [{ at: inDays(-1) }])).toHaveProperty('who');
    expect(inLog({}, [{ at: inDays(-1, -1) }])).toEqual({
      unknown: 'the activity log that was read since the last run has no entry about it',
    });
  });

  it('tells a deletion of what is gone, and a write of what is there', () => {
    const operation = 'microsoft.synapse/workspaces/firewallrules/delete';
    expect(inLog({ removed: true }, [{ operation }])).toHaveProperty('who');
    expect(inLog({ removed: false }, [{ operation }])).toHaveProperty('unknown');
    expect(inLog({ removed: true })).toHaveProperty('unknown');
  });

  it('may name nobody', () => {
    expect(inLog({}, [{ who: null }])).toEqual({ unknown: 'the activity log names nobody' });
  });

  it('that could not be read is named', () => {
    expect(inLog({}, [{}], ['activityLog'])).toEqual({
      unknown: `the activity log of subscription ${SUBSCRIPTION} could not be read`,
    });
    expect(attribute(written, {})).toHaveProperty('unknown', expect.stringContaining('could not be read'));
  });

  it('of another subscription tells nothing', () => {
    const scope = { kind: 'subscription', id: guid(3), name: 'test' } as const;
    const elsewhere = { scope, result: { ok: true, data: [anActivityEvent({ who: 'somebody else' })] } } as const;
    const own = watchedInventory({ activityLog: [anActivityEvent()] }).activityLog ?? [];
    expect(attribute(written, { activityLog: [elsewhere, ...own] })).toEqual(known);
    expect(attribute(written, { activityLog: [elsewhere] })).toHaveProperty('unknown');
  });

  it('does not hold changes above the subscriptions', () => {
    const key = `/providers/microsoft.management/managementgroups/root/providers/microsoft.authorization/roleassignments/${guid(1)}`;
    expect(inLog({ kind: 'azureRole', key })).toEqual({
      unknown: 'the activity log of a subscription does not hold what is changed above it',
    });
  });

  it('does not hold changes of Synapse roles, which is said with the log that does', () => {
    expect(inLog({ kind: 'synapseRole', key: `${WORKSPACE}/roleassignments/${guid(701)}` })).toHaveProperty(
      'unknown',
      expect.stringContaining('SynapseRbacOperations'),
    );
  });

  const about = (kind: ChangeToAttribute['kind'], key: string, resourceId: string) =>
    'who' in inLog({ kind, key }, [{ resourceId, operation: 'x/write' }]);

  it.each<[ChangeToAttribute['kind'], string, readonly string[], readonly string[]]>([
    ['publicNetworkAccess', `${WORKSPACE}/publicnetworkaccess`, [''], ['/publicnetworkaccess', '/firewallrules/x']],
    ['workspaceIdentities', `${WORKSPACE}/identity`, [''], ['/identity', '2']],
    [
      'entraAdministrators',
      `${WORKSPACE}/administrators`,
      [
        '/administrators',
        '/administrators/activedirectory',
        '/sqladministrators',
        '/sqladministrators/activedirectory',
      ],
      ['', '/administrators2', '/sqladministratorsx'],
    ],
    [
      'sqlAuditing',
      `${WORKSPACE}/sqlpools/a/extendedauditingsettings`,
      [
        '/sqlpools/a/extendedauditingsettings',
        '/sqlpools/a/extendedauditingsettings/default',
        '/sqlpools/a/auditingsettings',
        '/sqlpools/a/auditingsettings/default',
      ],
      ['/sqlpools/a', '/extendedauditingsettings/default', '/sqlpools/a/auditingsettingsx'],
    ],
    [
      'entraOnlyAuthentication',
      `${WORKSPACE}/azureadonlyauthentications`,
      ['/azureadonlyauthentications', '/azureadonlyauthentications/default'],
      ['', '/azureadonlyauthentications2', '/sqladministrators'],
    ],
    ['firewallRule', `${WORKSPACE}/firewallrules/a`, ['/firewallrules/a'], ['/firewallrules/ab', '/firewallrules', '']],
  ])('%s is told by what is written about it and nothing else', (kind, key, its, others) => {
    expect(its.map((below) => [below, about(kind, key, `${WORKSPACE}${below}`)])).toEqual(its.map((id) => [id, true]));
    expect(others.map((below) => [below, about(kind, key, `${WORKSPACE}${below}`)])).toEqual(
      others.map((id) => [id, false]),
    );
  });

  it('tells of an Azure role by its own id', () => {
    const { id } = anAzureRoleAssignment();
    expect(about('azureRole', id, id)).toBe(true);
    expect(about('azureRole', id, WORKSPACE)).toBe(false);
  });
});

describe('the audit log of the directory', () => {
  const policy = { ...known, log: 'directory audit log' };

  it('tells who changed a policy, by its id', () => {
    expect(inAudits({}, [{}])).toEqual(policy);
    expect(inAudits({ removed: true }, [{ activity: 'Delete conditional access policy' }])).toEqual(policy);
    expect(inAudits({}, [{ targetIds: [guid(1)] }])).toEqual({
      unknown: 'the directory audit log that was read since the last run has no entry about it',
    });
  });

  it.each([
    ['authorizationPolicy', 'Update authorization policy', 'Update policy'],
    ['appManagementPolicy', 'Update app management policy', 'Update authorization policy'],
  ] as const)('tells who changed the %s by the name of the activity', (kind, activity, other) => {
    expect(inAudits({ kind, key: kind }, [{ activity, targetIds: [] }])).toEqual(policy);
    expect(inAudits({ kind, key: kind }, [{ activity: other, targetIds: [] }])).toHaveProperty('unknown');
  });

  it('that could not be read is named', () => {
    const unknown = { unknown: 'the audit log of the directory could not be read' };
    expect(inAudits({}, [{}], true)).toEqual(unknown);
    expect(attribute({ ...written, kind: 'authorizationPolicy' }, {})).toEqual(unknown);
    expect(attribute({ ...written, kind: 'authorizationPolicy' }, { directoryAudits: [] })).toEqual(unknown);
  });
});

describe('in words', () => {
  it('is who, when and by which log', () => {
    const by = { who: 'x', at: '2026-11-22T01:00:00.000Z', log: 'activity log' } as const;
    expect(attributionOf(by, (id) => `“${id}”`)).toBe('by “x” at 2026-11-22T01:00:00.000Z (activity log)');
  });

  it('is why nobody is known', () => {
    expect(attributionOf({ unknown: 'no log' }, (id) => id)).toBe('by whom is unknown: no log');
  });
});
