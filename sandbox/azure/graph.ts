import { randomUUID } from 'node:crypto';
import { appManagementPolicyObject } from './app-management-policy';
import { answerAppRoles, graphItself } from './app-roles';
import { createDirectory, type GraphObject } from './directory';
import { authorizationPolicyObject, conditionalAccessObjects, directoryAuditObjects } from './directory-policies';
import { answerBatch } from './graph-batch';
import { pageOf, withToken } from './paging';
import { isRefused, type Answer, type Call, type Service, type Tenant } from './service';

/** What Graph returns of a type that was asked for without `$select`; other types return everything. */
const DEFAULT_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  '#microsoft.graph.user': [
    'businessPhones',
    'displayName',
    'givenName',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
  ],
};

/** `$expand` returns no more than this, and says nothing of the rest. https://learn.microsoft.com/graph/known-issues */
const MOST_EXPANDED = 20;
const MOST_VALUES_IN_FILTER = 15;
const GUID = "'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'";
const ID_FILTER = new RegExp(`^id in \\(\\s*(${GUID}(?:\\s*,\\s*${GUID})*)\\s*\\)$`, 'i');

/** A request that Graph refuses; thrown by the parsers below, answered at one place. */
class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Expansion {
  readonly relation: 'owners' | 'federatedIdentityCredentials';
  readonly select: readonly string[] | null;
}

interface ListOptions {
  /** Types the items may have: decides which properties may be selected. */
  readonly types: readonly GraphObject[];
  readonly context: string;
  /** Items of several types say which one they are. */
  readonly mixed: boolean;
  /** What `$expand` adds to an item; absent where nothing can be expanded. */
  readonly expand?: (expansion: Expansion, item: GraphObject) => Record<string, unknown>;
  readonly filter?: boolean;
}

/**
 * Microsoft Graph v1.0, as far as the auditor asks: https://learn.microsoft.com/graph/api/overview. What the real service
 * would silently ignore (an option it does not know here) is an error, so that a wrong request is seen.
 *
 * @param partAnswer answers one part of a batch, faults included
 */
export function createGraph(tenant: Tenant, partAnswer: (call: Call) => Answer): Service {
  const { scenario } = tenant;
  const directory = createDirectory(tenant);
  const base = `${tenant.address}/graph/v1.0`;

  const error = (code: string, message: string): unknown => {
    const id = randomUUID();
    const date = new Date().toISOString().slice(0, 19);
    return { error: { code, message, innerError: { date, 'request-id': id, 'client-request-id': id } } };
  };

  const demand = (source: Parameters<typeof isRefused>[1]): void => {
    if (isRefused(tenant, source)) {
      throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    }
  };

  /** Without permission to read it, an object shows its type and id only. */
  const visible = (object: GraphObject): GraphObject => {
    const source = object['@odata.type'] === '#microsoft.graph.user' ? 'users' : 'groups';
    const limited = ['#microsoft.graph.user', '#microsoft.graph.group'].includes(object['@odata.type']);
    if (!limited || !isRefused(tenant, source)) return object;
    const nothing = Object.fromEntries(Object.keys(object).map((property) => [property, null]));
    return { ...nothing, id: object.id, '@odata.type': object['@odata.type'] };
  };

  const objectsOf = (ids: readonly string[] | undefined, what: string): GraphObject[] => {
    if (!ids) {
      const message = `Resource '${what}' does not exist or one of its queried reference-property objects are not present.`;
      throw new GraphError(404, 'Request_ResourceNotFound', message);
    }
    return ids.flatMap((id) => directory.objects.get(id) ?? []).map(visible);
  };

  const list = (call: Call, objects: readonly GraphObject[], options: ListOptions): Answer => {
    rejectUnknownOptions(call, options);
    const select = selectedOf(call.query.get('$select'), options.types);
    const expansion = options.expand && expansionOf(call.query.get('$expand'), directory.users);
    const wanted = options.filter ? filterById(objects, call.query.get('$filter')) : objects;
    const token = call.query.get('$skiptoken');
    const page = pageOf(wanted, {
      size: Math.min(topOf(call.query.get('$top')), scenario.paging.graph),
      token,
      empty: call.emptyPage || (scenario.paging.emptyFirstPage && token === null),
    });
    if (!page) throw new GraphError(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.');

    const value = page.items.map((item) => ({
      ...project(item, select, options.mixed),
      ...(expansion && options.expand(expansion, item)),
    }));
    const next =
      page.next &&
      `${tenant.address}/graph${encodeURI(call.path)}?${withToken(call.rawQuery, '$skiptoken', page.next)}`;
    return {
      status: 200,
      body: {
        '@odata.context': `${base}/$metadata#${options.context}${select ? `(${select.join(',')})` : ''}`,
        ...(next && { '@odata.nextLink': next }),
        value,
      },
    };
  };

  const itself = graphItself();
  const principal = [...directory.servicePrincipals.slice(0, 1), ...directory.deletedServicePrincipals.slice(0, 1)];
  const mixed = [...directory.users.slice(0, 1), ...directory.groups.slice(0, 1), ...principal];

  const routes: readonly { method: string; path: RegExp; answer: (call: Call, id: string) => Answer }[] = [
    {
      method: 'GET',
      path: /^\/v1\.0\/applications$/,
      answer: (call) => {
        demand(call.query.get('$expand') === 'federatedIdentityCredentials' ? 'federatedCredentials' : 'applications');
        return list(call, directory.applications, {
          types: directory.applications.slice(0, 1),
          context: 'applications',
          mixed: false,
          expand: ({ relation, select }, { id }) => {
            const owned = relation === 'owners';
            const related = owned ? objectsOf(directory.owners.get(id), id) : directory.federatedCredentials.get(id);
            const shown = (related ?? []).slice(0, MOST_EXPANDED);
            return { [relation]: shown.map((each) => project(each, select, owned)) };
          },
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/applications\/([^/]+)\/owners$/,
      answer: (call, id) => {
        demand('applications');
        const owners = objectsOf(directory.owners.get(id.toLowerCase()), id);
        return list(call, owners, { types: mixed, context: 'directoryObjects', mixed: true });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/policies\/defaultAppManagementPolicy$/,
      answer: () => {
        demand('appManagementPolicies');
        return {
          status: 200,
          body: {
            '@odata.context': `${base}/$metadata#policies/defaultAppManagementPolicy/$entity`,
            ...appManagementPolicyObject(tenant),
          },
        };
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/policies\/authorizationPolicy$/,
      answer: () => {
        demand('authorizationPolicies');
        return {
          status: 200,
          body: {
            '@odata.context': `${base}/$metadata#policies/authorizationPolicy/$entity`,
            ...authorizationPolicyObject(tenant),
          },
        };
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/identity\/conditionalAccess\/policies$/,
      answer: (call) => {
        if (isRefused(tenant, 'conditionalAccessPolicies')) {
          const message = 'You cannot perform the requested operation, required scopes are missing in the token.';
          throw new GraphError(403, 'AccessDenied', message);
        }
        return list(call, conditionalAccessObjects(tenant), {
          types: [],
          context: 'identity/conditionalAccess/policies',
          mixed: false,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/auditLogs\/directoryAudits$/,
      answer: (call) => {
        if (isRefused(tenant, 'directoryAudits')) {
          const message = 'Calling principal does not have required MSGraph permissions AuditLog.Read.All';
          throw new GraphError(403, 'Authentication_MSGraphPermissionMissing', message);
        }
        const filter = call.query.get('$filter');
        const audits = directoryAuditObjects(tenant, filter);
        if (audits === undefined) {
          throw new GraphError(400, 'BadRequest', `The filter '${String(filter)}' is not simulated here.`);
        }
        const query = new URLSearchParams(call.query);
        query.delete('$filter');
        return list({ ...call, query }, audits, { types: [], context: 'auditLogs/directoryAudits', mixed: false });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/servicePrincipals$/,
      answer: (call) => {
        const filter = call.query.get('$filter');
        const appId = /^appId eq '([0-9a-f-]{36})'$/.exec(filter ?? '')?.[1];
        demand(appId === undefined || appId === itself['appId'] ? 'servicePrincipals' : 'auditorIdentity');
        if (filter !== null) {
          if (appId === undefined) {
            throw new GraphError(400, 'Request_UnsupportedQuery', `The filter '${filter}' is not simulated here.`);
          }
          const query = new URLSearchParams(call.query);
          query.delete('$filter');
          const named = [itself, ...directory.servicePrincipals].filter((each) => each['appId'] === appId);
          return list({ ...call, query }, named, {
            types: [itself, ...principal],
            context: 'servicePrincipals',
            mixed: false,
          });
        }
        return list(call, directory.servicePrincipals, {
          types: principal,
          context: 'servicePrincipals',
          mixed: false,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/servicePrincipals\/([^/]+)$/,
      answer: (call, id) => {
        demand('servicePrincipals');
        const found = directory.servicePrincipals.find((each) => each.id === id.toLowerCase());
        if (!found) {
          const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
          throw new GraphError(404, 'Request_ResourceNotFound', message);
        }
        const select = selectedOf(call.query.get('$select'), principal);
        const context = `${base}/$metadata#servicePrincipals/$entity`;
        return { status: 200, body: { '@odata.context': context, ...project(found, select, false) } };
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/directory\/deletedItems\/microsoft\.graph\.servicePrincipal$/,
      answer: (call) => {
        demand('deletedServicePrincipals');
        return list(call, directory.deletedServicePrincipals, {
          types: principal,
          context: 'servicePrincipals',
          mixed: false,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/users$/,
      answer: (call) => {
        demand('users');
        return list(call, directory.users, {
          types: directory.users.slice(0, 1),
          context: 'users',
          mixed: false,
          filter: true,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/groups$/,
      answer: (call) => {
        demand('groups');
        return list(call, directory.groups, {
          types: directory.groups.slice(0, 1),
          context: 'groups',
          mixed: false,
          filter: true,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\.0\/groups\/([^/]+)\/transitiveMembers$/,
      answer: (call, id) => {
        demand('groups');
        const members = objectsOf(directory.transitiveMembers.get(id.toLowerCase()), id);
        return list(call, members, { types: mixed, context: 'directoryObjects', mixed: true });
      },
    },
    {
      method: 'POST',
      path: /^\/v1\.0\/\$batch$/,
      answer: (call) => answerBatch(call.body, partAnswer, error),
    },
  ];

  return {
    audiences: ['https://graph.microsoft.com'],
    constant: true,
    error,
    headers: () => {
      const id = randomUUID();
      return { 'request-id': id, 'client-request-id': id, 'x-ms-resource-unit': '1', 'odata-version': '4.0' };
    },
    unauthorized(problem) {
      const message = {
        missing: 'Access token is empty.',
        invalid: 'CompactToken parsing failed with error code: 80049217',
        expired: 'Lifetime validation failed, the token is expired.',
        wrongAudience: 'Access token validation failure. Invalid audience.',
      }[problem];
      return { status: 401, body: error('InvalidAuthenticationToken', message) };
    },
    handle(call) {
      try {
        for (const { method, path, answer } of routes) {
          const match = method === call.method ? path.exec(call.path) : null;
          if (match) return answer(call, match[1] ?? '');
        }
        return answerAppRoles(
          call,
          { tenant, servicePrincipals: directory.servicePrincipals, error },
          (asked, found) => {
            demand('servicePrincipals');
            return list(asked, found, { types: [], context: 'appRoleAssignments', mixed: false });
          },
        );
      } catch (problem) {
        if (!(problem instanceof GraphError)) throw problem;
        return { status: problem.status, body: error(problem.code, problem.message) };
      }
    },
  };
}

function rejectUnknownOptions({ query }: Call, { expand, filter }: ListOptions): void {
  const known = new Set([
    '$select',
    '$top',
    '$skiptoken',
    ...(expand ? ['$expand'] : []),
    ...(filter ? ['$filter'] : []),
  ]);
  for (const option of query.keys()) {
    if (known.has(option)) continue;
    throw new GraphError(400, 'Request_UnsupportedQuery', `The query option '${option}' is not simulated here.`);
  }
}

function topOf(text: string | null): number {
  if (text === null) return 100;
  if (!/^[1-9]\d*$/.test(text)) {
    throw new GraphError(400, 'Request_UnsupportedQuery', `Invalid page size specified: '${text}'.`);
  }
  const most = 999;
  if (Number(text) > most) {
    const message = `The limit of '${most}' for Top query has been exceeded. The value from the incoming request is '${text}'.`;
    throw new GraphError(400, 'Request_UnsupportedQuery', message);
  }
  return Number(text);
}

/** `null`: nothing was selected. A property that no type of the list has is an error. */
function selectedOf(text: string | null, types: readonly GraphObject[]): readonly string[] | null {
  if (text === null) return null;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (types.length === 0 || types.some((type) => name in type)) continue;
    const type = types[0]?.['@odata.type'].slice(1) ?? '';
    const message = `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type '${type}'.`;
    throw new GraphError(400, 'BadRequest', message);
  }
  return names;
}

function expansionOf(text: string | null, users: readonly GraphObject[]): Expansion | undefined {
  if (text === null) return undefined;
  if (text === 'federatedIdentityCredentials') return { relation: text, select: null };
  const match = /^owners(?:\(\$select=([^)]*)\))?$/.exec(text);
  if (!match) throw new GraphError(400, 'Request_UnsupportedQuery', `The expansion '${text}' is not simulated here.`);
  return { relation: 'owners', select: selectedOf(match[1] ?? null, users.slice(0, 1)) };
}

function filterById(objects: readonly GraphObject[], filter: string | null): readonly GraphObject[] {
  if (filter === null) return objects;
  const values = ID_FILTER.exec(filter)?.[1]?.match(new RegExp(GUID, 'gi'));
  if (!values)
    throw new GraphError(400, 'Request_UnsupportedQuery', `Unsupported or invalid query filter clause: ${filter}`);
  if (values.length > MOST_VALUES_IN_FILTER) {
    const message = `Too many child clauses specified in search filter expression containing 'OR' operators: ${values.length}. Max allowed: ${MOST_VALUES_IN_FILTER}.`;
    throw new GraphError(400, 'Request_UnsupportedQuery', message);
  }
  const ids = new Set(values.map((value) => value.slice(1, -1).toLowerCase()));
  return objects.filter(({ id }) => ids.has(id));
}

/** The selected properties, the id always; keys of certificates only where they were asked for by name. */
function project(item: GraphObject, select: readonly string[] | null, mixed: boolean): Record<string, unknown> {
  const names = select ?? DEFAULT_PROPERTIES[item['@odata.type']] ?? Object.keys(item);
  const projected: Record<string, unknown> = mixed ? { '@odata.type': item['@odata.type'] } : {};
  for (const name of ['id', ...names]) {
    if (name !== '@odata.type' && name in item) projected[name] = item[name];
  }
  const keys = projected['keyCredentials'];
  if (!select && Array.isArray(keys)) {
    projected['keyCredentials'] = keys.map((each: Readonly<Record<string, unknown>>) => ({ ...each, key: null }));
  }
  return projected;
}
