import fc from 'fast-check';
import {
  compareWithBaseline,
  driftOptions,
  periodOfChanges,
  type Baseline,
  type Drift,
} from '../../src/audit/baseline';
import type { Collected, CollectedScope, Inventory, SourceName } from '../../src/inventory/sources';
import { aFirewallRule, aSqlAuditing, aSynapseRoleAssignment, aWorkspace, DAY, inDays, NOW } from '../fixtures/facts';
import type { SomeFacts } from '../fixtures/judge';
import { aConditionalAccessPolicy, anActivityEvent, watchedInventory } from '../fixtures/watched';

type Refused = Parameters<typeof watchedInventory>[1];

/** One night after the other: what each read, and what each says. */
function nights(...readings: readonly (readonly [day: number, inventory: Inventory])[]): {
  baseline: Baseline;
  drifts: Drift[];
} {
  let baseline: Baseline | null = null;
  const drifts: Drift[] = [];
  for (const [day, inventory] of readings) {
    const compared = compareWithBaseline(baseline, inventory, { now: inDays(day), acceptAfterDays: 7 });
    ({ baseline } = compared);
    drifts.push(compared.drift);
  }
  return { baseline: baseline!, drifts };
}
const last = (...readings: (readonly [day: number, inventory: Inventory])[]): Drift =>
  nights(...readings).drifts.at(-1)!;
const read = (facts: SomeFacts = {}, refused: Refused = {}): Inventory => watchedInventory(facts, refused);
const unread = (...sources: SourceName[]): Inventory =>
  read({}, Object.fromEntries(sources.map((source) => [source, 'everywhere' as const])));
const opened = read({ firewallRules: [aFirewallRule(), aFirewallRule({ name: 'all' })] });
const states = ({ changes }: Drift) => changes.map(({ state }) => state);

describe('the first run', () => {
  it('takes everything for the baseline, and nothing for a change', () => {
    const { drifts, baseline } = nights([0, read()]);
    expect(drifts[0]?.changes).toEqual([]);
    expect(drifts[0]?.compared.every(({ since }) => since === NOW.toISOString())).toBe(true);
    expect(baseline.takenAt).toBe(NOW.toISOString());
    expect(baseline.scopes.map(({ source }) => source).sort()).toEqual([
      'appManagementPolicies',
      'authorizationPolicies',
      'azureRoleAssignments',
      'conditionalAccessPolicies',
      'diagnosticSettings',
      'entraAdministrators',
      'entraOnlyAuthentication',
      'firewallRules',
      'securityAlertPolicies',
      'sqlAuditing',
      'synapseRoleAssignments',
      'workspaces',
    ]);
  });

  it('of a source that could not be read before is that source’s first, too', () => {
    const { drifts } = nights([0, unread('firewallRules')], [1, opened]);
    expect(drifts[1]?.changes).toEqual([]);
    expect(drifts[1]?.compared.find(({ source }) => source === 'firewallRules')?.since).toBe(inDays(1).toISOString());
    expect(drifts[1]?.compared.find(({ source }) => source === 'sqlAuditing')?.since).toBe(NOW.toISOString());
  });
});

describe('a change', () => {
  it('has what was, what is, and between which two runs it was made', () => {
    const rule = aFirewallRule();
    expect(last([0, read({ firewallRules: [] })], [1, read()]).changes).toEqual([
      {
        state: 'open',
        confirmed: true,
        source: 'firewallRules',
        scope: { kind: 'workspace', id: aWorkspace().id, name: 'contoso' },
        key: rule.id,
        kind: 'firewallRule',
        name: 'head-office',
        before: null,
        after: { start: rule.start, end: rule.end },
        lastBefore: NOW.toISOString(),
        firstSeen: inDays(1).toISOString(),
        by: { unknown: expect.any(String) as string },
      },
    ]);
  });

  it('of a value names both, by the new name', () => {
    const policy = aConditionalAccessPolicy({ name: 'Renamed', state: 'disabled' });
    const [change] = last([0, read()], [1, read({ conditionalAccessPolicies: [policy] })]).changes;
    expect(change).toMatchObject({ name: 'Renamed', before: { state: 'enabled' }, after: { state: 'disabled' } });
  });

  it('that removes something keeps the name it had', () => {
    const [change] = last([0, read()], [1, read({ firewallRules: [] })]).changes;
    expect(change).toMatchObject({ name: 'head-office', before: { start: '198.51.100.0' }, after: null });
  });

  it('is the same change in later runs: since when, and by whom where that was known once', () => {
    const seen = read({ firewallRules: [aFirewallRule()], activityLog: [anActivityEvent({ at: inDays(1, -1) })] });
    const { drifts } = nights([0, read({ firewallRules: [] })], [1, seen], [2, read()]);
    expect(drifts[2]?.changes).toEqual(drifts[1]?.changes);
    expect(drifts[2]?.changes[0]?.by).toMatchObject({ who: 'ada@example.com' });
  });

  it('that removes something was made by whoever deleted it', () => {
    const operation = 'microsoft.synapse/workspaces/firewallrules/delete';
    const activityLog = [
      anActivityEvent({ at: inDays(1, -2) }),
      anActivityEvent({ at: inDays(1, -1), operation, who: 'eve' }),
    ];
    const [change] = last([0, read()], [1, read({ firewallRules: [], activityLog })]).changes;
    expect(change?.by).toMatchObject({ who: 'eve' });
  });

  it('that nobody could be named for is looked up again', () => {
    const late = read({ activityLog: [anActivityEvent({ at: inDays(0, 1) })] });
    const { drifts } = nights([0, read({ firewallRules: [] })], [1, read()], [2, late]);
    expect(drifts[1]?.changes[0]?.by).toHaveProperty('unknown');
    expect(drifts[2]?.changes[0]?.by).toHaveProperty('who');
    expect(drifts[2]?.changes[0]?.firstSeen).toBe(inDays(1).toISOString());
  });

  it('to yet another value begins anew, against the same baseline', () => {
    const at = (end: string) => read({ firewallRules: [aFirewallRule({ end })] });
    const [change] = last([0, read()], [1, at('198.51.100.127')], [2, at('198.51.100.63')]).changes;
    expect(change).toMatchObject({
      before: { end: '198.51.100.255' },
      after: { end: '198.51.100.63' },
      lastBefore: inDays(1).toISOString(),
      firstSeen: inDays(2).toISOString(),
    });
  });
});

describe('a change that is turned back', () => {
  it('is told once, and is no change any more', () => {
    const { drifts, baseline } = nights([0, read()], [1, opened], [2, read()], [3, read()]);
    expect(drifts.map(states)).toEqual([[], ['open'], ['reverted'], []]);
    expect(drifts[2]?.changes).toEqual([{ ...drifts[1]?.changes[0], state: 'reverted' }]);
    expect(JSON.stringify(baseline)).not.toContain('pending');
    expect(JSON.stringify(baseline)).not.toContain('firewallrules/all');
  });

  it('may have been a removal', () => {
    const { drifts } = nights([0, read()], [1, read({ firewallRules: [] })], [2, read()]);
    expect(drifts.map(states)).toEqual([[], ['open'], ['reverted']]);
  });
});

describe('a change that stays', () => {
  it('is told until the days are over, is accepted once, and is the baseline then', () => {
    const { drifts } = nights([0, read()], [1, opened], [7, opened], [8, opened], [9, opened], [10, read()]);
    expect(drifts.map(states)).toEqual([[], ['open'], ['open'], ['accepted'], [], ['open']]);
    expect(drifts[5]?.changes[0]).toMatchObject({ before: { start: '198.51.100.0' }, after: null });
  });

  it('is accepted with all that it is', () => {
    const { drifts } = nights([0, read()], [1, opened], [8, opened]);
    expect(drifts[2]?.changes).toEqual([{ ...drifts[1]?.changes[0], state: 'accepted' }]);
  });

  it('is told for a moment less than the days', () => {
    expect(states(last([0, read()], [1, opened], [8 - 1 / DAY, opened]))).toEqual(['open']);
  });

  it('may be a removal, which is forgotten then', () => {
    const removed = read({ firewallRules: [] });
    const { drifts, baseline } = nights([0, read()], [1, removed], [8, removed], [9, removed]);
    expect(drifts.map(states)).toEqual([[], ['open'], ['accepted'], []]);
    expect(JSON.stringify(baseline)).not.toContain('firewallrules/');
    expect(JSON.stringify(nights([0, read()], [1, removed], [8, removed]).baseline)).not.toContain('firewallrules/');
  });

  it('is told for as many days as the option says, a week by default', () => {
    expect(driftOptions.parse({})).toEqual({ acceptAfterDays: 7 });
    const options = { now: inDays(2), acceptAfterDays: 1 };
    const { baseline } = nights([0, read()], [1, opened]);
    expect(states(compareWithBaseline(baseline, opened, options).drift)).toEqual(['accepted']);
  });
});

describe('what cannot be read', () => {
  it('keeps its baseline: nothing was removed', () => {
    const { drifts } = nights([0, read()], [1, unread('firewallRules', 'conditionalAccessPolicies')], [2, read()]);
    expect(drifts.map(states)).toEqual([[], [], []]);
    expect(drifts[1]?.compared.map(({ source }) => source)).not.toContain('firewallRules');
    expect(drifts[2]?.compared.find(({ source }) => source === 'firewallRules')?.since).toBe(NOW.toISOString());
  });

  it('keeps a change open as it was last seen, whatever time passes', () => {
    const { drifts } = nights([0, read()], [1, opened], [2, unread('firewallRules')], [30, unread('firewallRules')]);
    const [first] = drifts[1]?.changes ?? [];
    expect(drifts[2]?.changes).toEqual([{ ...first, confirmed: false }]);
    expect(drifts[3]?.changes).toEqual([{ ...first, confirmed: false }]);
  });

  it('was changed between when it was last read and when it is read again', () => {
    const { drifts } = nights([0, read()], [1, unread('firewallRules')], [2, opened]);
    expect(drifts[2]?.changes[0]).toMatchObject({
      lastBefore: NOW.toISOString(),
      firstSeen: inDays(2).toISOString(),
    });
  });

  it('for 90 days is forgotten, a moment before it is not', () => {
    const refused = unread('firewallRules');
    expect(states(last([0, read()], [90 - 1 / DAY, refused], [91, opened]))).toEqual(['open']);
    expect(states(last([0, read()], [90, refused], [91, opened]))).toEqual([]);
  });

  it('because storage is unknown leaves the Azure roles alone', () => {
    const { drifts } = nights([0, read()], [1, unread('storageAccounts')], [2, read()]);
    expect(drifts.map(states)).toEqual([[], [], []]);
  });
});

describe('a workspace', () => {
  const second = aWorkspace({ name: 'second' });
  const both = watchedInventory({}, {}, [aWorkspace(), second]);

  it('that is new begins its own baseline', () => {
    expect(last([0, read()], [1, both]).changes).toEqual([]);
  });

  it('that its subscription does not list any more is forgotten, with its changes', () => {
    const widened = watchedInventory({ firewallRules: [aFirewallRule({ readFrom: second.id })] }, {}, [
      aWorkspace(),
      second,
    ]);
    const { drifts, baseline } = nights([0, both], [1, widened], [2, read()]);
    expect(drifts[1]?.changes.map(({ scope }) => scope.name)).toContain('second');
    expect(drifts[2]?.changes.map(({ scope }) => scope.name)).not.toContain('second');
    expect(baseline.scopes.map(({ scope }) => scope.name)).not.toContain('second');
  });

  it('whose subscription could not be listed is kept', () => {
    const { baseline, drifts } = nights([0, both], [1, read({}, { workspaces: 'everywhere' })]);
    expect(baseline.scopes.map(({ scope }) => scope.name)).toContain('second');
    expect(drifts[1]?.changes).toEqual([]);
  });
});

describe('settings compare', () => {
  it('by what both versions of the auditor watch', () => {
    const { baseline } = nights([0, read()]);
    const older: Baseline = {
      ...baseline,
      scopes: baseline.scopes.map((scope) => ({
        ...scope,
        items: scope.items.map(({ accepted, ...item }) => {
          const { predicate: _predicate, ...rest } = accepted ?? {};
          return { ...item, accepted: { ...rest, retired: 'x' } };
        }),
      })),
    };
    const compared = compareWithBaseline(older, read(), { now: inDays(1), acceptAfterDays: 7 });
    expect(compared.drift.changes).toEqual([]);
    // What is watched since is part of the baseline now.
    const filtered = read({ sqlAuditing: [aSqlAuditing({ predicate: 'x = 1' })] });
    const next = compareWithBaseline(compared.baseline, filtered, { now: inDays(2), acceptAfterDays: 7 });
    expect(states(next.drift)).toEqual(['open']);
  });
});

describe('the period of which logs are read', () => {
  it('begins an hour before the last run began', () => {
    const { baseline } = nights([-1, read()]);
    expect(periodOfChanges(baseline, NOW)).toEqual({ from: inDays(-1, -3_600_000), to: NOW });
  });

  it('is a day before the first run', () => {
    expect(periodOfChanges(null, NOW)).toEqual({ from: inDays(-1), to: NOW });
  });

  it('is not longer than logs are kept', () => {
    const { baseline } = nights([-200, read()]);
    expect(periodOfChanges(baseline, NOW).from).toEqual(inDays(-90));
  });
});

describe('whatever is read', () => {
  const names = fc.subarray(['a', 'b', 'c', 'd']);
  const plan = fc.record({
    rules: names,
    end: fc.constantFrom('198.51.100.127', '198.51.100.255'),
    roles: names,
    policies: names,
    refused: fc.subarray<SourceName>(['firewallRules', 'synapseRoleAssignments', 'conditionalAccessPolicies']),
  });
  type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;
  const inventoryOf = ({ rules, end, roles, policies, refused }: Plan): Inventory =>
    read(
      {
        firewallRules: rules.map((name) => aFirewallRule({ name, end })),
        synapseRoleAssignments: roles.map((id) => aSynapseRoleAssignment({ id })),
        conditionalAccessPolicies: policies.map((id) => aConditionalAccessPolicy({ id })),
      },
      Object.fromEntries(refused.map((source) => [source, 'everywhere' as const])),
    );
  const some = fc.array(plan, { minLength: 1, maxLength: 5 });
  const asNights = (plans: readonly Plan[], change = (one: Inventory) => one) =>
    plans.map((one, day) => [day, change(inventoryOf(one))] as const);

  it('read twice there is no change from the first to the second', () => {
    fc.assert(
      fc.property(some, (all) => {
        const before = nights(...asNights(all));
        const again = nights(...asNights([...all, all.at(-1)!]));
        expect(again.drifts.at(-1)?.changes.filter(({ confirmed }) => confirmed)).toEqual(
          before.drifts.at(-1)?.changes.filter(({ state, confirmed }) => confirmed && state === 'open'),
        );
      }),
    );
  });

  it('changed and changed back nothing stays open, and the baseline holds what it held', () => {
    fc.assert(
      fc.property(plan, plan, (first, other) => {
        const { drifts, baseline } = nights(...asNights([first, other, first]));
        const open = drifts[2]?.changes.filter(({ state, confirmed }) => state === 'open' && confirmed);
        // What only the other night could read began its baseline there, and is not read again.
        expect(open).toEqual([]);
        const held = ({ scopes }: Baseline) =>
          scopes.flatMap(({ items }) => items.map(({ key, accepted }) => [key, accepted]));
        expect(held(baseline)).toEqual(expect.arrayContaining(held(nights(...asNights([first])).baseline)));
      }),
    );
  });

  it('a source that is not read loses nothing', () => {
    fc.assert(
      fc.property(plan, plan, (first, other) => {
        const { drifts } = nights(...asNights([first, other]));
        const readNow = new Set(drifts[1]?.compared.map(({ source }) => source));
        for (const { source, confirmed } of drifts[1]?.changes ?? []) {
          expect([source, confirmed, readNow.has(source)]).toEqual([source, true, true]);
        }
      }),
    );
  });

  it('the order in which it is read changes nothing', () => {
    fc.assert(
      fc.property(some, (all) => {
        expect(nights(...asNights(all, backwards))).toEqual(nights(...asNights(all)));
      }),
    );
  });
});

function backwards(inventory: Inventory): Inventory {
  const reversed = Object.entries(inventory).map(([source, scopes]) => [
    source,
    (scopes as readonly CollectedScope<unknown>[]).toReversed().map(({ scope, result }) => ({
      scope,
      result: (result.ok ? { ok: true, data: result.data.toReversed() } : result) satisfies Collected<unknown>,
    })),
  ]);
  return Object.fromEntries(reversed.toReversed()) as Inventory;
}

it('two hundred workspaces with five thousand role assignments fit', () => {
  const workspaces = Array.from({ length: 200 }, (_, index) => aWorkspace({ name: `workspace-${index}` }));
  const synapseRoleAssignments = workspaces.flatMap(({ id }, index) =>
    Array.from({ length: 25 }, (_, role) => aSynapseRoleAssignment({ id: `${index}-${role}`, readFrom: id })),
  );
  const inventory = watchedInventory({ synapseRoleAssignments }, {}, workspaces);
  const { baseline, drift } = compareWithBaseline(null, inventory, { now: NOW, acceptAfterDays: 7 });
  expect(drift.compared.filter(({ source }) => source === 'synapseRoleAssignments')).toHaveLength(200);
  // Eleven rows of a table, at most.
  expect(JSON.stringify(baseline).length / 480_000).toBeLessThan(11);
});
