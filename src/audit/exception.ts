/** An accepted risk, or a problem put off: it silences alerts until a date, and never the report. */
export interface Exception {
  /** UUID. */
  readonly id: string;
  /** A finding is meant where everything given here holds of it; at least one is given. */
  readonly match: {
    readonly fingerprint?: string;
    readonly checkId?: string;
    /** The subject's name, `*` for any characters; letter case does not count. */
    readonly subject?: string;
  };
  /** Untrusted text. */
  readonly reason: string;
  /** Who says so: a name or mail address. Untrusted text. */
  readonly author: string;
  /** ISO 8601, as all times here. */
  readonly createdAt: string;
  /** From then on it holds no more. */
  readonly until: string;
}
