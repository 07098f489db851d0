import * as z from 'zod';
import type { Credential } from '../model';
import { instant } from './instant';

const common = {
  keyId: z.string(),
  displayName: z.string().nullish(),
  startDateTime: instant,
  endDateTime: instant,
  customKeyIdentifier: z.string().nullish(),
};

/** Must be there: an absent list would look like an application without credentials. */
export const credentialFields = {
  passwordCredentials: z.array(z.object(common)),
  keyCredentials: z.array(z.object({ ...common, usage: z.string().nullish() })),
};

type Fields = z.infer<z.ZodObject<typeof credentialFields>>;
type Key = Fields['keyCredentials'][number];
type Password = Fields['passwordCredentials'][number];

/**
 * A SAML signing certificate stands in the directory as three entries: a `Sign` key, a `Verify` key and a password that
 * share one identifier. They are one thing that expires once.
 * https://learn.microsoft.com/graph/api/serviceprincipal-addtokensigningcertificate
 */
export function toCredentials({ passwordCredentials, keyCredentials }: Fields): Credential[] {
  const signing = keyCredentials.filter((key) => key.usage === 'Sign');
  const belongsToPair = (entry: Key | Password) =>
    signing.some((sign) => sign !== entry && sharesIdentity(sign, entry));
  return [
    ...passwordCredentials
      .filter((password) => !belongsToPair(password))
      .map((password) => toCredential(password, 'secret', 'signIn')),
    ...keyCredentials
      .filter((key) => signing.includes(key) || !belongsToPair(key))
      .map((key) => toCredential(key, 'certificate', signing.includes(key) ? 'samlSigning' : 'signIn')),
  ];
}

function sharesIdentity(a: Key, b: Key | Password): boolean {
  return (
    a.keyId === b.keyId ||
    (a.customKeyIdentifier !== null &&
      a.customKeyIdentifier !== undefined &&
      a.customKeyIdentifier === b.customKeyIdentifier)
  );
}

function toCredential(entry: Key | Password, kind: Credential['kind'], usage: Credential['usage']): Credential {
  return {
    keyId: entry.keyId,
    kind,
    displayName: entry.displayName ?? null,
    startsAt: entry.startDateTime,
    endsAt: entry.endDateTime,
    usage,
  };
}
