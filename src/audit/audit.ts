/** What audits of either kind get and give: compared, stored and told they are by the same way. */
import type { Period } from '../inventory/model';
import type { PublishedReport } from '../storage/published-report';
import type { Baseline } from './baseline';
import type { CarriedOver } from './carry-over';
import type { Check } from './check';
import type { OpenBefore } from './compare';
import type { Contacts } from './contacts';
import type { Finding } from './finding';
import type { Reading } from './read-and-judge';
import type { Coverage } from './report';
import type { AuditServices } from './run-audit';
import type { SignInState } from './sign-in-window';

export interface Auditing extends Reading {
  readonly services: AuditServices;
  /** The last report, as whoever holds the lease finds it: no other is published meanwhile. `undefined`: there is none. */
  readonly latest: PublishedReport | undefined;
}

export interface Audited {
  /** Those that ran. */
  readonly checks: readonly Check[];
  /** Of what was read; what was read itself is not kept while a report is stored. */
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
  readonly before: OpenBefore;
  /** `null`: there is none yet. */
  readonly baseline: Baseline | null;
  /** `null`: no check of sign-ins is on. */
  readonly signIns: SignInState | null;
  readonly signInPeriod: Period | null;
  /** Who may be told of what was found; `null`: not looked for, so that it stays as it was. */
  readonly contacts: Contacts | null;
  /** What stays as the last report had it. */
  readonly carried: CarriedOver;
}
