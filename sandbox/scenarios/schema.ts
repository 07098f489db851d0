/**
 * A tenant written for people. Every thing has a symbolic id (`app:nightly-loader`, `user:ada`) that becomes the same
 * GUID in every run; every date is relative to the start of the sandbox (`+12d`, `-2h`) or ISO 8601, or `null` for never.
 */
import * as z from 'zod';
import { SOURCE_NAMES } from '../../src/inventory/sources';
import { TABLE_NAMES } from '../kql/schema';
import { changesAndPolicies } from './changes-and-policies';
import { isMoment } from './moment';
import { keyVault } from './key-vault';
import { logRows } from './log-rows';
import { runs } from './runs';
import { workspaceSettings } from './workspace-settings';

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** A symbolic id of one of these kinds, or a GUID. */
const symbol = (...kinds: readonly string[]) =>
  z.string().regex(new RegExp(`^((${kinds.join('|')}):[\\w.-]+|${GUID})$`, 'i'), {
    error: `an id such as "${kinds[0] ?? ''}:name" (${kinds.join(', ')}) or a GUID`,
  });

const moment = z
  .string()
  .refine(isMoment, { error: 'a date: "+12d", "-2h", "+30m" from now, ISO 8601, or null for never' });

const credential = z.strictObject({
  name: z.string().nullable().default(null),
  starts: moment.nullable().default('-90d'),
  ends: moment.nullable(),
});

const principal = symbol('user', 'group', 'sp', 'mi', 'system', 'gone');

/** A pair that signs SAML tokens, with the password that protects it; the three end together. */
const samlSigning = z.strictObject({ starts: moment.default('-355d'), ends: moment });

const credentialsOfPrincipal = {
  secrets: z.array(credential).default([]),
  certificates: z.array(credential).default([]),
  samlSigning: samlSigning.optional(),
};

const user = z.strictObject({
  id: symbol('user'),
  name: z.string(),
  /** Default: made from the id and the tenant's domain. */
  mail: z.string().nullable().optional(),
  guest: z.boolean().default(false),
  enabled: z.boolean().default(true),
});

const group = z.strictObject({
  id: symbol('group'),
  name: z.string(),
  members: z.array(symbol('user', 'group', 'sp', 'mi', 'system')).default([]),
});

const federatedCredential = z.strictObject({
  name: z.string(),
  issuer: z.string(),
  /** `null`: an expression is matched instead, which Graph v1.0 does not show. */
  subject: z.string().nullable(),
  audiences: z.array(z.string()).default(['api://AzureADTokenExchange']),
});

const application = z.strictObject({
  id: symbol('app'),
  name: z.string(),
  owners: z.array(symbol('user', 'sp')).default([]),
  notes: z.string().nullable().default(null),
  secrets: z.array(credential).default([]),
  certificates: z.array(credential).default([]),
  federatedCredentials: z.array(federatedCredential).max(20).default([]),
  created: moment.default('-900d'),
  disabledByMicrosoft: z.boolean().default(false),
  /** `deleted`: in the recycle bin, restorable; `absent`: there never was one, or it is purged. */
  servicePrincipal: z.enum(['enabled', 'disabled', 'deleted', 'absent']).default('enabled'),
  /** Credentials on the service principal itself. */
  principalCredentials: z.strictObject(credentialsOfPrincipal).optional(),
});

/** A service principal whose application is registered in another tenant, or that has none. */
const servicePrincipal = z.strictObject({
  id: symbol('sp'),
  name: z.string(),
  type: z.enum(['Application', 'Legacy', 'SocialIdp']).default('Application'),
  /** Where its application is registered; `microsoft` for Microsoft's own; `null` for legacy principals. */
  ownerTenant: z.string().nullable().default('microsoft'),
  enabled: z.boolean().default(true),
  /** In the recycle bin since then. */
  deleted: moment.optional(),
  ...credentialsOfPrincipal,
});

const identityState = z.enum(['enabled', 'disabled', 'missing']);

const userAssignedIdentity = z.strictObject({
  id: symbol('mi'),
  subscription: symbol('sub'),
  resourceGroup: z.string().default('identities'),
  /** Default: the name in its id. */
  name: z.string().optional(),
  /** State of its service principal. `deleted`: neither the resource nor its principal exists any more. */
  state: z.enum([...identityState.options, 'deleted']).default('enabled'),
  /** End of the certificate the platform keeps on its principal. */
  certificateEnds: moment.default('+60d'),
});

const storageAccount = z.strictObject({
  name: z.string().regex(/^[a-z0-9]{3,24}$/, { error: '3 to 24 lower-case letters and digits' }),
  subscription: symbol('sub'),
  resourceGroup: z.string().default('data'),
  /** Of its properties those given here; the others are closed. `null`: Azure says nothing of it. */
  properties: z.record(z.string(), z.unknown()).default({}),
});

const synapseRoleAssignment = z.strictObject({
  principal,
  role: z.string(),
  /** Below the workspace, such as `credentials/WorkspaceSystemIdentity`; default: the workspace itself. */
  scope: z.string().optional(),
  /** Default: what the principal is, and no type where it is gone. `null`: left out of the answer. */
  principalType: z.enum(['User', 'Group', 'ServicePrincipal']).nullable().optional(),
});

const artifactName = z.string().regex(/^[\w -]{1,260}$/, { error: 'letters, digits, blanks, hyphens, underscores' });
/** As on the wire. `${app:name}` in a text becomes the client id, other `${symbol}`s their GUID. */
const wireObject = z.record(z.string(), z.unknown());

const linkedService = z.strictObject({
  name: artifactName,
  type: z.string(),
  typeProperties: wireObject,
  parameters: wireObject.optional(),
});

/** Of a user-assigned identity, of an application with its secret in a vault, or else of the workspace itself. */
const workspaceCredential = z.strictObject({
  name: artifactName,
  identity: symbol('mi').optional(),
  application: symbol('app').optional(),
});

const pipeline = z.strictObject({ name: artifactName, activities: z.array(wireObject) });
const dataset = z.strictObject({ name: artifactName, type: z.string().default('Parquet'), linkedService: z.string() });

const trigger = z.strictObject({
  name: artifactName,
  type: z.string().default('ScheduleTrigger'),
  typeProperties: wireObject,
  pipelines: z.array(z.string()).default([]),
  state: z.enum(['Started', 'Stopped', 'Disabled']).default('Started'),
});

const workspace = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,50}$/, { error: '1 to 50 lower-case letters, digits and hyphens' }),
  subscription: symbol('sub'),
  resourceGroup: z.string().default('analytics'),
  location: z.string().default('westeurope'),
  tags: z.record(z.string(), z.string()).default({}),
  /** State of the service principal of the system-assigned identity; `none`: the workspace has no such identity. */
  identity: z.enum([...identityState.options, 'none']).default('enabled'),
  certificateEnds: moment.default('+60d'),
  userAssignedIdentities: z.array(symbol('mi')).default([]),
  storage: z
    .strictObject({
      account: z.string(),
      filesystem: z.string(),
      /** Older workspaces name their lake without its resource id. */
      resourceId: z.boolean().default(true),
    })
    .nullable(),
  roleAssignments: z.array(synapseRoleAssignment).default([]),
  ...workspaceSettings(principal),
  /** With which its data is encrypted a second time. */
  customerManagedKey: z
    .strictObject({
      vault: z.string(),
      key: z.string(),
      status: z.string().default('Consistent'),
      /** `null`: the workspace's own identity reads it. */
      identity: symbol('mi').nullable().default(null),
    })
    .nullable()
    .default(null),
  linkedServices: z.array(linkedService).default([]),
  /** `null`: a workspace so old that it answers 404. */
  credentials: z.array(workspaceCredential).nullable().default([]),
  pipelines: z.array(pipeline).default([]),
  datasets: z.array(dataset).default([]),
  triggers: z.array(trigger).default([]),
  ...runs(moment),
});

const azureRoleAssignment = z.strictObject({
  principal,
  role: z.string(),
  scope: z.string().regex(/^(\/|(sub|rg|storage|container|vault|workspace|mg):.+)$/, {
    error:
      'a scope: "/", "mg:root", "sub:production", "rg:production/data", "storage:lake", "container:lake/raw", "vault:name" or "workspace:name"',
  }),
  principalType: z.enum(['User', 'Group', 'ServicePrincipal']).optional(),
  condition: z.string().nullable().default(null),
});

/** A role that may be activated. */
const roleEligibility = azureRoleAssignment
  .omit({ principalType: true, condition: true })
  .extend({ starts: moment.default('-30d'), ends: moment.nullable().default('+335d') });

/** ISO 8601 durations in days, as Graph writes them. */
const lifetime = z.string().regex(/^P\d+D$/, { error: 'a number of days such as "P180D"' });
const appManagementPolicy = z.strictObject({
  enabled: z.boolean().default(false),
  passwordLifetime: lifetime.optional(),
  asymmetricKeyLifetime: lifetime.optional(),
  /** The limits count for applications made after that. */
  createdAfter: moment.nullable().default(null),
});

const customRole = z.strictObject({
  name: z.string(),
  subscriptions: z.array(symbol('sub')).min(1),
  actions: z.array(z.string()).default([]),
  notActions: z.array(z.string()).default([]),
  dataActions: z.array(z.string()).default([]),
  notDataActions: z.array(z.string()).default([]),
});

const logTable = z.strictObject({
  name: z.enum(TABLE_NAMES as [string, ...string[]]),
  rows: logRows.default([]),
});

/** A Log Analytics workspace. It has only the tables that it names: others were never exported. */
const logAnalyticsWorkspace = z.strictObject({
  /** Where diagnostic settings send to, by name. */
  name: z.string().regex(/^[\w-]+$/, { error: 'letters, digits, hyphens, underscores' }),
  subscription: symbol('sub'),
  resourceGroup: z.string().default('monitoring'),
  tables: z.array(logTable).default([]),
  /** `part`: half of the rows, with an error beside them; `nothing`: an empty body. */
  answers: z.enum(['whole', 'part', 'nothing']).default('whole'),
  /** How long a query takes there; nobody waits for it, but who allows it less time gets none. */
  takesSeconds: z.number().min(0).default(0),
});

const source = z.enum(SOURCE_NAMES as [(typeof SOURCE_NAMES)[number], ...(typeof SOURCE_NAMES)[number][]]);

/** Which reader's permission is missing: everywhere, or in one subscription, workspace or vault. */
const refusal = z.union([
  source,
  z.strictObject({
    source,
    scope: z.string().regex(/^(sub|workspace|vault|logs):.+$/, {
      error: 'a scope: "sub:production", "workspace:name", "vault:name" or "logs:name"',
    }),
  }),
]);

/** Which identity the auditor has: it may then read what it was granted, and nothing else. */
const auditor = z.strictObject({
  identity: symbol('mi', 'sp'),
  /** Application permissions of Microsoft Graph; its roles stand where those of others do. */
  graphPermissions: z.array(z.string()).default([]),
});

export const SERVICE_NAMES = ['identity', 'graph', 'arm', 'synapse', 'mail', 'logs', 'webhook'] as const;

const fault = z.strictObject({
  service: z.enum(SERVICE_NAMES),
  method: z.string().optional(),
  /** Regular expression on the path with its query. */
  path: z.string().default('').refine(isRegularExpression, { error: 'a regular expression' }),
  /** How often it strikes; default once, or always where `every` is given. */
  times: z.union([z.number().int().positive(), z.literal('always')]).optional(),
  /** Strikes every nth matching request. */
  every: z.number().int().positive().default(1),
  /** Answers with this status instead of the real answer. */
  status: z.number().int().min(400).max(599).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  /** `Retry-After` of that answer; `null`: no such header. */
  retryAfterSeconds: z.number().min(0).nullable().default(null),
  /** Ends the connection in the middle of the answer. */
  cut: z.boolean().default(false),
  delayMilliseconds: z.number().int().min(0).default(0),
  /** Answers a list with no items and the address of where it goes on. */
  emptyPage: z.boolean().default(false),
});

export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string(),
  about: z.string().default(''),
  tenant: z.strictObject({ id: symbol('tenant'), domain: z.string() }),
  /** More settings for the app; `${app:name}` and `${client:mi:name}` are replaced by the client id, other `${symbol}`s by their GUID. */
  settings: z.record(z.string(), z.string()).default({}),
  /** Lifetime of the tokens handed out; zero or less: born expired. */
  tokenLifetimeSeconds: z.number().int().default(86_400),
  /** Most items a service puts on a page, whatever is asked for. */
  paging: z
    .strictObject({
      graph: z.number().int().min(1).max(999).default(20),
      resourceManager: z.number().int().min(1).max(1000).default(5),
      synapse: z.number().int().min(1).max(1000).default(5),
      /** Every list begins with a page that has no items and says where it goes on. */
      emptyFirstPage: z.boolean().default(false),
    })
    .prefault({}),
  subscriptions: z.array(
    z.strictObject({
      id: symbol('sub'),
      name: z.string(),
      /** The management groups above it, the nearest first. */
      managementGroups: z.array(z.string()).default([]),
    }),
  ),
  users: z.array(user).default([]),
  groups: z.array(group).default([]),
  applications: z.array(application).default([]),
  servicePrincipals: z.array(servicePrincipal).default([]),
  userAssignedIdentities: z.array(userAssignedIdentity).default([]),
  storageAccounts: z.array(storageAccount).default([]),
  keyVaults: z.array(keyVault(symbol('sub'), principal, moment)).default([]),
  workspaces: z.array(workspace).default([]),
  logAnalyticsWorkspaces: z.array(logAnalyticsWorkspace).default([]),
  azureRoleAssignments: z.array(azureRoleAssignment).default([]),
  customRoles: z.array(customRole).default([]),
  roleEligibilities: z.array(roleEligibility).default([]),
  appManagementPolicy: appManagementPolicy.prefault({}),
  ...changesAndPolicies(moment, symbol('user', 'sp', 'gone')),
  mail: z
    .strictObject({
      sender: z.string().default('auditor@mail.example'),
      recipients: z.array(z.string()).default(['operations@mail.example']),
      /** Domains one may send from; default: the sender's. */
      linkedDomains: z.array(z.string()).optional(),
      /** Addresses the service drops; a mail to none but these fails. */
      suppressed: z.array(z.string()).default([]),
      sendsPerMinute: z.number().int().positive().optional(),
      sendsPerHour: z.number().int().positive().optional(),
      statusReadsPerMinute: z.number().int().positive().optional(),
      statusReadsPerHour: z.number().int().positive().optional(),
      /** `Retry-After` where those limits are hit; default: what is left of the minute or hour. */
      retryAfterSeconds: z.number().int().min(0).optional(),
    })
    .prefault({}),
  /** Application permissions of Microsoft Graph that principals hold. Nobody here goes by them but who looks at the list. */
  appRoleAssignments: z.array(z.strictObject({ principal: symbol('mi', 'sp'), permission: z.string() })).default([]),
  /** `null`: it may read all that `refuse` does not withhold. */
  auditor: auditor.nullable().default(null),
  refuse: z.array(refusal).default([]),
  faults: z.array(fault).default([]),
});

export type Scenario = z.infer<typeof scenarioSchema>;
/** The same before defaults are filled in: what a scenario file says. */
export type ScenarioDescription = z.input<typeof scenarioSchema>;
export type Fault = Scenario['faults'][number];
export type ServiceName = (typeof SERVICE_NAMES)[number];
export type CredentialDescription = z.infer<typeof credential>;

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
