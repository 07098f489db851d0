import * as z from 'zod';
import { defineTenantCheck } from '../../src/audit/check';
import type { Change } from '../../src/audit/compare';
import type { Finding } from '../../src/audit/finding';
import { buildReport, coverageOf, type RunFacts } from '../../src/audit/report';
import type { Inventory, Scope } from '../../src/inventory/sources';

const run: RunFacts = {
  runId: '20260301T020000Z-00000000',
  previousRunId: null,
  startedAt: new Date('2026-03-01T02:00:00Z'),
  finishedAt: new Date('2026-03-01T02:01:00Z'),
  tenantId: 't',
  checksOff: ['firewall-open'],
  alertsFailing: null,
  signInPeriod: null,
};
const tenant: Scope = { kind: 'tenant', id: 't', name: 'tenant' };
const inventory: Inventory = { applications: [{ scope: tenant, result: { ok: true, data: [] } }] };
const check = defineTenantCheck({
  id: 'secret-expiry',
  title: 'Rotated',
  severity: 'high',
  why: 'w',
  remediation: ['r'],
  link: 'https://learn.microsoft.com/',
  requires: ['applications'],
  options: z.strictObject({}),
  evaluate: () => [],
});

let serial = 0;
function aFinding(overrides: Partial<Finding>): Finding {
  serial += 1;
  return {
    fingerprint: `f${serial}`,
    checkId: 'secret-expiry',
    status: 'pass',
    severity: 'info',
    subject: { id: `s${serial}`, kind: 'secret', name: `s${serial}` },
    message: '',
    evidence: {},
    remediation: '',
    scope: 't',
    ...overrides,
  };
}
const report = (findings: readonly Finding[], over: Inventory = inventory, changes: readonly Change[] = []) =>
  buildReport(run, [check], coverageOf(over), findings, changes);

describe('overall', () => {
  it('is clean when everything was read and nothing fails', () => {
    expect(report([aFinding({}), aFinding({ status: 'notApplicable' })]).overall).toBe('clean');
  });

  it('is attention when something fails, however mildly', () => {
    expect(report([aFinding({ status: 'fail', severity: 'low' })]).overall).toBe('attention');
  });

  it('is incomplete when something was not evaluated, also when something fails', () => {
    expect(report([aFinding({ status: 'notEvaluated' })]).overall).toBe('incomplete');
    expect(report([aFinding({ status: 'notEvaluated' }), aFinding({ status: 'fail' })]).overall).toBe('incomplete');
  });

  it('is incomplete when a source was not read, even if no check missed it', () => {
    const unread: Inventory = {
      applications: [{ scope: tenant, result: { ok: false, because: 'forbidden', message: 'No.' } }],
    };
    expect(report([aFinding({})], unread).overall).toBe('incomplete');
    const partly: Inventory = { ...unread, users: [{ scope: tenant, result: { ok: true, data: [] } }] };
    expect(report([aFinding({})], partly).overall).toBe('incomplete');
  });

  it('is not incomplete for want of a licence alone, though the coverage names it', () => {
    const unlicensed: Inventory['roleEligibilities'] = [
      { scope: tenant, result: { ok: false, because: 'unlicensed', message: 'No licence.' } },
    ];
    const licences = report([aFinding({})], { ...inventory, roleEligibilities: unlicensed });
    expect(licences).toMatchObject({ overall: 'clean', coverage: { roleEligibilities: { because: 'unlicensed' } } });
    const refused = { scope: tenant, result: { ok: false, because: 'forbidden', message: 'No.' } } as const;
    expect(report([], { roleEligibilities: [...unlicensed, refused] }).overall).toBe('incomplete');
  });
});

describe('coverage', () => {
  it('says collected for what was read whole, and nothing of what was not asked for', () => {
    expect(report([]).coverage).toEqual({ applications: 'collected' });
  });

  it('says why, how many and which permission for what was not', () => {
    const workspace = (name: string): Scope => ({ kind: 'workspace', id: name, name });
    const partly: Inventory = {
      synapseRoleAssignments: [
        { scope: workspace('a'), result: { ok: true, data: [] } },
        { scope: workspace('b'), result: { ok: false, because: 'forbidden', message: 'Refused b.' } },
        { scope: workspace('c'), result: { ok: false, because: 'throttled', message: 'Slow c.' } },
      ],
    };
    expect(report([], partly).coverage.synapseRoleAssignments).toEqual({
      because: 'forbidden',
      message: '2 of 3 could not be read. Refused b. Slow c.',
      permission: 'Synapse User (Microsoft.Synapse/workspaces/read) (Synapse RBAC)',
      scopes: [
        { kind: 'workspace', name: 'b', because: 'forbidden' },
        { kind: 'workspace', name: 'c', because: 'throttled' },
      ],
    });
  });
});

describe('the message of a source that was not read', () => {
  const refused = (id: string) => ({
    scope: { kind: 'workspace', id, name: id } as const,
    result: { ok: false, because: 'forbidden', message: `Refused ${id}.` } as const,
  });
  const messageOf = (...ids: string[]) =>
    report([], { sqlAuditing: ids.map(refused) }).coverage.sqlAuditing as { message: string };

  it('is that of its only scope', () => {
    expect(messageOf('a').message).toBe('Refused a.');
  });

  it('names the first five reasons, each once', () => {
    expect(messageOf('a', 'b', 'b', 'c', 'd', 'e', 'f').message).toBe(
      '7 of 7 could not be read. Refused a. Refused b. Refused c. Refused d. Refused e.',
    );
  });
});

it('orders findings by status, however urgent, then by check, name and fingerprint, whatever their order was', () => {
  const ordered = [
    aFinding({ status: 'fail', severity: 'low' }),
    aFinding({ status: 'notEvaluated', severity: 'critical' }),
    aFinding({ checkId: 'a', subject: { id: '1', kind: 'secret', name: 'y' } }),
    aFinding({ checkId: 'b', subject: { id: '2', kind: 'secret', name: 'x' }, fingerprint: 'f-1' }),
    aFinding({ checkId: 'b', subject: { id: '3', kind: 'secret', name: 'x' }, fingerprint: 'f-2' }),
    aFinding({ checkId: 'b', subject: { id: '4', kind: 'secret', name: 'z' }, fingerprint: 'f-0' }),
  ];
  for (const findings of [ordered, ordered.toReversed(), [...ordered.slice(3), ...ordered.slice(0, 3)]]) {
    expect(report(findings).findings).toEqual(ordered);
  }
});

it('orders findings by status, then severity, then name', () => {
  const names = ['pass', 'low-b', 'low-a', 'critical', 'blind'];
  const [passing, lowB, lowA, critical, blind] = [
    aFinding({ subject: { id: '1', kind: 'secret', name: 'pass' } }),
    aFinding({ status: 'fail', severity: 'low', subject: { id: '2', kind: 'secret', name: 'low-b' } }),
    aFinding({ status: 'fail', severity: 'low', subject: { id: '3', kind: 'secret', name: 'low-a' } }),
    aFinding({ status: 'fail', severity: 'critical', subject: { id: '4', kind: 'secret', name: 'critical' } }),
    aFinding({ status: 'notEvaluated', subject: { id: '5', kind: 'secret', name: 'blind' } }),
  ];
  const sorted = report([passing, lowB, lowA, critical, blind]).findings.map((finding) => finding.subject.name);
  expect(names).toHaveLength(5);
  expect(sorted).toEqual(['critical', 'low-a', 'low-b', 'blind', 'pass']);
});

it('counts statuses, severities of what fails, and changes', () => {
  const failing = aFinding({ status: 'fail', severity: 'high' });
  const changes: Change[] = [{ kind: 'opened', finding: failing, firstSeen: '' }];
  const { totals, severities, changes: counted, checks } = report([failing, aFinding({})], inventory, changes);
  expect(totals).toEqual({ fail: 1, notEvaluated: 0, pass: 1, notApplicable: 0 });
  expect(severities).toEqual({ critical: 0, high: 1, medium: 0, low: 0, info: 0 });
  expect(counted).toMatchObject({ opened: 1, resolved: 0 });
  expect(checks).toMatchObject([{ id: 'secret-expiry', totals: { fail: 1, pass: 1 } }]);
});

describe('the next expiry', () => {
  it('is the nearest one ahead, not one that is past', () => {
    const ending = (endsAt: string, name: string) =>
      aFinding({ evidence: { endsAt }, subject: { id: name, kind: 'secret', name } });
    const { nextExpiry } = report([
      ending('2026-05-01T00:00:00.000Z', 'later'),
      ending('2026-03-03T00:00:00.000Z', 'next'),
      ending('2026-02-01T00:00:00.000Z', 'past'),
    ]);
    expect(nextExpiry).toMatchObject({ name: 'next', endsAt: '2026-03-03T00:00:00.000Z' });
  });

  it('is the first by name where two end at once', () => {
    const ending = (endsAt: string, name: string) =>
      aFinding({ evidence: { endsAt }, subject: { id: name, kind: 'secret', name } });
    const soon = '2026-03-03T00:00:00.000Z';
    const { nextExpiry } = report([ending(soon, 'b'), ending(soon, 'a'), ending('2026-05-01T00:00:00.000Z', 'c')]);
    expect(nextExpiry?.name).toBe('a');
  });

  it('is nothing where nothing ends', () => {
    expect(report([aFinding({})]).nextExpiry).toBeNull();
    expect(report([aFinding({ evidence: { endsAt: run.finishedAt.toISOString() } })]).nextExpiry).toBeNull();
  });
});
