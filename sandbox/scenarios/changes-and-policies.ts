/** What a scenario says of the directory's policies, and of who changed what. What it leaves out is as a new tenant has it. */
import * as z from 'zod';

type Moment = z.ZodType<string, string>;

const conditionalAccessPolicy = z.strictObject({
  id: z.string().regex(/^policy:[\w.-]+$/, { error: 'an id such as "policy:name"' }),
  name: z.string(),
  state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']).default('enabled'),
  /** As on the wire; `${symbol}`s become GUIDs. */
  conditions: z.record(z.string(), z.unknown()).default({
    clientAppTypes: ['all'],
    users: { includeUsers: ['All'], excludeUsers: [] },
    applications: { includeApplications: ['All'] },
  }),
  grantControls: z.record(z.string(), z.unknown()).default({ operator: 'OR', builtInControls: ['mfa'] }),
});

const authorizationPolicy = z.strictObject({
  allowInvitesFrom: z.string().default('adminsAndGuestInviters'),
  usersMayCreateApps: z.boolean().default(false),
  userConsentPolicies: z.array(z.string()).default(['ManagePermissionGrantsForSelf.microsoft-user-default-low']),
});

/** Top-level members of a scenario. @param who checks the symbol of somebody who changes things */
export const changesAndPolicies = (moment: Moment, who: z.ZodString) => ({
  conditionalAccessPolicies: z.array(conditionalAccessPolicy).default([]),
  authorizationPolicy: authorizationPolicy.prefault({}),
  /** Entries of the activity log. */
  activity: z
    .array(
      z.strictObject({
        at: moment.default('-2h'),
        by: who,
        /** Such as `Microsoft.Synapse/workspaces/firewallRules/write`; its provider is the first part. */
        operation: z.string(),
        /** `workspace:name`, with what is below it, or an ARM id. */
        resource: z.string().regex(/^(workspace:|\/subscriptions\/)/, { error: '"workspace:name/…" or an ARM id' }),
        status: z.enum(['Succeeded', 'Failed']).default('Succeeded'),
      }),
    )
    .default([]),
  /** Entries of the directory's audit log. */
  directoryAudits: z
    .array(
      z.strictObject({
        at: moment.default('-2h'),
        by: who,
        activity: z.string(),
        category: z.string().default('Policy'),
        /** Symbol of the policy, or its id. */
        target: z.string(),
        result: z.enum(['success', 'failure']).default('success'),
      }),
    )
    .default([]),
});
