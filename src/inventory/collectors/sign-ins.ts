import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import type { KqlParameter } from '../azure/kql-literal';
import type { LogAnalytics } from '../azure/logs';
import { parseAnswer } from '../azure/parse-answer';
import type { LogTableName, Period } from '../model';
import managedIdentityQuery from '../queries/managed-identity-sign-ins.kql';
import servicePrincipalQuery from '../queries/service-principal-sign-ins.kql';
import sqlQuery from '../queries/sql-logins.kql';
import userQuery from '../queries/user-sign-ins.kql';
import type { SignInKind, SignIns, SignInWatch } from '../sign-ins';
import { SIGN_IN_TABLES } from '../telling-tables';
import { canonicalAddress } from './canonical-address';
import { countryCode } from './country-code';
import { serversOf, watchedPrincipals } from './log-filters';
import { readLogRows } from './read-log-rows';

type Filter = Readonly<Record<string, KqlParameter>>;

const QUERIES: Readonly<
  Record<SignInKind, { readonly query: string; readonly filters: (watch: SignInWatch) => readonly Filter[] }>
> = {
  user: {
    query: userQuery,
    filters: (watch) =>
      watchedPrincipals(watch, ['user']).map(({ Principals, BySynapse }) => ({ Principals, BySynapse })),
  },
  servicePrincipal: {
    query: servicePrincipalQuery,
    filters: (watch) => watchedPrincipals(watch, ['servicePrincipal', 'managedIdentity']),
  },
  managedIdentity: {
    query: managedIdentityQuery,
    filters: (watch) => watchedPrincipals(watch, ['servicePrincipal', 'managedIdentity']),
  },
  sqlLogin: { query: sqlQuery, filters: (watch) => [serversOf(watch)] },
};

const HOUR_MS = 3_600_000;

const row = z.object({
  Table: z.string(),
  PrincipalId: z.string(),
  PrincipalName: z.string(),
  ApplicationId: z.string().default(''),
  ApplicationName: z.string().default(''),
  Resource: z.string(),
  Server: z.string().default(''),
  WorkspaceId: z.string().default(''),
  Address: z.string(),
  /** ISO code, in the logs of Entra ID. */
  Country: z.string().default(''),
  /** In English, where the address was looked up. */
  CountryName: z.string().default(''),
  City: z.string(),
  Latitude: z.number().nullable(),
  Longitude: z.number().nullable(),
  AutonomousSystem: z.string().default(''),
  Result: z.string().min(1),
  Reason: z.string(),
  CredentialKeyId: z.string().default(''),
  Interactive: z.boolean().default(false),
  SignIns: z.number().int().positive(),
  FirstSeen: z.date(),
  LastSeen: z.date(),
});

/**
 * Sign-ins of a kind that concern Synapse, counted by the service. A sign-in is in one row only.
 *
 * @param where `workspaceId`: GUID of the Log Analytics workspace; `readFrom`: id of the scope; `tables`: those that hold
 *   rows, as was asked before
 * @param period its first slot is whole: it begins at a full hour, or else at the one before
 * @throws IncompleteAnswerError where no table tells such sign-ins, or where an hour has more than can be taken
 */
export async function listSignIns(
  logs: LogAnalytics,
  where: { readonly workspaceId: string; readonly readFrom: string; readonly tables: readonly LogTableName[] },
  kind: SignInKind,
  watch: SignInWatch,
  period: Period,
): Promise<SignIns[]> {
  const tables = SIGN_IN_TABLES[kind];
  if (!tables.some((table) => where.tables.includes(table))) {
    throw new IncompleteAnswerError('noData', `The workspace holds no rows of ${tables.join(' or ')}.`);
  }
  const { query, filters } = QUERIES[kind];
  const workspaceIds = new Map(watch.workspaces.map(({ id, name }) => [name.toLowerCase(), id]));
  const rows = await readLogRows(logs, where.workspaceId, { query, filters: filters(watch), period, stepMs: HOUR_MS });
  return rows.map((each) => {
    const found = parseAnswer(row, each, 'A sign-in in Log Analytics');
    return {
      readFrom: where.readFrom,
      kind,
      table: found.Table,
      principalId: found.PrincipalId,
      principalName: found.PrincipalName,
      applicationId: found.ApplicationId,
      applicationName: found.ApplicationName,
      resource: found.Resource,
      workspaceId: found.WorkspaceId || (workspaceIds.get(found.Server) ?? ''),
      address: canonicalAddress(found.Address),
      country: countryCode(found.Country || found.CountryName),
      city: found.City,
      position: positionOf(found.Latitude, found.Longitude),
      autonomousSystem: found.AutonomousSystem,
      result: found.Result,
      reason: found.Reason,
      credentialKeyId: found.CredentialKeyId,
      interactive: found.Interactive,
      count: found.SignIns,
      first: found.FirstSeen,
      last: found.LastSeen,
    };
  });
}

function positionOf(latitude: number | null, longitude: number | null): SignIns['position'] {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}
