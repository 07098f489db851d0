import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario, parseScenario, SCENARIO_NAMES } from '../../../sandbox/scenarios/load-scenario';

const HEALTHY = {
  name: 'test',
  tenant: { id: 'tenant:test', domain: 'test.example' },
  subscriptions: [{ id: 'sub:one', name: 'One' }],
};
const problemOf = (change: object): string => {
  try {
    parseScenario({ ...HEALTHY, ...change }, 'test.json');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('a scenario that is right', () => {
  test.each(SCENARIO_NAMES)('%s is one', (name) => {
    expect(loadScenario(name).name).toBe(name);
  });

  test('needs a name, a tenant and its subscriptions; everything else has a default', () => {
    expect(parseScenario(HEALTHY, 'test.json')).toMatchObject({
      applications: [],
      faults: [],
      paging: { graph: 20, resourceManager: 5, synapse: 5, emptyFirstPage: false },
    });
  });

  test('may extend another one: settings, paging and mail are merged, all else is replaced', () => {
    const base = loadScenario('contoso');
    const own = { extends: 'contoso', name: 'mine', users: [{ id: 'user:x', name: 'X' }], paging: { graph: 7 } };
    expect(() => parseScenario(own, 'mine')).toThrow(/user:ada/);
    const { users, groups, paging, settings, ...rest } = parseScenario(
      { extends: 'contoso', name: 'mine', refuse: ['users'], paging: { graph: 7 }, settings: { A: 'b' } },
      'mine',
    );
    expect(rest).toMatchObject({ refuse: ['users'], applications: base.applications });
    expect([users, groups]).toEqual([base.users, base.groups]);
    expect(paging).toEqual({ ...base.paging, graph: 7 });
    expect(settings).toEqual({ ...base.settings, A: 'b' });
  });
});

/** A scenario whose only log table has these rows. */
const withRows = (...rows: readonly object[]) => ({
  logAnalyticsWorkspaces: [{ name: 'logs', subscription: 'sub:one', tables: [{ name: 'SigninLogs', rows }] }],
});

describe('a row of a log', () => {
  const rowsOf = (...rows: readonly object[]) =>
    parseScenario({ ...HEALTHY, ...withRows(...rows) }, 'test.json').logAnalyticsWorkspaces[0]?.tables[0]?.rows;

  test('is as it is described', () => {
    expect(rowsOf({ AppId: 'one' }, {})).toEqual([{ AppId: 'one' }, {}]);
  });

  test('may stand for many, at equal distances of time', () => {
    const row = { TimeGenerated: '-1h', AppId: 'one' };
    expect(rowsOf({ repeat: 3, every: '40s', row }, { AppId: 'two' })).toEqual([
      { TimeGenerated: '-3600s', AppId: 'one' },
      { TimeGenerated: '-3560s', AppId: 'one' },
      { TimeGenerated: '-3520s', AppId: 'one' },
      { AppId: 'two' },
    ]);
    expect(rowsOf({ repeat: 1, every: '2h', row })).toEqual([{ TimeGenerated: '-3600s', AppId: 'one' }]);
  });

  const SOME = { repeat: 2, every: '1h', row: { TimeGenerated: '-1h' } };
  test.each([
    ['no number of times', { repeat: 0 }, '.repeat found 0, expected Too small: expected number to be >=1'],
    [
      'no distance',
      { every: '1 hour' },
      '.every found "1 hour", expected a distance in time such as "40s", "10m" or "1h"',
    ],
    ['no time of the first', { row: {} }, '.row found {}, expected a row with the TimeGenerated of the first'],
    [
      'a column beside it',
      { AppId: 'one' },
      ' found {"repeat":2,"every":"1h","row":{"TimeGenerated":"-1h"},"AppId":"one"}, expected Unrecognized key: "AppId"',
    ],
  ])('that is many with %s is refused', (_, change, problem) => {
    expect(problemOf(withRows({ ...SOME, ...change }))).toBe(
      `Scenario test.json: at logAnalyticsWorkspaces[0].tables[0].rows[0]${problem}.`,
    );
  });
});

describe('what is wrong with a scenario is said in one sentence:', () => {
  test.each([
    [
      'an impossible date',
      { applications: [{ id: 'app:a', name: 'A', secrets: [{ ends: 'tomorrow' }] }] },
      'Scenario test.json: at applications[0].secrets[0].ends found "tomorrow", expected a date: "+12d", "-2h", "+30m" from now, ISO 8601, or null for never.',
    ],
    [
      'a misspelt member',
      { applications: [{ id: 'app:a', name: 'A', secretz: [] }] },
      'Scenario test.json: at applications[0] found "secretz", expected no member of that name.',
    ],
    [
      'a missing member',
      { subscriptions: [{ id: 'sub:one' }] },
      'Scenario test.json: at subscriptions[0].name found nothing, expected a string.',
    ],
    ['a member of the wrong type', { users: 5 }, 'Scenario test.json: at users found 5, expected an array.'],
    [
      'a value that is none of the possible ones',
      { applications: [{ id: 'app:a', name: 'A', servicePrincipal: 'asleep' }] },
      'Scenario test.json: at applications[0].servicePrincipal found "asleep", expected one of "enabled", "disabled", "deleted", "absent".',
    ],
    [
      'an id of the wrong kind',
      { groups: [{ id: 'group:g', name: 'G', members: ['app:a'] }] },
      'Scenario test.json: at groups[0].members[0] found "app:a", expected an id such as "user:name" (user, group, sp, mi, system) or a GUID.',
    ],
    [
      'a reference that leads nowhere',
      { applications: [{ id: 'app:a', name: 'A', owners: ['user:nobody'] }] },
      'Scenario test.json: at applications[0].owners[0] found "user:nobody", expected the id of one of the 0 described (user:…).',
    ],
    [
      'a lifetime that Graph would not write',
      { appManagementPolicy: { passwordLifetime: '1 year' } },
      'Scenario test.json: at appManagementPolicy.passwordLifetime found "1 year", expected a number of days such as "P180D".',
    ],
    [
      'a role that somebody unknown may activate',
      { roleEligibilities: [{ principal: 'user:nobody', role: 'Owner', scope: 'sub:one' }] },
      'Scenario test.json: at roleEligibilities[0].principal found "user:nobody", expected the id of one of the 0 described (user:…).',
    ],
    [
      'an auditor that is not there',
      { auditor: { identity: 'mi:nobody' } },
      'Scenario test.json: at auditor.identity found "mi:nobody", expected the id of one of the 0 described (mi:…).',
    ],
    [
      'a change by somebody unknown',
      { directoryAudits: [{ by: 'user:nobody', activity: 'Update policy', target: 'policy:a' }] },
      'Scenario test.json: at directoryAudits[0].by found "user:nobody", expected the id of one of the 0 described (user:…).',
    ],
    [
      'a change of a workspace that is not there',
      { activity: [{ by: 'gone:x', operation: 'x/write', resource: 'workspace:none/firewallRules/a' }] },
      'Scenario test.json: at activity[0].resource found "workspace:none", expected the id of one of the 0 described (workspace:…).',
    ],
    [
      'an id used twice',
      {
        users: [
          { id: 'user:a', name: 'A' },
          { id: 'user:a', name: 'B' },
        ],
      },
      'Scenario test.json: at users[1] found "user:a", expected one that is not there already.',
    ],
    [
      'a symbol in a setting that leads nowhere',
      { settings: { CHECK_OPTIONS: '${app:nobody}' } },
      'Scenario test.json: at settings.CHECK_OPTIONS found "app:nobody", expected the id of one of the 0 described (app:…).',
    ],
    [
      'a workspace name used twice',
      { workspaces: [1, 2].map(() => ({ name: 'ws', subscription: 'sub:one', storage: null })) },
      'Scenario test.json: at workspaces[1] found "ws", expected one that is not there already.',
    ],
    [
      'a credential that no application has',
      withRows({ AppId: '${key:app:nobody/secret/a}' }),
      'Scenario test.json: at logAnalyticsWorkspaces[0].tables[0].rows found "key:app:nobody/secret/a", expected the id of one of the 0 described (key:…).',
    ],
    [
      'a symbol of no known kind in a setting',
      { settings: { X: '${planet:mars}' } },
      'Scenario test.json: at settings.X found "planet:mars", expected an id of one of the kinds user, group, sub, mi, app, sp, system, storage, vault, workspace, key, client, logs, mg.',
    ],
    [
      'a path that is no regular expression',
      { faults: [{ service: 'graph', path: '(' }] },
      'Scenario test.json: at faults[0].path found "(", expected a regular expression.',
    ],
    [
      'a source nobody reads',
      { refuse: [{ source: 'printers', scope: 'sub:one' }] },
      /^Scenario test\.json: at refuse\[0\]\.source found "printers", expected one of "applications", /,
    ],
    [
      'an unknown scenario to extend',
      { extends: 'atlantis' },
      'Scenario test.json: at extends found "atlantis", expected one of contoso, healthy, forbidden, throttled.',
    ],
    [
      'several problems',
      { users: 5, groups: 6, subscriptions: 7 },
      /^Scenario test\.json: at subscriptions found 7, expected an array, and 2 more problems\.$/,
    ],
  ])('%s', (_, change, sentence) => {
    if (typeof sentence === 'string') expect(problemOf(change)).toBe(sentence);
    else expect(problemOf(change)).toMatch(sentence);
  });

  test.each(['Synapse Wizard', 'Owner'])('the role %s, which Synapse does not have', (role) => {
    const workspaces = [
      { name: 'ws', subscription: 'sub:one', storage: null, roleAssignments: [{ principal: 'gone:x', role }] },
    ];
    expect(problemOf({ workspaces })).toMatch(
      new RegExp(
        `^Scenario test\\.json: at workspaces\\[0\\]\\.roleAssignments\\[0\\]\\.role found "${role}", expected the name of a role: Synapse Administrator, `,
      ),
    );
  });

  test('a list instead of a scenario', () => {
    expect(() => parseScenario([], 'test.json')).toThrow(
      'Scenario test.json: at its top found [], expected an object.',
    );
  });
});

describe('a scenario of a file', () => {
  let directory: string;
  beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'scenarios-'))));
  afterAll(() => rm(directory, { recursive: true }));

  const file = async (text: string): Promise<string> => {
    const path = join(directory, 'own.json');
    await writeFile(path, text);
    return path;
  };

  test('is loaded by its path', async () => {
    expect(loadScenario(await file(JSON.stringify(HEALTHY))).name).toBe('test');
  });

  test('that does not exist is one sentence with its path', () => {
    const path = join(directory, 'none.json');
    expect(() => loadScenario(path)).toThrow(
      new RegExp(`^The scenario file ${path} cannot be read: ENOENT: no such file`),
    );
  });

  test('that is not JSON is one sentence with its path', async () => {
    const path = await file('{ "name": ');
    expect(() => loadScenario(path)).toThrow(new RegExp(`^The scenario file ${path} is not JSON: `));
  });

  test('under an unknown name is one sentence with the known names', () => {
    expect(() => loadScenario('atlantis')).toThrow(
      'There is no scenario "atlantis": name one of contoso, healthy, forbidden, throttled, large, or the path of a JSON file.',
    );
  });
});
