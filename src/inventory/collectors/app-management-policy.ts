import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { AppManagementPolicy, Credential, CredentialLimit } from '../model';
import { instant } from './instant';

/** Graph's durations have days, hours, minutes and seconds only: `P90D`, `P4DT12H30M5S`. */
const DURATION = /^P(?=[\dT])(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const days = z
  .string()
  .nullish()
  .transform((text, context) => {
    if (text === null || text === undefined) {
      return null;
    }
    const match = DURATION.exec(text);
    if (match === null) {
      context.addIssue({ code: 'custom', message: `expected a duration, found ${JSON.stringify(text)}` });
      return z.NEVER;
    }
    const part = (index: number): number => Number(match[index] ?? 0);
    return part(1) + part(2) / 24 + part(3) / 1440 + part(4) / 86_400;
  });

const restrictions = z
  .array(
    z.object({
      restrictionType: z.string(),
      // Left out by tenants whose policy is older than the field; a restriction that is there counts.
      state: z.string().nullish(),
      maxLifetime: days,
      restrictForAppsCreatedAfterDateTime: instant,
    }),
  )
  .nullish();

const configuration = z.object({ passwordCredentials: restrictions, keyCredentials: restrictions }).nullish();

const policy = z.object({
  isEnabled: z.boolean(),
  applicationRestrictions: configuration,
  servicePrincipalRestrictions: configuration,
});

const KINDS: Readonly<Record<string, Credential['kind']>> = {
  passwordLifetime: 'secret',
  asymmetricKeyLifetime: 'certificate',
};

/** There is exactly one in every tenant: https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get */
export async function readAppManagementPolicy(graph: Graph): Promise<AppManagementPolicy[]> {
  const answer = await graph.get('/policies/defaultAppManagementPolicy', policy);
  const limits = (part: z.infer<typeof configuration>): CredentialLimit[] =>
    answer.isEnabled ? [...(part?.passwordCredentials ?? []), ...(part?.keyCredentials ?? [])].flatMap(toLimit) : [];
  return [
    {
      applicationLimits: limits(answer.applicationRestrictions),
      servicePrincipalLimits: limits(answer.servicePrincipalRestrictions),
    },
  ];
}

function toLimit(restriction: NonNullable<z.infer<typeof restrictions>>[number]): CredentialLimit[] {
  const { restrictionType, state, maxLifetime, restrictForAppsCreatedAfterDateTime } = restriction;
  const kind = KINDS[restrictionType];
  return kind === undefined || maxLifetime === null || (state ?? 'enabled') !== 'enabled'
    ? []
    : [{ kind, maxDays: maxLifetime, createdAfter: restrictForAppsCreatedAfterDateTime }];
}
