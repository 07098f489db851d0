import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import contoso from './contoso.json';
import forbidden from './forbidden.json';
import healthy from './healthy.json';
import { describeLargeTenant, type LargeTenantSizes } from './large';
import { findDanglingReferences } from './references';
import { scenarioSchema, type Scenario } from './schema';
import throttled from './throttled.json';

type Description = Readonly<Record<string, unknown>>;

const SHIPPED: Readonly<Record<string, Description>> = { contoso, healthy, forbidden, throttled };

/** The scenarios one can ask for by name. */
export const SCENARIO_NAMES: readonly string[] = [...Object.keys(SHIPPED), 'large'];

export interface LoadOptions {
  /** How big the generated `large` tenant is. */
  readonly sizes?: Partial<LargeTenantSizes>;
}

/**
 * A shipped scenario by its name, or one of a JSON file. A file may say `"extends": "contoso"`: its own members then
 * replace those of that scenario, and `settings`, `paging` and `mail` are merged member by member.
 *
 * Throws an Error of one sentence for an unknown name, an unreadable file and for what does not fit the schema.
 */
export function loadScenario(nameOrPath: string, options: LoadOptions = {}): Scenario {
  if (nameOrPath === 'large') return parseScenario(describeLargeTenant(options.sizes), 'large');
  const shipped = SHIPPED[nameOrPath];
  if (shipped) return parseScenario(shipped, nameOrPath);
  if (!/[./\\]/.test(nameOrPath)) {
    throw new Error(
      `There is no scenario "${nameOrPath}": name one of ${SCENARIO_NAMES.join(', ')}, or the path of a JSON file.`,
    );
  }
  return parseScenario(readJson(nameOrPath), nameOrPath);
}

/**
 * Checks a description, fills in its defaults and what it extends. `source` names it in errors: one sentence that says
 * where in it, what was found there and what was expected.
 */
export function parseScenario(description: unknown, source: string): Scenario {
  const whole = extend(description, source);
  const parsed = scenarioSchema.safeParse(whole);
  if (!parsed.success) throw schemaError(source, whole, parsed.error.issues);
  const [dangling, ...others] = findDanglingReferences(parsed.data);
  if (dangling) throw problem(source, dangling.path, dangling.found, dangling.expected, others.length);
  return parsed.data;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`The scenario file ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The scenario file ${path} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
}

const MERGED = new Set(['settings', 'paging', 'mail']);

function extend(description: unknown, source: string): unknown {
  if (!isDescription(description) || !('extends' in description)) return description;
  const { extends: base, ...own } = description;
  const basis = typeof base === 'string' ? SHIPPED[base] : undefined;
  if (!basis) throw problem(source, ['extends'], base, `one of ${Object.keys(SHIPPED).join(', ')}`, 0);
  const whole: Record<string, unknown> = { ...(extend(basis, source) as Description) };
  for (const [key, value] of Object.entries(own)) {
    const inherited = whole[key];
    whole[key] =
      MERGED.has(key) && isDescription(inherited) && isDescription(value) ? { ...inherited, ...value } : value;
  }
  return whole;
}

function isDescription(value: unknown): value is Description {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function schemaError(source: string, whole: unknown, issues: readonly z.core.$ZodIssue[]): Error {
  const first = issues[0];
  if (!first) return new Error(`Scenario ${source} does not fit the schema.`);
  const issue = deepest(first);
  if (issue.code === 'unrecognized_keys') {
    return problem(source, issue.path, issue.keys.join(', '), 'no member of that name', issues.length - 1);
  }
  const expected =
    issue.code === 'invalid_value'
      ? `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
      : issue.code === 'invalid_type'
        ? `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
        : issue.message;
  return problem(source, issue.path, valueAt(whole, issue.path), expected, issues.length - 1);
}

/** Of a union that fits nowhere, the member that came closest: the one with the longest path. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flat()
    .map((each) => deepest({ ...each, path: [...issue.path, ...each.path] }))
    .sort((a, b) => b.path.length - a.path.length);
  return inner[0] ?? issue;
}

function problem(source: string, path: readonly PropertyKey[], found: unknown, expected: string, more: number): Error {
  const where = path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
  const what = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 80);
  const rest = more > 0 ? `, and ${more} more problem${more > 1 ? 's' : ''}` : '';
  return new Error(`Scenario ${source}: at ${where || 'its top'} found ${what}, expected ${expected}${rest}.`);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
