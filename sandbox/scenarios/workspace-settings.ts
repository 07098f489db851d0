/** What a scenario says of a workspace's own settings. What it leaves out is as it should be. */
import * as z from 'zod';

const diagnosticSetting = z.strictObject({
  name: z.string().default('security'),
  /** Name of the Log Analytics workspace; `null`: it sends elsewhere. */
  logAnalytics: z.string().nullable().default('security-logs'),
  groups: z.array(z.enum(['allLogs', 'audit'])).default([]),
  categories: z.array(z.string()).default([]),
});

const DEFAULT_ACTION_GROUPS = [
  'SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP',
  'FAILED_DATABASE_AUTHENTICATION_GROUP',
  'BATCH_COMPLETED_GROUP',
];

const auditing = z.strictObject({
  state: z.enum(['Enabled', 'Disabled']).default('Enabled'),
  actionGroups: z.array(z.string()).default(DEFAULT_ACTION_GROUPS),
  azureMonitor: z.boolean().default(true),
  /** Name of the storage account; `null`: none. */
  storage: z.string().nullable().default(null),
  retentionDays: z.number().int().min(0).default(0),
  predicate: z.string().nullable().default(null),
});

const sqlPool = z.strictObject({
  name: z.string(),
  status: z.enum(['Online', 'Paused']).default('Online'),
  auditing: auditing.prefault({ state: 'Disabled', actionGroups: [], azureMonitor: false }),
  diagnosticSettings: z.array(diagnosticSetting).default([]),
});

/** Members of a workspace; principals are symbols that {@link principal} checks. */
export const workspaceSettings = (principal: z.ZodString) => ({
  /** `extraProperties.WorkspaceType`; `null`: left out. */
  type: z.string().nullable().default('Normal'),
  /** `null`: left out. */
  publicNetworkAccess: z.enum(['Enabled', 'Disabled']).nullable().default('Disabled'),
  /** Private endpoints with an approved connection. */
  privateEndpoints: z.number().int().min(0).default(1),
  /** `null`: never set, so that only the workspace itself says that it is off. */
  entraOnly: z
    .strictObject({
      enabled: z.boolean().default(true),
      state: z.enum(['Consistent', 'InConsistent', 'Updating']).default('Consistent'),
    })
    .nullable()
    .prefault({}),
  /** Both settings; Azure changes them as one. `null`: not set. */
  entraAdministrator: principal.nullable().default(null),
  firewallRules: z.array(z.strictObject({ name: z.string(), start: z.ipv4(), end: z.ipv4() })).default([]),
  auditing: auditing.prefault({}),
  sqlPools: z.array(sqlPool).default([]),
  diagnosticSettings: z.array(diagnosticSetting).default([{ ...diagnosticSetting.parse({}), groups: ['allLogs'] }]),
  /** Whether pipelines may work in the dedicated pools as the workspace. */
  sqlControl: z
    .strictObject({
      desired: z.enum(['Enabled', 'Disabled']).default('Enabled'),
      actual: z.enum(['Enabling', 'Enabled', 'Disabling', 'Disabled', 'Unknown']).default('Enabled'),
    })
    .prefault({}),
  threatDetection: z
    .strictObject({
      state: z.enum(['New', 'Enabled', 'Disabled']).default('Enabled'),
      disabledAlerts: z.array(z.string()).default([]),
      mails: z.array(z.string()).default([]),
    })
    .prefault({}),
});
