import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { ActivityEvent, Period } from '../model';
import { requiredInstant } from './instant';

const localizable = z.object({ value: z.string() }).nullish();

const page = z.object({
  value: z.array(
    z.object({
      eventTimestamp: requiredInstant,
      resourceId: z.string().nullish(),
      operationName: localizable,
      status: localizable,
      caller: z.string().nullish(),
      claims: z.record(z.string(), z.string()).nullish(),
    }),
  ),
  nextLink: z.string().nullish(),
});
type Item = z.infer<typeof page>['value'][number];

/** Where settings, their logs and the roles on them are changed; the filter takes one provider at a time. */
const PROVIDERS = ['Microsoft.Synapse', 'Microsoft.Authorization', 'Microsoft.Insights'];

/** All that may be selected and tells who did what; `caller` is not among it: the claims have the name. */
const SELECT = 'claims,eventTimestamp,operationName,resourceId,status';

const CLAIMS = [
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  'name',
  'http://schemas.microsoft.com/identity/claims/objectidentifier',
  'appid',
];

/**
 * Writes and deletions in a subscription; the log keeps 90 days. Only the filters of the page below are allowed, word for
 * word: https://learn.microsoft.com/rest/api/monitor/activity-logs/list
 */
export async function listActivity(
  resourceManager: RestClient,
  endpoint: string,
  subscriptionId: string,
  { from, to }: Period,
): Promise<ActivityEvent[]> {
  const events: ActivityEvent[] = [];
  for (const provider of PROVIDERS) {
    const filter = `eventTimestamp ge '${from.toISOString()}' and eventTimestamp le '${to.toISOString()}' and resourceProvider eq '${provider}'`;
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
    let url: string | null | undefined =
      `${endpoint}${path}?api-version=2015-04-01&$filter=${encodeURIComponent(filter)}&$select=${SELECT}`;
    while (url) {
      const answer: z.infer<typeof page> = parseAnswer(page, (await resourceManager.get(url)).body, 'The activity log');
      events.push(...answer.value.flatMap((item) => toEvent(item, subscriptionId)));
      url = answer.nextLink;
      if (url && !url.startsWith(`${endpoint}/`)) {
        throw new IncompleteAnswerError('truncated', 'The next page of the activity log is on another host.');
      }
    }
  }
  return events;
}

/** An operation leaves several events (started, accepted, succeeded); one that failed changed nothing. */
function toEvent(item: Item, readFrom: string): ActivityEvent[] {
  const operation = item.operationName?.value.toLowerCase() ?? '';
  if (!item.resourceId || item.status?.value === 'Failed' || !/\/(write|delete)$/.test(operation)) {
    return [];
  }
  const named = CLAIMS.map((claim) => item.claims?.[claim]).find((name) => name !== undefined && name !== '');
  return [
    {
      at: item.eventTimestamp,
      who: item.caller || named || null,
      operation,
      resourceId: item.resourceId.toLowerCase(),
      readFrom,
    },
  ];
}
