/** A mail the simulated service accepted. */
export interface SentMail {
  readonly operationId: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly plainText: string | null;
  readonly html: string | null;
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly bytes: number;
    /** What it says, where it is a text in UTF-8. */
    readonly text: string | null;
  }[];
  readonly status: 'Running' | 'Succeeded' | 'Failed';
  /** How often the same operation was asked for again; it was not mailed again. */
  readonly repeated: number;
}

/** Mails by operation id, in the order they came. */
export type Outbox = Map<string, SentMail>;
