/** The table of cases: the first cause is right nearly always, and never is a wrong one called certain. */
import { explain } from '../../src/diagnosis/explain';
import { failureOf, knowledgeOf, type DiagnosisCase } from './cases/case';
import { IDENTITY_CASES } from './cases/identities';
import { LATER_CASES } from './cases/later';
import { ROLE_CASES } from './cases/roles';
import { SECRET_CASES } from './cases/secrets';
import { OTHER_CASES } from './cases/sql-and-others';
import { STORAGE_CASES } from './cases/storage';
import { VAULT_CASES } from './cases/vaults';

const CASES: readonly DiagnosisCase[] = [
  ...SECRET_CASES,
  ...IDENTITY_CASES,
  ...ROLE_CASES,
  ...VAULT_CASES,
  ...STORAGE_CASES,
  ...OTHER_CASES,
  ...LATER_CASES,
];

const judged = CASES.map((one) => ({ one, diagnosis: explain(failureOf(one), knowledgeOf(one)) }));
const misses = judged.filter(({ one, diagnosis }) => (diagnosis.causes[0]?.id ?? null) !== one.expected);

test('the first cause is right in 95 of 100 cases', () => {
  const shown = misses.map(
    ({ one, diagnosis: { causes, ruledOut } }) =>
      `${one.name}: expected ${one.expected ?? 'none'}, got ${causes.map(({ id, certainty }) => `${id} (${certainty})`).join(', ') || 'none'}; ruled out ${ruledOut.map(({ id }) => id).join(', ')}`,
  );
  if (shown.length > 0) {
    console.log(`${misses.length} of ${CASES.length} cases missed:\n${shown.join('\n')}`);
  }
  expect(misses.length / CASES.length).toBeLessThanOrEqual(0.05);
});

test('no wrong cause is called certain', () => {
  const wrong = misses.filter(({ diagnosis }) => diagnosis.causes[0]?.certainty === 'certain');
  expect(wrong.map(({ one }) => one.name)).toEqual([]);
});

test('where the obvious cause is wrong it is not called certain either, unless it is true as well', () => {
  const misled = judged.filter(({ one, diagnosis }) =>
    diagnosis.causes.some(({ id, certainty }, index) => index === 0 && id === one.obvious && certainty === 'certain'),
  );
  expect(misled.map(({ one }) => one.name)).toEqual([]);
});

test('the table is as large and as mixed as it is meant to be', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(40);
  expect(new Set(CASES.map(({ name, text }) => `${name} ${text}`)).size).toBe(CASES.length);
  expect(CASES.filter(({ source }) => source !== undefined).length * 2).toBeGreaterThanOrEqual(CASES.length);
  expect(CASES.filter(({ obvious }) => obvious !== undefined).length).toBeGreaterThanOrEqual(8);
});

test.each(
  judged
    .filter(({ diagnosis }) => diagnosis.causes.length > 0)
    .map(({ one, diagnosis }) => [one.name, diagnosis] as const),
)('every cause has a remedy, a source and something to look at or evidence: %s', (_, { causes, remedy }) => {
  expect(remedy).toBe(causes[0]?.remedy);
  for (const cause of causes) {
    expect(cause.remedy).toMatch(/\w/);
    expect(cause.source).toMatch(/^https:\/\/learn\.microsoft\.com\//);
    expect(cause.look !== '' || cause.evidenceFor.length > 0).toBe(true);
  }
});
