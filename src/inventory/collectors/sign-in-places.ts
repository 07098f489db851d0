import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import type { LogAnalytics } from '../azure/logs';
import { parseAnswer } from '../azure/parse-answer';
import type { LogTableName, Period } from '../model';
import query from '../queries/sign-in-places.kql';
import type { SignInPlace, SignInWatch } from '../sign-ins';
import { SIGN_IN_TABLES } from '../telling-tables';
import { countryCode } from './country-code';
import { serversOf, watchedPrincipals } from './log-filters';
import { readLogRows } from './read-log-rows';

const DAY_MS = 86_400_000;

const row = z.object({
  Kind: z.enum(['user', 'servicePrincipal', 'managedIdentity', 'sqlLogin']),
  PrincipalId: z.string(),
  /** ISO code, in the logs of Entra ID. */
  Country: z.string(),
  /** In English, where the address was looked up. */
  CountryName: z.string(),
  SignIns: z.number().int().positive(),
  FirstSeen: z.date(),
  LastSeen: z.date(),
});

/**
 * From which countries principals signed in with success, day by day.
 *
 * @param where as of `listSignIns`
 * @param period its first day is whole: it begins at midnight (UTC), or else at the one before
 * @throws IncompleteAnswerError where no table tells sign-ins, or where a day has more than can be taken
 */
export async function listSignInPlaces(
  logs: LogAnalytics,
  where: { readonly workspaceId: string; readonly readFrom: string; readonly tables: readonly LogTableName[] },
  watch: SignInWatch,
  period: Period,
): Promise<SignInPlace[]> {
  const tables = Object.values(SIGN_IN_TABLES).flat();
  if (!tables.some((table) => where.tables.includes(table))) {
    throw new IncompleteAnswerError('noData', `The workspace holds no rows of ${tables.join(' or ')}.`);
  }
  const servers = serversOf(watch);
  const filters = watchedPrincipals(watch, ['user', 'servicePrincipal', 'managedIdentity']).map((filter) => ({
    ...filter,
    ...servers,
  }));
  const rows = await readLogRows(logs, where.workspaceId, { query, filters, period, stepMs: DAY_MS });
  return rows.map((each) => {
    const found = parseAnswer(row, each, 'A place in Log Analytics');
    return {
      readFrom: where.readFrom,
      kind: found.Kind,
      principalId: found.PrincipalId,
      country: countryCode(found.Country || found.CountryName),
      count: found.SignIns,
      first: found.FirstSeen,
      last: found.LastSeen,
    };
  });
}
