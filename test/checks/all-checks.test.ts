/** What holds of every check: the set guards itself. */
import { existsSync, readdirSync } from 'node:fs';
import type * as z from 'zod';
import checks from '../../src/checks';
import { SOURCES } from '../../src/inventory/sources';

const files = readdirSync('src/checks')
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((id) => id !== 'index');

it('every file of the folder is a check, and every check is in the index once', () => {
  expect(checks.map((check) => check.id).sort()).toEqual(files.sort());
});

describe.each(checks.map((check) => [check.id, check] as const))('%s', (id, check) => {
  it('has a test', () => {
    expect(existsSync(`test/checks/${id}.test.ts`)).toBe(true);
  });

  it('has an id in kebab-case, a title that is a statement, and tells why', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(check.title).toMatch(/^[A-Z].*[^.]$/);
    expect(check.why.length).toBeGreaterThan(40);
  });

  it('says how to mend it and links documentation', () => {
    expect(check.remediation.length).toBeGreaterThan(0);
    expect(check.link).toMatch(/^https:\/\/learn\.microsoft\.com\//);
  });

  it('names sources that exist, none both required and used', () => {
    for (const source of [...check.requires, ...check.uses]) {
      expect(SOURCES).toHaveProperty(source);
    }
    expect(check.uses.filter((source) => check.requires.includes(source))).toEqual([]);
  });

  it('has a default and a description for every option, and takes no unknown one', () => {
    expect(check.options.safeParse({}).success).toBe(true);
    expect(check.options.safeParse({ nonsense: 1 }).success).toBe(false);
    for (const option of Object.values(check.options.shape) as z.ZodType[]) {
      expect(option.description).toMatch(/\w/);
    }
  });
});
