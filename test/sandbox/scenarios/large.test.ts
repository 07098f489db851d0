import { describeLargeTenant } from '../../../sandbox/scenarios/large';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario';

test('has 5,000 applications, 200 workspaces and 20 subscriptions by default, on the largest pages', () => {
  const { applications, workspaces, subscriptions, paging } = loadScenario('large');
  expect([applications.length, workspaces.length, subscriptions.length]).toEqual([5000, 200, 20]);
  expect(paging.graph).toBe(999);
});

test('has the sizes it is asked for, and is the same each time', () => {
  const sizes = { applications: 30, workspaces: 4, subscriptions: 2 };
  const { applications, workspaces, subscriptions } = loadScenario('large', { sizes });
  expect([applications.length, workspaces.length, subscriptions.length]).toEqual([30, 4, 2]);
  expect(describeLargeTenant(sizes)).toEqual(describeLargeTenant(sizes));
});

test('is mostly healthy: some credentials end soon, some assignments are orphaned', () => {
  const { applications, workspaces } = loadScenario('large');
  const ends = applications.flatMap(({ secrets, certificates }) =>
    [...secrets, ...certificates].map((each) => each.ends),
  );
  const soon = ends.filter((end) => /^(-|\+([1-9]|[12]\d|30)d$)/.test(end ?? ''));
  expect(soon.length / ends.length).toBeGreaterThan(0.05);
  expect(soon.length / ends.length).toBeLessThan(0.15);
  const principals = workspaces.flatMap(({ roleAssignments }) => roleAssignments.map(({ principal }) => principal));
  const gone = principals.filter((principal) => principal.startsWith('gone:'));
  expect(gone.length / principals.length).toBeGreaterThan(0.005);
  expect(gone.length / principals.length).toBeLessThan(0.05);
});
