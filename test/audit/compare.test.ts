import fc from 'fast-check';
import { compare, openAfter, type OpenFinding } from '../../src/audit/compare';
import { fingerprint, type Finding, type Severity, type Status } from '../../src/audit/finding';

const tenantId = 'tenant-1';
const workspace = '/subscriptions/sub-1/resourcegroups/rg/providers/microsoft.synapse/workspaces/ws';
const now = new Date('2026-03-02T02:00:00Z');
const yesterday = '2026-03-01T02:00:00.000Z';
const context = { now, tenantId, checkIds: ['secret-expiry', 'orphans'] };

function aFinding(overrides: Partial<Finding> = {}): Finding {
  const subject = overrides.subject ?? { id: 'key-1', kind: 'secret', name: 'ci' };
  const checkId = overrides.checkId ?? 'secret-expiry';
  return {
    fingerprint: fingerprint(checkId, subject.id),
    checkId,
    status: 'fail',
    severity: 'medium',
    subject,
    message: 'm',
    evidence: {},
    remediation: 'r',
    scope: tenantId,
    ...overrides,
  };
}

const open = (finding: Finding): OpenFinding => ({ finding, firstSeen: yesterday });
const blind = (scope: string): Finding =>
  aFinding({
    status: 'notEvaluated',
    scope,
    subject: { id: scope, kind: 'workspace', name: 'w' },
    fingerprint: `blind:${scope}`,
  });

const kinds = (previous: readonly OpenFinding[], current: readonly Finding[]) =>
  compare(previous, current, context).changes.map(({ kind, finding }) => `${kind} ${finding.status}`);

describe('a failing finding', () => {
  it('that was not there before has opened now', () => {
    const { changes, findings, unconfirmed } = compare([], [aFinding()], context);
    expect(changes).toEqual([{ kind: 'opened', finding: aFinding(), firstSeen: now.toISOString() }]);
    expect(openAfter({ findings, unconfirmed })).toEqual([{ finding: aFinding(), firstSeen: now.toISOString() }]);
    expect(unconfirmed).toEqual([]);
    expect(findings[0]?.firstSeen).toBe(now.toISOString());
  });

  it('that was there is unchanged, keeps its first day, and may say something else', () => {
    const renamed = aFinding({ message: 'other', subject: { id: 'KEY-1', kind: 'secret', name: 'renamed' } });
    const { changes } = compare([open(aFinding())], [renamed], context);
    expect(changes).toEqual([{ kind: 'unchanged', finding: renamed, firstSeen: yesterday }]);
  });

  it('that got more urgent has worsened, from what it was', () => {
    const { changes } = compare([open(aFinding())], [aFinding({ severity: 'high' })], context);
    expect(changes).toMatchObject([{ kind: 'worsened', from: 'medium', firstSeen: yesterday }]);
  });

  it('that got more urgent tells so, and since when, in this report and in those after it', () => {
    const critical = aFinding({ severity: 'critical' });
    const first = compare([open(aFinding())], [critical], context);
    const worsened = { at: now.toISOString(), from: 'medium' };
    expect(first.findings).toMatchObject([{ firstSeen: yesterday, worsened }]);

    const tomorrow = { ...context, now: new Date('2026-03-03T02:00:00Z') };
    const second = compare(openAfter(first), [critical], tomorrow);
    expect(second.findings).toMatchObject([{ firstSeen: yesterday, worsened }]);
    expect(compare(openAfter(second), [aFinding({ status: 'pass' })], tomorrow).findings[0]?.worsened).toBeUndefined();
  });

  it('that did not get more urgent has never worsened', () => {
    expect(compare([open(aFinding())], [aFinding()], context).findings[0]).not.toHaveProperty('worsened');
  });

  it('that got less urgent is unchanged, and the lower severity is the base of the next comparison', () => {
    const first = compare([open(aFinding())], [aFinding({ severity: 'low' })], context);
    expect(first.changes).toMatchObject([{ kind: 'unchanged' }]);
    expect(compare(openAfter(first), [aFinding()], context).changes).toMatchObject([{ kind: 'worsened', from: 'low' }]);
  });
});

describe('a problem that is not failing any more', () => {
  it('is resolved when its subject passes', () => {
    const passing = aFinding({ status: 'pass', message: 'It is renewed.' });
    const after = compare([open(aFinding())], [passing], context);
    expect(after.changes).toMatchObject([{ kind: 'resolved', firstSeen: yesterday, now: 'It is renewed.' }]);
    expect(openAfter(after)).toEqual([]);
  });

  it('is resolved when its subject passes, though something else could not be read', () => {
    expect(kinds([open(aFinding())], [aFinding({ status: 'pass' }), blind(tenantId)])).toContain('resolved fail');
  });

  it('is resolved when its subject is gone and everything was looked at', () => {
    expect(compare([open(aFinding())], [], context).changes[0]).not.toHaveProperty('now');
    expect(kinds([open(aFinding())], [])).toEqual(['resolved fail']);
  });

  it.each([
    ['the tenant could not be read', tenantId, workspace],
    ['its own workspace could not be read', workspace, workspace],
    ['the subscription of its workspace could not be read', 'sub-1', workspace],
    ['it belongs to the tenant and any scope could not be read', workspace, tenantId],
  ])('stays open, unconfirmed, when %s', (_case, unread, scope) => {
    const before = aFinding({ scope });
    const after = compare([open(before)], [blind(unread)], context);
    const { changes, findings } = after;
    expect(changes).toContainEqual({ kind: 'unconfirmed', finding: before, firstSeen: yesterday });
    expect(openAfter(after)).toContainEqual({ finding: before, firstSeen: yesterday });
    expect(openAfter(after)).toHaveLength(2);
    expect(findings).toContainEqual(
      expect.objectContaining({
        status: 'notEvaluated',
        fingerprint: before.fingerprint,
        firstSeen: yesterday,
        message: 'Could not be looked at this time; failing since 2026-03-01: m',
        because: 'upstream',
        sources: [],
      }),
    );
  });

  it('is resolved when only another workspace could not be read', () => {
    const other = '/subscriptions/sub-2/resourcegroups/rg/providers/microsoft.synapse/workspaces/other';
    expect(kinds([open(aFinding({ scope: workspace }))], [blind(other)])).toContain('resolved fail');
  });

  it('is resolved when only another check is blind', () => {
    const elsewhere = { ...blind(tenantId), checkId: 'orphans' };
    expect(kinds([open(aFinding())], [elsewhere])).toContain('resolved fail');
  });

  it('is forgotten without a word when its check does not run any more', () => {
    const after = compare([open(aFinding({ checkId: 'retired' }))], [], context);
    expect(after.changes).toEqual([]);
    expect(openAfter(after)).toEqual([]);
  });
});

describe('a blindness', () => {
  it('opens, stays and ends like a problem', () => {
    const first = compare([], [blind(workspace)], context);
    expect(first.changes).toMatchObject([{ kind: 'opened' }]);
    const second = compare(openAfter(first), [blind(workspace)], context);
    expect(second.changes).toMatchObject([{ kind: 'unchanged' }]);
    expect(kinds(openAfter(second), [aFinding({ status: 'pass' })])).toEqual(['resolved notEvaluated']);
  });

  it('of a workspace does not end because its subscription can’t be read either', () => {
    const before = open(blind(workspace));
    expect(kinds([before], [blind('sub-1')])).toContain('unconfirmed notEvaluated');
    // The other blindness is said already.
    expect(compare([before], [blind('sub-1')], context).findings).toHaveLength(1);
  });
});

describe('whatever happens', () => {
  const status = fc.constantFrom<Status>('pass', 'fail', 'notEvaluated');
  const severity = fc.constantFrom<Severity>('critical', 'high', 'medium', 'low');
  const run = fc
    .uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 8 }), status, severity }), {
      selector: (f) => f.id,
      maxLength: 9,
    })
    .map((list) =>
      list.map(({ id, ...rest }) => aFinding({ ...rest, subject: { id: `key-${id}`, kind: 'secret', name: 'n' } })),
    );

  it('no open problem vanishes without being resolved, and none is both', () => {
    fc.assert(
      fc.property(run, run, (first, second) => {
        const before = openAfter(compare([], first, context));
        const comparison = compare(before, second, context);
        const { changes } = comparison;
        const after = openAfter(comparison);
        const gone = before.filter((o) => !after.some((a) => a.finding.fingerprint === o.finding.fingerprint));
        const resolved = changes.filter((c) => c.kind === 'resolved');
        expect(resolved.map((c) => c.finding.fingerprint).sort()).toEqual(
          gone.map((o) => o.finding.fingerprint).sort(),
        );
        expect(new Set(changes.map((c) => c.finding.fingerprint)).size).toBe(changes.length);
      }),
    );
  });

  it('the same run twice opens nothing new', () => {
    fc.assert(
      fc.property(run, (findings) => {
        const after = openAfter(compare([], findings, context));
        expect(compare(after, findings, context).changes.every((change) => change.kind === 'unchanged')).toBe(true);
      }),
    );
  });
});
