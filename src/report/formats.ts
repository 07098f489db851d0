/** What a report can be had as. */

/** What a report can be asked for by `format`, and by `Accept` as {@link MEDIA_TYPES}; where several would do, the first. */
export const FORMATS = ['json', 'html', 'csv', 'ocsf', 'sarif', 'text'] as const;
export type Format = (typeof FORMATS)[number];

/**
 * SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0 (its media type). OCSF has none of its own: an array of events is
 * plain JSON, told apart by a parameter.
 */
export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  html: 'text/html',
  csv: 'text/csv',
  ocsf: 'application/vnd.ocsf+json',
  sarif: 'application/sarif+json',
  text: 'text/plain',
};
