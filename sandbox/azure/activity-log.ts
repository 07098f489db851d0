/** The activity log of a subscription: https://learn.microsoft.com/rest/api/monitor/activity-logs/list */
import { momentOf } from '../scenarios/moment';
import { clientIdOf, guidOf } from '../scenarios/symbolic-id';
import { workspaceIdOf } from './resource-ids';
import type { Answer, Call, Tenant } from './service';

const INSTANT = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
/** One of the five filters that Azure allows. */
const FILTER = new RegExp(
  `^eventTimestamp ge '(${INSTANT})' and eventTimestamp le '(${INSTANT})' and resourceProvider eq '([\\w.]+)'$`,
);

/** `caller` and `category` cannot be selected. */
const SELECTABLE =
  'authorization,claims,correlationId,description,eventDataId,eventName,eventTimestamp,httpRequest,level,operationId,operationName,properties,resourceGroupName,resourceProviderName,resourceId,status,submissionTimestamp,subStatus,subscriptionId'.split(
    ',',
  );

const CLAIM = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

/** @param subscription GUID */
export function activityEvents(
  tenant: Tenant,
  subscription: string,
  { query }: Call,
  error: (code: string, message: string) => unknown,
): readonly unknown[] | Answer {
  const filter = query.get('$filter');
  const [, from = '', to = '', provider = ''] = FILTER.exec(filter ?? '') ?? [];
  if (from === '') {
    return { status: 400, body: error('BadRequest', `The filter '${String(filter)}' is not simulated here.`) };
  }
  const select = query.get('$select')?.split(',') ?? null;
  const wrong = select?.find((name) => !SELECTABLE.includes(name));
  if (wrong !== undefined) {
    return { status: 400, body: error('BadRequest', `The property '${wrong}' cannot be selected.`) };
  }
  return tenant.scenario.activity
    .flatMap((entry, index) => eventsOf(entry, index, tenant))
    .filter(({ subscriptionId, eventTimestamp, resourceProviderName }) => {
      const at = Date.parse(eventTimestamp);
      return (
        subscriptionId === subscription &&
        at >= Date.parse(from) &&
        at <= Date.parse(to) &&
        resourceProviderName.value.toLowerCase() === provider.toLowerCase()
      );
    })
    .map((event) =>
      select === null ? event : Object.fromEntries(Object.entries(event).filter(([name]) => select.includes(name))),
    );
}

type Entry = Tenant['scenario']['activity'][number];

/** An operation is told twice: when it starts and when it ends. */
function eventsOf(entry: Entry, index: number, tenant: Tenant) {
  const resourceId = resourceIdOf(entry.resource, tenant);
  const at = momentOf(entry.at, tenant.now);
  const { caller, claims } = callerOf(entry.by, tenant);
  const correlationId = guidOf(`activity:${index}`);
  const localized = (value: string) => ({ value, localizedValue: value });
  const [provider = ''] = entry.operation.split('/');
  return (['Started', entry.status] as const).map((status, step) => {
    const eventDataId = guidOf(`activity:${index}/${step}`);
    return {
      authorization: { action: entry.operation, role: 'Contributor', scope: resourceId },
      caller,
      claims,
      correlationId,
      description: '',
      eventDataId,
      eventName: localized(step === 0 ? 'BeginRequest' : 'EndRequest'),
      id: `${resourceId}/events/${eventDataId}/ticks/${at.getTime() * 10_000 + 621_355_968_000_000_000}`,
      level: status === 'Failed' ? 'Error' : 'Informational',
      resourceGroupName: resourceId.split('/')[4] ?? '',
      resourceProviderName: localized(provider),
      resourceId,
      operationId: correlationId,
      operationName: localized(entry.operation),
      properties: {},
      status: localized(status),
      subStatus: localized(''),
      eventTimestamp: at.toISOString(),
      submissionTimestamp: at.toISOString(),
      subscriptionId: resourceId.split('/')[2] ?? '',
    };
  });
}

function resourceIdOf(resource: string, { scenario }: Tenant): string {
  const [, name, below = ''] = /^workspace:([^/]+)(.*)$/.exec(resource) ?? [];
  const workspace = scenario.workspaces.find((each) => each.name === name);
  return workspace ? `${workspaceIdOf(workspace)}${below}` : resource;
}

/** Of a person the log has the sign-in name, of an application its object id. */
function callerOf(symbol: string, { scenario }: Tenant) {
  const id = guidOf(symbol);
  if (!symbol.startsWith('user:')) {
    return { caller: id, claims: { appid: clientIdOf(symbol), [OBJECT_ID]: id } };
  }
  const name = scenario.users.find((user) => user.id === symbol)?.name ?? symbol;
  const upn = `${symbol.replace(/^user:/, '')}@${scenario.tenant.domain}`;
  return { caller: upn, claims: { name, [`${CLAIM}/upn`]: upn, [`${CLAIM}/name`]: upn, [OBJECT_ID]: id } };
}
