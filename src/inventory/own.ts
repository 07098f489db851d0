/** What the auditor is itself; what is `undefined` is not known, and not judged. */
export interface Own {
  /** Client id, lower-cased, of the user-assigned identity it runs as. */
  readonly clientId: string | undefined;
  /** Name of the storage account of its state. */
  readonly storageAccount: string | undefined;
}
