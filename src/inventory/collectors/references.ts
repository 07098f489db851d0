/** How the definitions of a workspace's artifacts refer to one another: `{referenceName, type}`, at any depth. */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names that the references of one type have, each once. */
export function referencesIn(value: unknown, type: string): readonly string[] {
  const names = new Set<string>();
  visit(value, (fields) => {
    const { referenceName } = fields;
    if (fields['type'] === type && typeof referenceName === 'string') {
      names.add(referenceName);
    }
  });
  return [...names];
}

/** Calls back with every object in a value, itself included. */
export function visit(value: unknown, see: (fields: Fields) => void): void {
  if (Array.isArray(value)) {
    value.forEach((one) => {
      visit(one, see);
    });
  } else if (isFields(value)) {
    see(value);
    visit(Object.values(value), see);
  }
}

/** Text that is evaluated when a pipeline runs: an expression object, or a string that begins with a single `@`. */
export function isExpression(value: unknown): boolean {
  return isFields(value) ? value['type'] === 'Expression' : typeof value === 'string' && /^@(?!@|$)/.test(value);
}
