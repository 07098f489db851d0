/** Which expired secret or certificate a failed sign-in was tried with. */
import type { SignIns, SignInWatch, WatchedCredential } from '../inventory/sign-ins';
import { group } from './lookup';
import { codeOf, type ResultKind } from './sign-in-codes';
import { applicationKey } from './sign-in-subjects';

export interface ExpiredUse {
  /** Client id; where the log does not tell it the principal. */
  readonly applicationId: string;
  /** Of the credential; `null`: the log names none, and it could be several or one that nobody knows. */
  readonly keyId: string | null;
  readonly kind: WatchedCredential['kind'];
  /** `null`: not known. */
  readonly credential: WatchedCredential | null;
}

/** Results that an expired credential may have. */
export const MAY_BE_EXPIRED: ReadonlySet<ResultKind> = new Set(['expiredCredential', 'rejectedAssertion']);

/** Certificates that have expired are refused with the number of any signature that does not fit. */
const REFUSED_SIGNATURE = '700027';

/**
 * Answers for a row whether an expired credential was used; `null`: no, as far as one can tell. Where the log names no
 * key it is the application's only expired one, if there is only one. Build it once, ask it for each row.
 */
export function expiredUse(watch: SignInWatch): (row: SignIns) => ExpiredUse | null {
  const byKey = new Map(watch.credentials.map((credential) => [credential.keyId, credential]));
  const byApplication = group(watch.credentials.map((credential) => [credential.applicationId, credential]));
  return (row) => {
    const { kind, number } = codeOf(row);
    if (!MAY_BE_EXPIRED.has(kind)) {
      return null;
    }
    const applicationId = applicationKey(row);
    const own = byApplication.get(applicationId) ?? [];
    const named = byKey.get(row.credentialKeyId) ?? null;
    const unnamed = (sort: WatchedCredential['kind']): ExpiredUse => {
      const credential = onlyExpired(own, sort, row.last);
      return { applicationId, keyId: credential?.keyId ?? null, kind: sort, credential };
    };
    if (kind === 'expiredCredential') {
      return row.credentialKeyId === ''
        ? unnamed('secret')
        : { applicationId, keyId: row.credentialKeyId, kind: named?.kind ?? 'secret', credential: named };
    }
    if (named !== null) {
      const { keyId } = named;
      return isExpired(named, row.last) ? { applicationId, keyId, kind: named.kind, credential: named } : null;
    }
    const certificates = own.filter((credential) => credential.kind === 'certificate');
    const allExpired = certificates.length > 0 && certificates.every((credential) => isExpired(credential, row.last));
    return row.credentialKeyId === '' && number === REFUSED_SIGNATURE && allExpired ? unnamed('certificate') : null;
  };
}

/** Whether it had ended by then. */
export function isExpired({ endsAt }: WatchedCredential, by: Date): boolean {
  return endsAt !== null && new Date(endsAt) <= by;
}

function onlyExpired(
  own: readonly WatchedCredential[],
  kind: WatchedCredential['kind'],
  by: Date,
): WatchedCredential | null {
  const [only, ...others] = own.filter((credential) => credential.kind === kind && isExpired(credential, by));
  return only === undefined || others.length > 0 ? null : only;
}
