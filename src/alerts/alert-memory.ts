/**
 * What was told, kept with each report for the next run. Plain JSON, and small: what is over is forgotten, so that it
 * holds no more than what is open, the quiet times that still run, and whom that concerns.
 */
import type { Contacts } from '../audit/contacts';
import type { Severity } from '../audit/finding';
import type { ExpiryStep } from './news';

/** Times are ISO 8601. */
export interface AlertMemory {
  /** By fingerprint. */
  readonly problems: Readonly<Record<string, ToldProblem>>;
  /** By what could not be read: a source's name, or `check` and the id of one that failed. */
  readonly blindness: Readonly<Record<string, KnownBlindness>>;
  /** As the last audit of everything found them. */
  readonly contacts: Contacts;
  /** Exceptions that ended by then were named to the administrators. */
  readonly exceptionsNamedUntil: string;
}

/** A problem that somebody was told of and that is open, or a security event whose quiet time still runs. */
export interface ToldProblem {
  readonly checkId: string;
  /** As it was told. */
  readonly severity: Severity;
  readonly toldAt: string;
  /** Which step of its end was told, and of which end. */
  readonly step?: ExpiryStep;
  readonly endsAt?: string;
  /** Whether all whom it concerns were told, and not only the administrators. */
  readonly everybody: boolean;
  /** Since when it has been less severe than it was told. */
  readonly milderSince?: string;
  /** A security event that is over; it is kept for its quiet time. */
  readonly over?: true;
}

export interface KnownBlindness {
  /** How many runs in a row could not read it. */
  readonly runs: number;
  /** When it was told last; absent: never. */
  readonly toldAt?: string;
}
