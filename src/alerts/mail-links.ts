/** Addresses of this app that a mail links to. Without a key: whoever follows one has to sign in, or to bring it. */

export interface MailLinks {
  /** Where the whole report can be read. */
  readonly reportUrl?: string | undefined;
  /** Where a finding is muted; with an empty fingerprint, where any is. */
  readonly muteUrl?: ((fingerprint: string) => string) | undefined;
}

/** @param baseUrl `https://host`, without a slash at its end; `undefined`: nobody said where the app is, so no links */
export function mailLinks(baseUrl: string | undefined): MailLinks {
  return baseUrl === undefined
    ? {}
    : {
        reportUrl: `${baseUrl}/api/report`,
        // It shows what is muted and how to. A link that mutes would be followed by mail scanners.
        muteUrl: (fingerprint) => `${baseUrl}/api/exceptions?fingerprint=${encodeURIComponent(fingerprint)}`,
      };
}
