/** Who and what there is in the simulated company: the same for the same seed and sizes. */
import { clientIdOf, guidOf } from '../scenarios/symbolic-id';
import type { Person, SqlServer, Workload } from './log-entry';
import { HOMES, lineIn, machineInAzure, PLACES, type Origin, type Place } from './places';
import { createChance } from './random';

export interface TrafficSizes {
  /** People who may use Synapse. */
  readonly people: number;
  /** People of the tenant who have nothing to do with Synapse. */
  readonly outsiders: number;
  readonly applications: number;
  readonly managedIdentities: number;
  readonly sqlLogins: number;
}

export interface Employee extends Person {
  readonly watched: boolean;
  readonly home: Place;
  /** At home, and at the office, which all people of a town share. */
  readonly lines: readonly [Origin, Origin];
}

export interface Application extends Workload {
  readonly keyId: string;
  /** Signs in about so often. */
  readonly minutesBetween: number;
  readonly from: Origin;
  /** Its secret has ended, or somebody disabled it: it has no ordinary traffic. */
  readonly broken: boolean;
}

export interface SqlAccount {
  readonly login: string;
  readonly server: SqlServer;
  readonly from: Origin;
}

export interface Cast {
  readonly people: readonly Employee[];
  readonly applications: readonly Application[];
  readonly managedIdentities: readonly Workload[];
  readonly sqlAccounts: readonly SqlAccount[];
  readonly servers: readonly SqlServer[];
  readonly offices: ReadonlyMap<Place, Origin>;
  /** Exits of the company's network, and its computing centre: CIDR ranges that a setting can name. */
  readonly trustedNetworks: readonly string[];
  readonly vpnExits: readonly Origin[];
}

/** Where everything is exported to; a second workspace gets some of it once more. */
export const LOGS = 'security-logs';
export const MORE_LOGS = 'operations-logs';
export const SUBSCRIPTION = 'sub:traffic';

const SERVERS: readonly SqlServer[] = [
  { name: 'orders-analytics', subscription: SUBSCRIPTION, resourceGroup: 'analytics', table: 'SQLSecurityAuditEvents' },
  { name: 'ledger-analytics', subscription: SUBSCRIPTION, resourceGroup: 'analytics', table: 'AzureDiagnostics' },
];

const COMPUTING_CENTRE: Origin = { address: '93.192.200.10', place: PLACES.frankfurt, autonomousSystem: '3320' };
const VPN_EXITS: readonly Origin[] = [
  { address: '93.192.201.1', place: PLACES.frankfurt, autonomousSystem: '3320' },
  { address: '71.160.201.1', place: PLACES.newYork, autonomousSystem: '701' },
];

export function castOf(seed: number, sizes: TrafficSizes): Cast {
  const chance = createChance(seed, 'cast');
  const offices = new Map(
    HOMES.map((home): [Place, Origin] => [
      home,
      { address: `${home.network}.200.20`, place: home, autonomousSystem: home.autonomousSystem },
    ]),
  );
  const people = times(sizes.people + sizes.outsiders, (index): Employee => {
    const home = chance.pick(HOMES);
    const line = lineIn(home, chance);
    return {
      id: guidOf(`traffic:user:${seed}:${index}`),
      name: `Person ${index + 1}`,
      upn: `person${index + 1}@traffic.example`,
      watched: index < sizes.people,
      home,
      lines: [line, offices.get(home) ?? line],
    };
  });
  const applications = times(sizes.applications, (index): Application => ({
    ...workload(`app:${seed}:${index}`, `Application ${index + 1}`),
    keyId: guidOf(`traffic:key:${seed}:${index}`),
    minutesBetween: chance.pick([15, 60, 60, 240]),
    from: chance.happens(0.5) ? COMPUTING_CENTRE : machineInAzure(chance),
    broken: false,
  }));
  return {
    people,
    applications,
    managedIdentities: times(sizes.managedIdentities, (index) =>
      workload(`identity:${seed}:${index}`, `identity-${index + 1}`),
    ),
    sqlAccounts: times(sizes.sqlLogins, (index) => ({
      login: `etl_${index + 1}`,
      server: chance.pick(SERVERS),
      from: chance.happens(0.5) ? COMPUTING_CENTRE : lineIn(chance.pick(HOMES), chance),
    })),
    servers: SERVERS,
    offices,
    trustedNetworks: ['93.192.200.0/23', '71.160.201.0/24', ...HOMES.map(({ network }) => `${network}.200.0/24`)],
    vpnExits: VPN_EXITS,
  };
}

function workload(symbol: string, name: string): Workload {
  return { id: guidOf(`traffic:sp:${symbol}`), clientId: clientIdOf(`traffic:${symbol}`), name };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
