import * as z from 'zod';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { defineTenantCheck, type Check } from '../../src/audit/check';
import { evaluate, sourcesOf } from '../../src/audit/evaluate';
import { judgeAsRead } from '../../src/audit/judge-as-read';
import { usesLogs } from '../../src/audit/sign-in-checks';
import checks from '../../src/checks';
import { readingOf, type InventoryReading } from '../../src/inventory/inventory-reading';
import type { CollectedScope, Inventory } from '../../src/inventory/sources';
import type { Application, ServicePrincipal } from '../../src/inventory/model';
import { collect } from '../inventory/collect';
import { startTestSandbox } from '../setup/start-test-sandbox';

const context = {
  now: new Date(),
  tenantId: 't',
  portal: 'https://portal.azure.com',
  graph: 'https://graph.microsoft.com',
  options: {},
};
const tenant = { kind: 'tenant', id: 't', name: 't' } as const;
const none = <T>(): readonly CollectedScope<T>[] => [{ scope: tenant, result: { ok: true, data: [] } }];

const aCheck = (source: 'applications' | 'servicePrincipals', onJudged: () => void) =>
  defineTenantCheck({
    id: `about-${source}`,
    title: 'Something holds',
    severity: 'low',
    why: 'Because.',
    remediation: ['Do it'],
    link: 'https://learn.microsoft.com/',
    requires: [source],
    options: z.strictObject({}),
    evaluate: () => {
      onJudged();
      return [];
    },
  });

const groundsIn = (reading: InventoryReading) => async (check: Check) => ({
  inventory: await reading.of(sourcesOf(check)),
  context,
});

describe('judgeAsRead', () => {
  it('judges a check when what it needs is read, while the rest still is', async () => {
    let arrive: (value: readonly CollectedScope<ServicePrincipal>[]) => void = () => undefined;
    const late = new Promise<readonly CollectedScope<ServicePrincipal>[]>((resolve) => (arrive = resolve));
    const order: string[] = [];
    const findings = judgeAsRead(
      [
        aCheck('servicePrincipals', () => order.push('late')),
        aCheck('applications', () => {
          order.push('early');
          // Without this the other one would be waited for in vain.
          arrive(none());
        }),
      ],
      groundsIn(readingOf({ applications: none<Application>(), servicePrincipals: late })),
    );
    expect(await findings).toHaveLength(2);
    expect(order).toEqual(['early', 'late']);
  });

  it('lets answers that arrived meanwhile come between two checks', async () => {
    const order: string[] = [];
    const first = aCheck('applications', () => {
      order.push('first');
      setImmediate(() => order.push('answer'));
    });
    const second = aCheck('applications', () => order.push('second'));
    await judgeAsRead([first, second], groundsIn(readingOf({ applications: none<Application>() })));
    expect(order).toEqual(['first', 'answer', 'second']);
  });

  it('fails where reading does', async () => {
    const reading = readingOf({ applications: Promise.reject(new Error('the reader is broken')) });
    await expect(judgeAsRead([aCheck('applications', () => undefined)], groundsIn(reading))).rejects.toThrow('broken');
  });
});

const byInventory = checks.filter((check) => check.usesDrift !== true && !usesLogs(check));

describe.each(['contoso', 'forbidden'])('what checks look at, in the tenant %s', (scenario) => {
  let sandbox: Sandbox;
  let inventory: Inventory;
  beforeAll(async () => {
    sandbox = await startTestSandbox(loadScenario(scenario));
    ({ inventory } = await collect(sandbox));
  });
  afterAll(() => sandbox.close());

  it.each(byInventory.map((check) => [check.id, check] as const))(
    '%s finds the same in an inventory of that alone, and needs to know nothing else',
    (_, check) => {
      const part = Object.fromEntries(sourcesOf(check).map((source) => [source, inventory[source]]));
      const whole = evaluate([check], inventory, context);
      expect(evaluate([check], part, context)).toEqual(whole);
      expect(whole.filter(({ because }) => because === 'checkThrew')).toEqual([]);
    },
  );
});

it('most checks wait neither for changes nor for logs, and those that go by them do', () => {
  const others = checks.filter((check) => !byInventory.includes(check)).map(({ id }) => id);
  expect(others).toEqual(
    expect.arrayContaining(['authentication-drift', 'synapse-pipeline-permission', 'new-country']),
  );
  expect(byInventory.length).toBeGreaterThan(20);
});
