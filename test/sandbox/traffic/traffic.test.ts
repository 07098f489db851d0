import { unfitCells } from '../../../sandbox/azure/log-rows';
import { isBag, type Value } from '../../../sandbox/kql/values';
import { declarationOf } from '../../../sandbox/kql/schema';
import { ATTACKS } from '../../../sandbox/traffic/attacks';
import { BLIND_SPOTS } from '../../../sandbox/traffic/blind-spots';
import { LOGS, MORE_LOGS } from '../../../sandbox/traffic/cast';
import type { LogEntry, TrafficTable } from '../../../sandbox/traffic/log-entry';
import { LOOK_ALIKES } from '../../../sandbox/traffic/look-alikes';
import { createTraffic, MONTH, type TrafficOptions } from '../../../sandbox/traffic/traffic';

const OPTIONS: TrafficOptions = {
  seed: 7,
  until: new Date('2026-03-01T00:00:00Z'),
  days: 16,
  historyDays: 11,
  sizes: { people: 50, outsiders: 5, applications: 12, managedIdentities: 4, sqlLogins: 4 },
  attacksOfAKind: 1,
};
const traffic = createTraffic(OPTIONS);
const entries = [...traffic.entries()];
const textOf = (entry: LogEntry) => JSON.stringify(entry).toLowerCase();
const texts = entries.map(textOf);
const cellsOf = (table: TrafficTable) =>
  entries.filter((entry) => entry.table === table).map((entry): LogEntry['cells'] => entry.cells);
const timeOf = ({ cells }: LogEntry) => cells['TimeGenerated'] as Date;

describe('the rows', () => {
  test('are the same for the same options, and others for another seed', () => {
    const again = createTraffic(OPTIONS).entries();
    expect(texts.filter((text) => text !== textOf(again.next().value as LogEntry))).toEqual([]);
    expect(again.next().done).toBe(true);
    const other = createTraffic({ ...OPTIONS, seed: 8 });
    expect([...other.entries()].slice(0, 100).map(textOf)).not.toEqual(texts.slice(0, 100));
    expect(other.plants.map(({ keys }) => keys)).not.toEqual(traffic.plants.map(({ keys }) => keys));
  });

  test('are in every table, with columns and types that it has', () => {
    const tables = new Set(entries.map(({ table }) => table));
    expect([...tables].sort()).toEqual([
      'AADManagedIdentitySignInLogs',
      'AADNonInteractiveUserSignInLogs',
      'AADServicePrincipalSignInLogs',
      'AzureDiagnostics',
      'SQLSecurityAuditEvents',
      'SigninLogs',
    ]);
    const written = ([name, value]: readonly [string, Value]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ];
    const unfit = entries.flatMap(({ table, cells }) =>
      unfitCells(table, Object.fromEntries(Object.entries(cells).map(written))),
    );
    expect(unfit).toEqual([]);
  });

  test('tell a place as a bag in SigninLogs, and as text elsewhere', () => {
    const types = (table: string) => declarationOf(table)?.columns.find(({ name }) => name === 'LocationDetails')?.type;
    expect([types('SigninLogs'), types('AADServicePrincipalSignInLogs')]).toEqual(['dynamic', 'string']);
    expect(cellsOf('SigninLogs').every((cells) => isBag(cells['LocationDetails'] ?? null))).toBe(true);
    for (const cells of cellsOf('AADNonInteractiveUserSignInLogs').slice(0, 100)) {
      expect(JSON.parse(cells['LocationDetails'] as string)).toMatchObject({ countryOrRegion: cells['Location'] });
    }
  });

  test('of SQL say success and failure as each of the two schemas does', () => {
    const said = (table: TrafficTable, columns: readonly string[]) =>
      [...new Set(cellsOf(table).map((cells) => JSON.stringify(columns.map((column) => cells[column]))))].sort();
    expect(said('AzureDiagnostics', ['action_id_s', 'succeeded_s'])).toEqual(['["DBAF","false"]', '["DBAS","true"]']);
    expect(said('SQLSecurityAuditEvents', ['ActionId', 'Succeeded'])).toEqual(['["DBAF",false]', '["DBAS",true]']);
  });

  test('lie within the month and arrive within six hours, some of them late', () => {
    const delays = entries.map((entry) => entry.arrives.getTime() - timeOf(entry).getTime());
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeLessThan(6 * 3_600_000);
    expect(delays.filter((delay) => delay > 1_800_000).length).toBeGreaterThan(50);
    const outside = entries.filter((entry) => timeOf(entry) < traffic.from || timeOf(entry) >= traffic.until);
    expect(outside).toEqual([]);
  });

  test('come in office hours from people, and around the clock from applications', () => {
    const share = (table: TrafficTable) => {
      const hours = cellsOf(table).map((cells) => (cells['TimeGenerated'] as Date).getUTCHours());
      return hours.filter((hour) => hour < 6).length / hours.length;
    };
    expect(share('AADManagedIdentitySignInLogs')).toBeGreaterThan(0.2);
    // Of the people only those in Singapore work then.
    expect(share('AADNonInteractiveUserSignInLogs')).toBeLessThan(0.2);
  });

  test('are by the million where that is asked for', () => {
    const more = createTraffic({ ...OPTIONS, days: 30, sizes: { ...OPTIONS.sizes, applications: 20_000 } });
    let count = 0;
    for (const { table } of more.entries()) {
      count += table === 'AADServicePrincipalSignInLogs' ? 1 : 0;
      if (count === 20_000) break;
    }
    expect(count).toBe(20_000);
  });
});

describe('what is planted', () => {
  test('is one of each kind, under a name of its own, and every detection has an attack', () => {
    const of = (kind: string) => traffic.plants.filter((plant) => plant.kind === kind).map(({ name }) => name);
    expect(of('attack')).toEqual(Object.keys(ATTACKS).map((name) => `${name} 1`));
    expect(of('lookAlike')).toEqual(Object.keys(LOOK_ALIKES));
    expect(of('blindSpot')).toEqual(Object.keys(BLIND_SPOTS));
    const found = traffic.plants.filter(({ kind }) => kind === 'attack').flatMap(({ checkIds }) => checkIds);
    expect([...new Set(found)].sort()).toEqual([
      'blocked-by-policy',
      'brute-force-success',
      'disabled-principal-sign-in',
      'disallowed-country',
      'expired-credential-in-use',
      'failed-login-burst',
      'impossible-travel',
      'invalid-credential-use',
      'managed-identity-failure',
      'new-country',
      'password-spray',
      'untrusted-network',
    ]);
  });

  test.each(traffic.plants.map((plant) => [plant.name, plant] as const))(
    '%s is in the rows, when it says',
    (_, plant) => {
      const rows = entries.filter((_entry, index) => plant.keys.some((key) => texts[index]?.includes(key)));
      const times = rows.map((entry) => timeOf(entry).getTime());
      expect(times).toEqual(expect.arrayContaining([plant.from.getTime(), plant.to.getTime()]));
    },
  );

  test('attacks are where audits judge, and share nobody', () => {
    const attacks = traffic.plants.filter(({ kind }) => kind === 'attack');
    for (const { from, to } of attacks) {
      expect(from >= traffic.judgedFrom && to < traffic.until).toBe(true);
    }
    const keys = attacks.flatMap((attack) => attack.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('what is exported twice stands twice in two workspaces, under one id', () => {
    const { keys } = traffic.plants.find(({ name }) => name === 'exported twice')!;
    const more = entries.filter(({ exportedTo }) => exportedTo === MORE_LOGS);
    expect(more).toHaveLength(10);
    const id = more[0]?.cells['Id'];
    const copies = entries.filter(({ cells }) => cells['Id'] === id);
    expect(copies.map(({ exportedTo }) => exportedTo).sort()).toEqual([MORE_LOGS, MORE_LOGS, LOGS, LOGS]);
    expect(new Set(more.map(({ cells }) => cells['UserId']))).toEqual(new Set([keys[0]]));
  });

  test('needs enough people', () => {
    const few = { ...OPTIONS, sizes: { ...OPTIONS.sizes, people: 3 } };
    expect(() => createTraffic(few)).toThrow('The traffic has too few people for what is planted in it.');
  });
});

test('the month of the benchmark is thirty days, of which half are history', () => {
  expect([MONTH.days, MONTH.historyDays]).toEqual([30, 15]);
});
