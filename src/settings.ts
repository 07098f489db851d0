/** Reads the environment once and validates it; every problem is told in one message. Documented in `docs/settings.md`. */
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { DEFAULT_ALERT_SETTINGS, type AlertRoute, type AlertSettings } from './alerts/alert-settings';
import { CLOUD_NAMES, CLOUDS, type Cloud } from './clouds';
import { SEVERITIES } from './audit/finding';
import { nextRun } from './schedule';

const guid = z.guid('expected a GUID such as 11111111-2222-3333-4444-555555555555');

/** Azure SDKs refuse to send bearer tokens over plain http, so that only https makes sense. */
const httpsAddress = z
  .url({ protocol: /^https$/, error: 'expected an https address such as https://management.azure.com' })
  .transform((address) => address.replace(/\/+$/, ''));

const mailAddress = z.email('expected a mail address such as team@example.com');

const list = z.string().transform((text) =>
  text
    .split(/[,;\s]+/)
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum, `expected ${minimum} to ${maximum}`));

const schedule = z.string().refine(isNcrontab, {
  error: 'expected an NCRONTAB expression of six fields (second minute hour day month weekday), UTC',
});

const timeZone = z.string().refine(isTimeZone, {
  error: 'expected the IANA name of a time zone such as Europe/Berlin, or UTC',
});

const { IPv4, IPv6 } = ipaddr;

/** A single address stands for the range that holds nothing else; one with a zone (`%`) is none of a network. */
const network = z
  .string()
  .transform((text) => (IPv4.isValidFourPartDecimal(text) ? `${text}/32` : IPv6.isValid(text) ? `${text}/128` : text))
  .refine((range) => !range.includes('%') && (IPv4.isValidCIDRFourPartDecimal(range) || IPv6.isValidCIDR(range)), {
    error: 'expected a CIDR range such as 203.0.113.0/24 or 2001:db8::/32, or one address',
  });

/** One entry a setting: its rule and what the documentation says of it. Optional ones without default are off when absent. */
export const SETTINGS = {
  AZURE_TENANT_ID: guid.describe('The Entra tenant that is audited. Subscriptions of other tenants are left out.'),
  AZURE_CLIENT_ID: guid
    .optional()
    .describe(
      'Client id of the user-assigned identity to sign in with. Absent: the system-assigned one, which the check auditor-own-access cannot judge.',
    ),
  AZURE_CLOUD: z
    .enum(CLOUD_NAMES)
    .default('AzureCloud')
    .describe('Which Azure cloud; decides addresses and token audiences.'),
  AUDIT_SCHEDULE: schedule
    .default('0 0 2 * * *')
    .describe('When the nightly audit runs: NCRONTAB with six fields, UTC.'),
  SIGN_IN_SCHEDULE: schedule
    .default('0 20 * * * *')
    .describe(
      'When sign-ins alone are audited: NCRONTAB with six fields, UTC. One audit runs at a time, so keep it off the minute of AUDIT_SCHEDULE.',
    ),
  WATCH_SCHEDULE: schedule
    .default('0 50 * * * *')
    .describe(
      'How often somebody looks whether the nightly audit still runs, where mails or a webhook are on: NCRONTAB with six fields, UTC.',
    ),
  AUDIT_SUBSCRIPTIONS: list
    .pipe(z.array(guid))
    .optional()
    .describe('Subscriptions to audit, comma-separated. Absent: every subscription the identity can see.'),
  AUDIT_TIMEOUT_MINUTES: wholeNumber(1, 600)
    .default(25)
    .describe(
      'After so many minutes an audit stops reading, reports the rest as not evaluated and publishes. Keep it below functionTimeout in host.json.',
    ),
  FAILED_RUNS_HOURS: wholeNumber(1, 1_080)
    .default(24)
    .describe(
      'Pipeline, activity and trigger runs that failed in so many hours before an audit are looked into; Azure keeps 45 days.',
    ),
  AUDIT_STORAGE_TABLE_ENDPOINT: httpsAddress
    .optional()
    .describe(
      'Table Storage address of the auditor’s state, signed in to with the identity. Preferred in Azure, where the check auditor-own-access judges that account; for Azurite leave it out, as the connection string in AzureWebJobsStorage says where that is.',
    ),
  AzureWebJobsStorage: z
    .string()
    .optional()
    .describe(
      'The Functions host’s storage. Its connection string also keeps the auditor’s state when AUDIT_STORAGE_TABLE_ENDPOINT is absent; UseDevelopmentStorage=true means Azurite.',
    ),
  AUDIT_TABLE_PREFIX: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/, 'expected 1 to 40 letters and digits, a letter first')
    .default('SynapseAudit')
    .describe('First part of the table names.'),
  REPORT_RETENTION_DAYS: wholeNumber(1, 3650)
    .default(90)
    .describe('Reports older than this are removed; the latest and the latest complete one stay.'),
  COMMUNICATION_SERVICES_ENDPOINT: httpsAddress
    .optional()
    .describe('Azure Communication Services address, signed in to with the identity. Preferred in Azure.'),
  COMMUNICATION_SERVICES_CONNECTION_STRING: z
    .string()
    .regex(/endpoint=.+;\s*accesskey=.+/i, 'expected endpoint=…;accesskey=…')
    .optional()
    .describe('Alternative to COMMUNICATION_SERVICES_ENDPOINT, with a key.'),
  MAIL_SENDER: mailAddress.optional().describe('Sender address of a domain linked to Communication Services.'),
  MAIL_RECIPIENTS: list.pipe(z.array(mailAddress)).optional().describe('Who gets the mails, comma-separated.'),
  ALERT_MIN_SEVERITY: z
    .enum(['critical', 'high', 'medium', 'low'], 'expected critical, high, medium or low')
    .default('low')
    .describe('Problems from this severity up are mailed; what is less severe stands in the report alone.'),
  ALERT_EXPIRY_STEPS: z
    .string()
    .default(DEFAULT_ALERT_SETTINGS.steps.join(','))
    .transform(parseSteps)
    .describe(
      'When people are told that a credential ends, once each: so many days before, and “expired”, comma-separated. How early a credential is a problem at all the options of the checks say.',
    ),
  ALERT_QUIET_HOURS: wholeNumber(0, 720)
    .default(24)
    .describe(
      'So many hours after a security event (a finding about sign-ins) was mailed, the same one is not mailed again, unless it is more severe.',
    ),
  ALERT_OWNERS: z
    .enum(['true', 'false'], 'expected true or false')
    .default('true')
    .describe(
      'Whether owners are told of what is theirs: those of an application, else the addresses in its notes after “NotifyEmail=”, else those of the workspace’s tag.',
    ),
  ALERT_TAG: z
    .string()
    .max(512, 'expected at most 512 characters')
    .default(DEFAULT_ALERT_SETTINGS.tag)
    .describe('Name of the tag on a workspace that holds mail addresses to tell of what concerns it.'),
  ALERT_ROUTES: z
    .string()
    .default('[]')
    .transform(parseJson)
    .transform(toRoutes)
    .describe(
      'JSON: whom to tell beside MAIL_RECIPIENTS and owners, for instance [{"minSeverity":"high","to":["soc@example.com"]},{"checkId":"failed-login-burst","to":["soc@example.com"]}]. What an entry gives must all hold.',
    ),
  MAIL_PER_MINUTE: wholeNumber(1, 2000)
    .optional()
    .describe(
      'How many mails Communication Services takes from you a minute. Absent: 5 where MAIL_SENDER is of an Azure-managed domain, 30 otherwise. More is for subscriptions that were granted more.',
    ),
  MAIL_PER_HOUR: wholeNumber(1, 2000)
    .optional()
    .describe('The same for an hour. Absent: 10 for an Azure-managed domain, 100 otherwise.'),
  ALERT_WEBHOOK_URL: z
    .url({ protocol: /^https$/, error: 'expected the https address of an incoming webhook' })
    .optional()
    .describe(
      'An incoming webhook (Teams workflow, Slack, or your own) that gets the administrators’ alerts beside the mails. Its address is a secret.',
    ),
  ALERT_WEBHOOK_FORMAT: z
    .enum(['teams', 'slack', 'json'])
    .default('teams')
    .describe('What the webhook takes: teams (an adaptive card), slack, or json (plain facts for your own receiver).'),
  ALERT_WEBHOOK_SECRET: z
    .string()
    .min(16, 'expected 16 characters or more')
    .optional()
    .describe(
      'Key that webhook requests are signed with: X-Signature is sha256= and the HMAC-SHA256, in hex, of X-Timestamp, a dot and the body. Absent: they are not signed.',
    ),
  MAIL_TIME_ZONE: timeZone
    .default('UTC')
    .describe(
      'Time zone of those who get the mails, an IANA name such as Europe/Berlin: mails tell times in it, and in UTC beside.',
    ),
  AUDIT_BASE_URL: httpsAddress
    .refine((address) => isBareAddress(address), {
      error: 'expected an address without a user, key, query or fragment in it',
    })
    .optional()
    .describe(
      'https address of this function app, such as https://func-audit.azurewebsites.net, without a key: mails link to the report there. Absent: mails have no such links.',
    ),
  CHECK_OPTIONS: z
    .string()
    .default('{}')
    .transform(parseJson)
    .transform(toCheckOptions)
    .describe(
      'JSON: options by check id, for instance {"secret-expiry":{"lowWithinDays":45}}, or false for a check that shall not run. See docs/checks.md.',
    ),
  AZURE_RESOURCE_MANAGER_ENDPOINT: httpsAddress
    .optional()
    .describe('Azure Resource Manager address, where it is not that of AZURE_CLOUD.'),
  MICROSOFT_GRAPH_ENDPOINT: httpsAddress
    .optional()
    .describe('Microsoft Graph address, where it is not that of AZURE_CLOUD.'),
  LOG_ANALYTICS_WORKSPACE_IDS: list
    .pipe(z.array(guid))
    .optional()
    .describe(
      'Log Analytics workspaces to ask beside those that the workspaces’ own diagnostic settings send to, by workspace id, comma-separated: where Entra ID sends its sign-in logs.',
    ),
  LOG_ANALYTICS_ENDPOINT: httpsAddress
    .optional()
    .describe('Log Analytics query address, where it is not that of AZURE_CLOUD.'),
  TRUSTED_NETWORKS: list
    .pipe(z.array(network))
    .optional()
    .describe(
      'Networks whose sign-ins come from no suspicious place, such as those of offices and VPNs: CIDR ranges or single addresses, IPv4 or IPv6, comma-separated.',
    ),
} as const;

/** What it takes to read a tenant and to judge it. */
export interface ReadingSettings {
  readonly tenantId: string;
  readonly identityClientId: string | undefined;
  readonly cloud: Cloud;
  /** `undefined`: every visible one. */
  readonly subscriptions: readonly string[] | undefined;
  /** GUIDs of Log Analytics workspaces to ask beside those found. */
  readonly logWorkspaceIds: readonly string[];
  /** CIDR ranges. */
  readonly trustedNetworks: readonly string[];
  readonly timeoutMilliseconds: number;
  /** Failed runs of so long before an audit are read. */
  readonly failedRunsMilliseconds: number;
  /** By check id, as given: see `load-checks.ts`. */
  readonly checkOptions: Readonly<Record<string, unknown>>;
}

export interface Settings extends ReadingSettings {
  readonly schedule: string;
  readonly signInSchedule: string;
  readonly watchSchedule: string;
  readonly storage: { readonly endpoint: string } | { readonly connectionString: string };
  readonly tablePrefix: string;
  readonly retentionDays: number;
  /** `undefined`: no mails are planned or sent. */
  readonly mail:
    | {
        readonly service: { readonly endpoint: string } | { readonly connectionString: string };
        readonly sender: string;
        readonly recipients: readonly string[];
      }
    | undefined;
  readonly alerts: AlertSettings;
  readonly mailLimits: { readonly perMinute: number; readonly perHour: number };
  /** `undefined`: none is sent. */
  readonly webhook:
    | { readonly url: string; readonly format: 'teams' | 'slack' | 'json'; readonly secret: string | undefined }
    | undefined;
  /** IANA name. */
  readonly mailTimeZone: string;
  /** https address of this app, without a slash at its end; `undefined`: not said. */
  readonly baseUrl: string | undefined;
}

/** One message that lists every problem: what was found, what is expected. Never holds the value of a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(
      `${problems.length === 1 ? 'One setting is' : `${problems.length} settings are`} wrong or missing:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n') +
        '\nSee docs/settings.md; local.settings.sample.json is a working example.',
    );
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment `process.env` or the like; empty strings count as absent, as the portal leaves them behind
 * @throws SettingsError naming every wrong, missing or misspelt setting at once; only the checks know what options they take
 */
export function readSettings(environment: Environment): Settings {
  const given = present(environment);
  const known = Object.keys(SETTINGS).sort().join(', ');
  const misspelt = unknownSettings(given).map((name) => `${name} is not a setting. Known: ${known}.`);
  return toSettings(parse(SETTINGS, given, [...misspelt, ...unresolved(given), ...contradictions(given)]));
}

/** The settings of an audit that stores nothing and tells nobody. */
const READING_SETTINGS = {
  AZURE_TENANT_ID: SETTINGS.AZURE_TENANT_ID.optional(),
  AZURE_CLIENT_ID: SETTINGS.AZURE_CLIENT_ID,
  AZURE_CLOUD: SETTINGS.AZURE_CLOUD,
  AUDIT_SUBSCRIPTIONS: SETTINGS.AUDIT_SUBSCRIPTIONS,
  AUDIT_TIMEOUT_MINUTES: SETTINGS.AUDIT_TIMEOUT_MINUTES,
  FAILED_RUNS_HOURS: SETTINGS.FAILED_RUNS_HOURS,
  CHECK_OPTIONS: SETTINGS.CHECK_OPTIONS,
  AZURE_RESOURCE_MANAGER_ENDPOINT: SETTINGS.AZURE_RESOURCE_MANAGER_ENDPOINT,
  MICROSOFT_GRAPH_ENDPOINT: SETTINGS.MICROSOFT_GRAPH_ENDPOINT,
  LOG_ANALYTICS_WORKSPACE_IDS: SETTINGS.LOG_ANALYTICS_WORKSPACE_IDS,
  LOG_ANALYTICS_ENDPOINT: SETTINGS.LOG_ANALYTICS_ENDPOINT,
  TRUSTED_NETWORKS: SETTINGS.TRUSTED_NETWORKS,
} as const;

/** Whoever is signed in belongs to a tenant, where none is named. */
export type OneOffSettings = Omit<ReadingSettings, 'tenantId'> & { readonly tenantId: string | undefined };

/**
 * @param environment as for {@link readSettings}; what only storage and mails need is not looked at
 * @throws SettingsError naming every wrong setting at once
 */
export function readOneOffSettings(environment: Environment): OneOffSettings {
  const values = parse(READING_SETTINGS, present(environment), []);
  return { ...toReadingSettings(values), tenantId: values.AZURE_TENANT_ID?.toLowerCase() };
}

function present(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
}

type Values<T extends z.core.$ZodLooseShape> = z.infer<z.ZodObject<T>>;

/** @param problems that are known already */
function parse<T extends z.core.$ZodLooseShape>(
  settings: T,
  given: Environment,
  problems: readonly string[],
): Values<T> {
  // Once a process: compiling a parser takes longer than parsing.
  const parsed = z.object(settings).safeParse(given, { jitless: true });
  const issues = parsed.error?.issues ?? [];
  if (!parsed.success || problems.length > 0) {
    throw new SettingsError([...issues.map((issue) => describeIssue(issue, given)), ...problems]);
  }
  return parsed.data;
}

function toReadingSettings(
  values: Omit<Values<typeof READING_SETTINGS>, 'AZURE_TENANT_ID'>,
): Omit<ReadingSettings, 'tenantId'> {
  const cloud = CLOUDS[values.AZURE_CLOUD];
  return {
    identityClientId: values.AZURE_CLIENT_ID,
    cloud: {
      ...cloud,
      resourceManager: values.AZURE_RESOURCE_MANAGER_ENDPOINT ?? cloud.resourceManager,
      graph: values.MICROSOFT_GRAPH_ENDPOINT ?? cloud.graph,
      logAnalytics: values.LOG_ANALYTICS_ENDPOINT ?? cloud.logAnalytics,
    },
    subscriptions: values.AUDIT_SUBSCRIPTIONS?.map((id) => id.toLowerCase()),
    logWorkspaceIds: values.LOG_ANALYTICS_WORKSPACE_IDS?.map((id) => id.toLowerCase()) ?? [],
    trustedNetworks: values.TRUSTED_NETWORKS ?? [],
    timeoutMilliseconds: values.AUDIT_TIMEOUT_MINUTES * 60_000,
    failedRunsMilliseconds: values.FAILED_RUNS_HOURS * 3_600_000,
    checkOptions: values.CHECK_OPTIONS,
  };
}

function toSettings(values: Values<typeof SETTINGS>): Settings {
  return {
    ...toReadingSettings(values),
    tenantId: values.AZURE_TENANT_ID.toLowerCase(),
    schedule: values.AUDIT_SCHEDULE,
    signInSchedule: values.SIGN_IN_SCHEDULE,
    watchSchedule: values.WATCH_SCHEDULE,
    storage:
      values.AUDIT_STORAGE_TABLE_ENDPOINT !== undefined
        ? { endpoint: values.AUDIT_STORAGE_TABLE_ENDPOINT }
        : { connectionString: values.AzureWebJobsStorage ?? '' },
    tablePrefix: values.AUDIT_TABLE_PREFIX,
    retentionDays: values.REPORT_RETENTION_DAYS,
    mail: mailOf(values),
    alerts: {
      steps: values.ALERT_EXPIRY_STEPS,
      minSeverity: values.ALERT_MIN_SEVERITY,
      quietHours: values.ALERT_QUIET_HOURS,
      tag: values.ALERT_TAG,
      routes: values.ALERT_ROUTES,
      owners: values.ALERT_OWNERS === 'true',
    },
    mailLimits: mailLimitsOf(values),
    webhook:
      values.ALERT_WEBHOOK_URL === undefined
        ? undefined
        : { url: values.ALERT_WEBHOOK_URL, format: values.ALERT_WEBHOOK_FORMAT, secret: values.ALERT_WEBHOOK_SECRET },
    mailTimeZone: values.MAIL_TIME_ZONE,
    baseUrl: values.AUDIT_BASE_URL,
  };
}

function mailOf(values: Values<typeof SETTINGS>): Settings['mail'] {
  const { MAIL_SENDER: sender, MAIL_RECIPIENTS: recipients } = values;
  const endpoint = values.COMMUNICATION_SERVICES_ENDPOINT;
  const connectionString = values.COMMUNICATION_SERVICES_CONNECTION_STRING;
  const service =
    endpoint !== undefined ? { endpoint } : connectionString !== undefined ? { connectionString } : undefined;
  return service && sender && recipients ? { service, sender, recipients } : undefined;
}

/** https://learn.microsoft.com/azure/communication-services/concepts/service-limits (email: rate limits) */
function mailLimitsOf(values: Values<typeof SETTINGS>): Settings['mailLimits'] {
  const isManagedDomain = /[@.]azurecomm\.net$/i.test(values.MAIL_SENDER ?? '');
  return {
    perMinute: values.MAIL_PER_MINUTE ?? (isManagedDomain ? 5 : 30),
    perHour: values.MAIL_PER_HOUR ?? (isManagedDomain ? 10 : 100),
  };
}

/** Rules that concern more than one setting. */
function contradictions(given: Environment): string[] {
  const problems: string[] = [];
  if (!given['AUDIT_STORAGE_TABLE_ENDPOINT'] && !given['AzureWebJobsStorage']) {
    problems.push(
      'AUDIT_STORAGE_TABLE_ENDPOINT is missing: expected the Table Storage address for the auditor’s state, or a connection string in AzureWebJobsStorage.',
    );
  }
  const service = given['COMMUNICATION_SERVICES_ENDPOINT'] ?? given['COMMUNICATION_SERVICES_CONNECTION_STRING'];
  const mail = {
    'COMMUNICATION_SERVICES_ENDPOINT (or COMMUNICATION_SERVICES_CONNECTION_STRING)': service,
    MAIL_SENDER: given['MAIL_SENDER'],
    MAIL_RECIPIENTS: given['MAIL_RECIPIENTS'],
  };
  const missing = Object.entries(mail).flatMap(([name, value]) => (value ? [] : [name]));
  if (missing.length > 0 && missing.length < Object.keys(mail).length) {
    problems.push(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing: mails need all three settings; give all of them, or none to send no mails.`,
    );
  }
  if (given['ALERT_WEBHOOK_SECRET'] && !given['ALERT_WEBHOOK_URL']) {
    problems.push(
      'ALERT_WEBHOOK_URL is missing: ALERT_WEBHOOK_SECRET signs what is sent there. Give both, or neither.',
    );
  }
  return problems;
}

/** Names that look like ours and are none: one with a typing error would otherwise be ignored in silence. */
export function unknownSettings(given: Environment): readonly string[] {
  return Object.keys(given).filter(
    (name) =>
      /^(ALERT|AUDIT|MAIL|REPORT|CHECK|COMMUNICATION_SERVICES|LOG_ANALYTICS|SIGN_IN|TRUSTED)_/.test(name) &&
      !(name in SETTINGS),
  );
}

/**
 * Where the platform cannot read a secret from Key Vault it hands on the reference itself, which would pass for a value:
 * https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#troubleshooting-key-vault-references
 */
function unresolved(given: Environment): string[] {
  return Object.entries(given)
    .filter(([name, value]) => name in SETTINGS && value?.trimStart().startsWith('@Microsoft.KeyVault('))
    .map(
      ([name]) =>
        `${name}: found a reference to Key Vault that was not resolved, expected the secret: it must exist, and the identity of the app needs Key Vault Secrets User and a way to the vault.`,
    );
}

function describeIssue(issue: z.core.$ZodIssue, given: Environment): string {
  const [name, ...path] = issue.path.map(String);
  const value = name === undefined ? undefined : given[name];
  if (value === undefined) {
    return `${name} is missing: expected ${SETTINGS[name as keyof typeof SETTINGS].description ?? 'a value'}`;
  }
  const where = path.length > 0 ? ` (item ${Number(path[0]) + 1})` : '';
  return describeProblem(`${name}${where}`, value, issue.message);
}

/** @param problem what was expected */
export function describeProblem(name: string, value: string, problem: string): string {
  const secret = /CONNECTION_STRING|AzureWebJobsStorage|^ALERT_WEBHOOK_(URL|SECRET)$/.test(name);
  const found = secret
    ? 'a value that is not shown'
    : JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  return `${name}: found ${found}, ${problem}.`;
}

/** What a setting says in JSON. */
function parseJson(text: string, context: z.core.$RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `expected JSON (${detail})` });
    return z.NEVER;
  }
}

/** What the setting `CHECK_OPTIONS` says by check id. What a check makes of it is known once the checks are loaded. */
function toCheckOptions(given: unknown, context: z.core.$RefinementCtx): Record<string, unknown> {
  const byId = z.record(z.string(), z.unknown()).safeParse(given);
  if (byId.success) {
    return byId.data;
  }
  context.addIssue({ code: 'custom', message: 'expected a JSON object with check ids as keys' });
  return z.NEVER;
}

/** The steps of `ALERT_EXPIRY_STEPS`, as the alert plan takes them. */
function parseSteps(text: string, context: z.core.$RefinementCtx<string>): AlertSettings['steps'] {
  const words = text.split(/[,;\s]+/).filter((word) => word !== '');
  const wrong = words.filter((word) => word !== 'expired' && !/^[1-9]\d{0,3}$/.test(word));
  if (wrong.length > 0 || words.length === 0) {
    const found = wrong.length === 0 ? '' : `, not ${wrong.map((word) => JSON.stringify(word)).join(', ')}`;
    context.addIssue({
      code: 'custom',
      message: `expected days from 1 to 9999 and “expired”, comma-separated${found}`,
    });
    return z.NEVER;
  }
  return words.map((word) => (word === 'expired' ? word : Number(word)));
}

const routes = z.array(
  z.strictObject({
    minSeverity: z.enum(SEVERITIES, `expected one of ${SEVERITIES.join(', ')}`).optional(),
    checkId: z.string().min(1, 'expected the id of a check').optional(),
    to: z.array(mailAddress, 'expected a list of mail addresses').min(1, 'expected one address or more'),
  }),
  'expected a JSON list',
);

/** The setting `ALERT_ROUTES`, with every problem of it in one message. */
function toRoutes(given: unknown, context: z.core.$RefinementCtx): readonly AlertRoute[] {
  const parsed = routes.safeParse(given, { jitless: true });
  if (parsed.success) {
    return parsed.data;
  }
  const problems = parsed.error.issues.map(({ path: [index, ...path], message }) => {
    const where = [typeof index === 'number' ? `entry ${index + 1}` : '', path.map(String).join('.')].filter(Boolean);
    return where.length === 0 ? message : `${where.join(', ')}: ${message}`;
  });
  context.addIssue({ code: 'custom', message: problems.join('; ') });
  return z.NEVER;
}

function isNcrontab(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 6) {
    return false;
  }
  try {
    return nextRun(text, new Date()) !== null;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  // Newer versions of Node take offsets as well, which know no summer time.
  if (/^[+-]/.test(name)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Keys of functions stand in the query, and would be in every mail. */
function isBareAddress(address: string): boolean {
  const { username, password, search, hash } = new URL(address);
  return username === '' && password === '' && search === '' && hash === '';
}
