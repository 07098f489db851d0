import type { Check } from './check';

/** The checks that run, and what the setting `CHECK_OPTIONS` makes of them. */
export interface ChosenChecks {
  readonly checks: readonly Check[];
  /** Ids of those that are switched off. */
  readonly off: readonly string[];
  /** By check id, complete with defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * @param given by check id options, or `false` for a check that shall not run
 * @returns also every problem with what was given, worded as what was expected; the rest can then not be relied on
 */
export function chooseChecks(
  all: readonly Check[],
  given: Readonly<Record<string, unknown>>,
): ChosenChecks & { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const unknown = Object.keys(given).filter((id) => !all.some((check) => check.id === id));
  if (unknown.length > 0) {
    const known = all.map(({ id }) => id).join(', ');
    problems.push(`expected check ids, but ${unknown.join(', ')} is none (known: ${known})`);
  }
  const checks = all.filter(({ id }) => given[id] !== false);
  if (checks.length === 0) {
    problems.push('expected that at least one check stays on');
  }
  const options = checks.map((check) => {
    const parsed = check.options.safeParse(given[check.id] ?? {});
    for (const issue of parsed.error?.issues ?? []) {
      problems.push(`expected valid options: ${[check.id, ...issue.path].join('.')}: ${issue.message}`);
    }
    return [check.id, parsed.data] as const;
  });
  return {
    checks,
    off: all.flatMap(({ id }) => (given[id] === false ? [id] : [])),
    options: Object.fromEntries(options),
    problems,
  };
}
