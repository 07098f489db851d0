/** What a scenario says of a key vault: who may read what is in it, and how long that is valid. Never a value. */
import * as z from 'zod';

/** `subscription` and `principal` check symbols, `moment` checks dates. */
export const keyVault = (subscription: z.ZodString, principal: z.ZodString, moment: z.ZodString) => {
  const item = z.strictObject({
    name: z.string().regex(/^[0-9a-zA-Z-]{1,127}$/, { error: 'letters, digits and hyphens' }),
    enabled: z.boolean().default(true),
    starts: moment.nullable().default(null),
    ends: moment.nullable().default('+300d'),
    /** Of a certificate `application/x-pkcs12`. */
    contentType: z.string().optional(),
  });
  return z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{2,23}$/, { error: '3 to 24 lower-case letters, digits and hyphens' }),
    subscription,
    resourceGroup: z.string().default('vaults'),
    rbac: z.boolean().default(true),
    accessPolicies: z
      .array(
        z.strictObject({
          principal,
          application: principal.optional(),
          keys: z.array(z.string()).default([]),
          secrets: z.array(z.string()).default([]),
        }),
      )
      .default([]),
    purgeProtection: z.boolean().default(true),
    publicNetworkAccess: z.enum(['Enabled', 'Disabled']).default('Enabled'),
    /** `null`: none, so that every network reaches it. */
    firewall: z
      .strictObject({
        defaultAction: z.enum(['Allow', 'Deny']).default('Deny'),
        bypass: z.enum(['AzureServices', 'None']).default('AzureServices'),
      })
      .nullable()
      .default(null),
    /** Private endpoints with an approved connection. */
    privateEndpoints: z.number().int().min(0).default(0),
    secrets: z.array(item).default([]),
    keys: z.array(item.omit({ contentType: true })).default([]),
  });
};
