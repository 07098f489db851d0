/** Rows as the queries give them, as many as wanted, without asking any: two weeks of a company with attacks in them. */
import type { SignInPlace, SignIns, SignInWatch, WatchedPrincipal } from '../../src/inventory/sign-ins';
import type { Inventory, Scope } from '../../src/inventory/sources';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { HOMES, lineIn, machineInAzure, PLACES, type Origin } from '../../sandbox/traffic/places';
import { createChance, type Chance } from '../../sandbox/traffic/random';

export interface AggregatedRows {
  readonly inventory: Inventory;
  /** Those in it; the places are besides. */
  readonly rows: readonly SignIns[];
  readonly watch: SignInWatch;
  readonly from: Date;
  readonly to: Date;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TO = Date.parse('2026-03-01T00:00:00Z');
const DAYS = 14;
/** A principal has so many rows in two weeks. */
const ROWS_OF_A_PRINCIPAL = 100;

const SCOPE: Scope = { kind: 'logAnalytics', id: 'logs', name: 'logs' };

interface Actor {
  readonly kind: SignIns['kind'];
  readonly id: string;
  readonly applicationId: string;
  readonly lines: readonly Origin[];
}

/** One row in eight tells of failures, one in a hundred of somebody who tries. */
export function aggregateRows(count: number, seed: number): AggregatedRows {
  const chance = createChance(seed, 'aggregated');
  const actors = Array.from({ length: Math.ceil(count / ROWS_OF_A_PRINCIPAL) }, (_, index) => actorAt(index, chance));
  const attackers = Array.from({ length: 20 }, () => lineIn(PLACES.madrid, chance));
  const rows = Array.from({ length: count }, () => rowOf(chance.pick(actors), attackers, chance));
  const places = actors.flatMap((actor) => placesOf(actor));
  const of = (kind: SignIns['kind']) => [
    { scope: SCOPE, result: { ok: true as const, data: rows.filter((row) => row.kind === kind) } },
  ];
  return {
    inventory: {
      userSignIns: of('user'),
      servicePrincipalSignIns: of('servicePrincipal'),
      managedIdentitySignIns: of('managedIdentity'),
      sqlLogins: of('sqlLogin'),
      signInPlaces: [{ scope: SCOPE, result: { ok: true, data: places } }],
    },
    rows,
    watch: watchOf(actors),
    from: new Date(TO - DAYS * DAY_MS),
    to: new Date(TO),
  };
}

function actorAt(index: number, chance: Chance): Actor {
  const kind = chance.pick<SignIns['kind']>([
    'user',
    'user',
    'user',
    'servicePrincipal',
    'servicePrincipal',
    'managedIdentity',
    'sqlLogin',
  ]);
  const home = chance.pick(HOMES);
  const lines = kind === 'servicePrincipal' ? [machineInAzure(chance)] : [lineIn(home, chance), lineIn(home, chance)];
  return {
    kind,
    id: kind === 'sqlLogin' ? `login_${index}` : guidOf(`aggregated:${index}`),
    applicationId: kind === 'servicePrincipal' ? guidOf(`aggregated-application:${index}`) : '',
    lines,
  };
}

const FAILURES: Readonly<Record<SignIns['kind'], readonly string[]>> = {
  user: ['50126', '50126', '50074', '50140', '53003', '50173'],
  servicePrincipal: ['7000222', '7000215', '90033'],
  managedIdentity: ['90033', '500011'],
  sqlLogin: ['18456', '18456', '40615'],
};

function rowOf({ kind, id, applicationId, lines }: Actor, attackers: readonly Origin[], chance: Chance): SignIns {
  const attacked = chance.happens(0.01);
  const result = attacked || chance.happens(0.12) ? chance.pick(FAILURES[kind]) : '0';
  const from = attacked ? chance.pick(attackers) : chance.pick(lines);
  const first = TO - chance.between(1, DAYS * DAY_MS);
  const place = kind === 'managedIdentity' ? null : from.place;
  return {
    readFrom: SCOPE.id,
    kind,
    table: 'generated',
    principalId: id,
    principalName: id,
    applicationId,
    applicationName: '',
    resource: chance.pick(['Microsoft Azure Synapse Gateway', 'Azure SQL Database', 'Azure Storage']),
    workspaceId: '',
    address: place === null ? '' : from.address,
    country: place?.country ?? '',
    city: place?.city ?? '',
    position: place && { latitude: place.latitude, longitude: place.longitude },
    autonomousSystem: from.autonomousSystem,
    result,
    reason: '',
    credentialKeyId: '',
    interactive: kind === 'user' && chance.happens(0.3),
    count: attacked ? chance.between(1, 30) : chance.between(1, 4),
    first: new Date(first),
    last: new Date(Math.min(first + chance.below(HOUR_MS / 6), TO)),
  };
}

/** A day is in one row for each country. */
function placesOf({ kind, id, lines }: Actor): SignInPlace[] {
  const country = lines[0]?.place?.country ?? '';
  return Array.from({ length: 2 * DAYS }, (_, day) => {
    const at = new Date(TO - (day + 1) * DAY_MS + 9 * HOUR_MS);
    return { readFrom: SCOPE.id, kind, principalId: id, country, count: 5, first: at, last: at };
  });
}

function watchOf(actors: readonly Actor[]): SignInWatch {
  return {
    takenAt: new Date(TO - DAYS * DAY_MS).toISOString(),
    workspaces: [],
    principals: actors.flatMap(({ kind, id, applicationId }): WatchedPrincipal[] =>
      kind === 'sqlLogin' ? [] : [{ kind, id, applicationId, name: id, enabled: true, workspaces: ['orders'] }],
    ),
    credentials: [],
    logWorkspaceIds: [SCOPE.id],
    gaps: [],
  };
}
