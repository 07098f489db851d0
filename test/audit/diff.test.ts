import fc from 'fast-check';
import {
  countKinds,
  diff,
  DIFF_KINDS,
  inDoubt,
  type DiffKind,
  type DiffSide,
  type OpenFacts,
} from '../../src/audit/diff';
import { SEVERITIES } from '../../src/audit/finding';

const TENANT = 'tenant-1';
const facts = (changes: Partial<OpenFacts> = {}): OpenFacts => ({
  checkId: 'secret-expiry',
  status: 'fail',
  severity: 'medium',
  scope: 'workspace-1',
  ...changes,
});
const blind = (changes: Partial<OpenFacts> = {}) => facts({ status: 'notEvaluated', ...changes });
const side = (open: Readonly<Record<string, OpenFacts>>, checks = ['secret-expiry', 'firewall-open']): DiffSide => ({
  tenantId: TENANT,
  checks: new Set(checks),
  open: new Map(Object.entries(open)),
});
/** As where neither report judged what is in doubt. */
const compared = (before: DiffSide, after: DiffSide) =>
  diff(before, after, inDoubt(after, before), inDoubt(before, after));
const kindOf = (before: DiffSide, after: DiffSide) => compared(before, after).find((d) => d.fingerprint === 'f')?.kind;

const REVERSE: Readonly<Record<DiffKind, DiffKind>> = {
  opened: 'resolved',
  worsened: 'improved',
  revealed: 'unconfirmed',
  blinded: 'regained',
  resolved: 'opened',
  improved: 'worsened',
  unconfirmed: 'revealed',
  regained: 'blinded',
};

describe('a finding', () => {
  it.each<[string, Record<string, OpenFacts>, Record<string, OpenFacts>, DiffKind | undefined]>([
    ['was not there and fails', {}, { f: facts() }, 'opened'],
    ['fails no more', { f: facts() }, {}, 'resolved'],
    ['fails as before', { f: facts() }, { f: facts() }, undefined],
    ['is more severe', { f: facts() }, { f: facts({ severity: 'high' }) }, 'worsened'],
    ['is less severe', { f: facts() }, { f: facts({ severity: 'low' }) }, 'improved'],
    ['failed and cannot be looked at', { f: facts() }, { f: blind() }, 'unconfirmed'],
    ['could not be looked at and fails', { f: blind() }, { f: facts() }, 'revealed'],
    ['cannot be looked at any more', {}, { f: blind() }, 'blinded'],
    ['can be looked at again', { f: blind() }, {}, 'regained'],
    ['cannot be looked at still', { f: blind() }, { f: blind({ severity: 'low' }) }, undefined],
    ['failed where nobody can look now', { f: facts() }, { other: blind() }, 'unconfirmed'],
    ['fails where nobody could look', { other: blind({ scope: TENANT }) }, { f: facts() }, 'revealed'],
    [
      'of the tenant failed, which is blind in part',
      { f: facts({ scope: TENANT }) },
      { other: blind() },
      'unconfirmed',
    ],
    ['failed where another scope is blind', { f: facts() }, { other: blind({ scope: 'workspace-2' }) }, 'resolved'],
    ['failed where another check is blind', { f: facts() }, { other: blind({ checkId: 'firewall-open' }) }, 'resolved'],
  ])('that %s', (_, before, after, kind) => {
    expect(kindOf(side(before), side(after))).toBe(kind);
    expect(kindOf(side(after), side(before))).toBe(kind && REVERSE[kind]);
  });

  it('is not resolved by switching its check off', () => {
    expect(kindOf(side({ f: facts() }), side({}, ['firewall-open']))).toBe('unconfirmed');
    expect(kindOf(side({}, ['firewall-open']), side({ f: facts() }))).toBe('revealed');
    expect(kindOf(side({ f: blind() }), side({}, []))).toBeUndefined();
  });

  it('is resolved in a blind scope where the report judged it', () => {
    const [before, after] = [side({ f: facts() }), side({ other: blind() })];
    expect([...inDoubt(before, after)]).toEqual(['f']);
    expect(diff(before, after, new Set(), new Set()).map(({ kind }) => kind)).toEqual(['blinded', 'resolved']);
  });
});

it('says how severe it was and is', () => {
  const [before, after] = [side({ a: facts(), b: facts() }), side({ a: facts({ severity: 'high' }), b: blind() })];
  expect(compared(before, after)).toEqual([
    { kind: 'worsened', fingerprint: 'a', checkId: 'secret-expiry', severityBefore: 'medium', severityAfter: 'high' },
    { kind: 'unconfirmed', fingerprint: 'b', checkId: 'secret-expiry', severityBefore: 'medium', severityAfter: null },
  ]);
});

it('comes by kind, then the most urgent first', () => {
  const after = { a: facts({ severity: 'low' }), b: facts({ severity: 'critical' }), c: blind(), d: facts() };
  const all = diff(side({ d: facts({ severity: 'low' }) }), side(after), new Set(), new Set());
  expect(all.map(({ fingerprint }) => fingerprint)).toEqual(['b', 'a', 'd', 'c']);
});

const sides = fc
  .record({
    open: fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.record({
        checkId: fc.constantFrom('secret-expiry', 'firewall-open'),
        status: fc.constantFrom('fail', 'notEvaluated'),
        severity: fc.constantFrom(...SEVERITIES),
        scope: fc.constantFrom(TENANT, 'workspace-1', 'workspace-2'),
      }),
    ),
    checks: fc.subarray(['secret-expiry', 'firewall-open'], { minLength: 1 }),
  })
  // A fingerprint is made of the check and the subject.
  .map(({ open, checks }) => {
    const known = Object.entries(open).map(([key, value]) => [`${value.checkId} ${key}`, value] as const);
    return side(Object.fromEntries(known.filter(([, { checkId }]) => checks.includes(checkId))), checks);
  });

it('is the exact reverse the other way round', () => {
  fc.assert(
    fc.property(sides, sides, (a, b) => {
      const turned = compared(b, a).map(({ kind, severityBefore, severityAfter, ...rest }) => ({
        kind: REVERSE[kind],
        severityBefore: severityAfter,
        severityAfter: severityBefore,
        ...rest,
      }));
      expect(new Set(turned.map((one) => JSON.stringify(Object.entries(one).sort())))).toEqual(
        new Set(compared(a, b).map((one) => JSON.stringify(Object.entries(one).sort()))),
      );
      const [there, back] = [countKinds(compared(a, b)), countKinds(compared(b, a))];
      expect(DIFF_KINDS.map((kind) => there[kind])).toEqual(DIFF_KINDS.map((kind) => back[REVERSE[kind]]));
    }),
  );
});

it('tells of nothing between a report and itself', () => {
  fc.assert(
    fc.property(sides, (one) => {
      expect(compared(one, one)).toEqual([]);
    }),
  );
});
