import { appServices } from '../app-services';
import type { Exception } from '../audit/exception';
import { isActive, isMeant } from '../audit/exceptions';
import type { Finding } from '../audit/finding';
import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { json, problem } from '../http/problem';
import { EXCEPTIONS_QUERY } from '../http/schemas/queries';
import type { Storage } from '../storage/open-storage';
import { isUuid } from '../uuid';

/** Shown with the list: the link in a mail leads here. */
const HOW_TO_ADD = {
  method: 'POST',
  url: '/api/exceptions',
  body: { match: { fingerprint: 'FINGERPRINT' }, reason: 'WHY', author: 'YOU', days: 30 },
};

/**
 * `GET /api/exceptions` and `GET /api/exceptions/{id}`: what silences alerts, those in force first, and how many findings
 * of the latest report each is about. `?fingerprint=` shows those that are about one open finding.
 */
export const exceptionsEndpoint = endpoint(async (request) => {
  const fingerprint = parseQuery(EXCEPTIONS_QUERY, request.query).fingerprint || undefined;
  const { storage, now } = appServices();
  const id = request.params['id'] || undefined;
  if (id !== undefined) {
    // Any other text is no row key for Table Storage to look for.
    const one = isUuid(id) ? await storage.exceptions.get(id.toLowerCase()) : undefined;
    return one === undefined
      ? noSuchException(id)
      : json(200, describeException(one, await openFindings(storage), now()));
  }
  const [all, findings] = await Promise.all([storage.exceptions.list(), openFindings(storage)]);
  const described = all.map((exception) => describeException(exception, findings, now()));
  const about =
    fingerprint === undefined
      ? described
      : described.filter(({ match }) => match.fingerprint === fingerprint || isAbout(match, fingerprint, findings));
  const exceptions = [...about].sort((a, b) => Number(a.state === 'ended') - Number(b.state === 'ended'));
  const body = { ...HOW_TO_ADD.body, match: { fingerprint: fingerprint ?? HOW_TO_ADD.body.match.fingerprint } };
  return json(200, { count: exceptions.length, exceptions, toAdd: { ...HOW_TO_ADD, body } });
});

/** Of the latest report. */
export async function openFindings({ reports }: Storage): Promise<readonly Finding[]> {
  const open = await (await reports.find())?.open();
  return (open ?? []).map(({ finding }) => finding);
}

/** @param findings open ones of the latest report */
export function describeException(exception: Exception, findings: readonly Finding[], now: Date) {
  return {
    ...exception,
    state: isActive(exception, now) ? ('active' as const) : ('ended' as const),
    openFindings: findings.filter((finding) => isMeant(finding, exception.match)).length,
  };
}

export function noSuchException(id: string) {
  return problem(
    404,
    'No such exception',
    `There is no exception ${JSON.stringify(id.slice(0, 100))}: GET /api/exceptions lists them.`,
  );
}

function isAbout(match: Exception['match'], fingerprint: string, findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.fingerprint === fingerprint && isMeant(finding, match));
}
