/** What the auditor's identity needs, name by name: taken out of what the sources say, which is the one list of it. */
import { SOURCE_NAMES, SOURCES, type SourceDescription, type SourceName } from '../inventory/sources';

export type System = SourceDescription['grantedIn'];

export interface NeededPermission {
  readonly system: System;
  /** Value of an app role of Microsoft Graph, or an action of a role. */
  readonly name: string;
  /** Sources that cannot be read without it. */
  readonly requiredBy: readonly SourceName[];
  /** Sources that are read without it, but not all of them. */
  readonly completes: readonly SourceName[];
}

/** How each system writes the names of its permissions. Names of roles have blanks and are none. */
const NAMES: Readonly<Record<System, RegExp>> = {
  'Microsoft Graph': /\b[A-Z]\w+(?:\.\w+)+/g,
  'Azure RBAC': /\bMicrosoft\.\w+(?:\/\w+)+\/read\b/g,
  // What ran is looked at by an action.
  'Synapse RBAC': /\bMicrosoft\.\w+(?:\/\w+)+\/(?:read|action)\b/g,
};

/** What stands in brackets after an "and" makes a source complete, and is not needed to read it. */
export function permissionsOf(source: SourceName): {
  readonly required: readonly string[];
  readonly completing: readonly string[];
} {
  const { permission, grantedIn } = SOURCES[source];
  const [, main = permission, more = ''] = /^(.*?)\s*\(and ([^)]*)\)/.exec(permission) ?? [];
  return { required: main.match(NAMES[grantedIn]) ?? [], completing: more.match(NAMES[grantedIn]) ?? [] };
}

/** Everything, each once. */
export const NEEDED: readonly NeededPermission[] = collect();

/** The names of a system, sorted. */
export function neededIn(system: System): readonly string[] {
  return NEEDED.filter((permission) => permission.system === system)
    .map(({ name }) => name)
    .sort();
}

function collect(): NeededPermission[] {
  const found = new Map<string, { requiredBy: SourceName[]; completes: SourceName[]; system: System; name: string }>();
  const entry = (system: System, name: string) => {
    const key = `${system} ${name}`;
    const known = found.get(key) ?? { system, name, requiredBy: [], completes: [] };
    found.set(key, known);
    return known;
  };
  for (const source of SOURCE_NAMES) {
    const { grantedIn } = SOURCES[source];
    const { required, completing } = permissionsOf(source);
    required.forEach((name) => entry(grantedIn, name).requiredBy.push(source));
    completing.forEach((name) => entry(grantedIn, name).completes.push(source));
  }
  return [...found.values()];
}
