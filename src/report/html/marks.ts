/** Severities, statuses and states as marks: each has a shape and a word of its own, as colour alone tells some people nothing. */
import { SEVERITIES, type Severity, type Status } from '../../audit/finding';
import { Html, html } from './html';

export type Tone = Severity | 'blind' | 'good' | 'off' | 'stale' | 'broken';

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  fail: 'Failing',
  notEvaluated: 'Not evaluated',
  pass: 'Passing',
  notApplicable: 'Not applicable',
};

/** Drawn in a square of 16, in the colour of the text. */
const SHAPES: Readonly<Record<Tone, string>> = {
  critical:
    '<path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z" fill="currentColor"/><path d="M8 4.2v4.6M8 11v.9" class="cut" stroke-width="1.9" stroke-linecap="round"/>',
  high: '<path d="M8 1.6 15.2 14.4H.8z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/>',
  medium: '<path d="M8 1 15 8 8 15 1 8z" fill="currentColor"/>',
  low: '<circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="2.4"/>',
  info: '<path d="M2.5 8h11" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>',
  blind:
    '<path d="M1.5 8c1.7-3 3.9-4.4 6.5-4.4S12.8 5 14.5 8c-1.7 3-3.9 4.4-6.5 4.400S3.2 11 1.5 8z" fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M2.5 14 13.5 2" stroke="currentColor" stroke-width="1.9" stroke-linecap="round"/>',
  good: '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.3 2.2 2.2 4.3-4.7" fill="none" class="cut" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>',
  off: '<circle cx="8" cy="8" r="6.3" fill="none" stroke="currentColor" stroke-width="1.7" stroke-dasharray="2.6 2.350"/>',
  stale:
    '<circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M8 4.200V8l2.6 1.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  broken:
    '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m5.3 5.3 5.4 5.400m0-5.4-5.4 5.4" class="cut" stroke-width="1.9" stroke-linecap="round"/>',
};

/** To stand once in the page, before its first mark. */
export const SHAPE_DEFINITIONS: Html = new Html(
  `<svg width="0" height="0" class="defs" aria-hidden="true" focusable="false">${Object.entries(SHAPES)
    .map(([tone, shape]) => `<symbol id="i-${tone}" viewBox="0 0 16 16">${shape}</symbol>`)
    .join('')}</svg>`,
);

/** A shape that says nothing more than the words beside it. */
export function icon(tone: Tone): Html {
  return html`<svg class="icon tone-${tone}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><use href="#i-${tone}"/></svg>`;
}

/** Shape and word. */
export function severityMark(severity: Severity): Html {
  return html`<span class="mark tone-${severity}">${icon(severity)}<span>${SEVERITY_WORDS[severity]}</span></span>`;
}

export const STATUS_TONES: Readonly<Record<Exclude<Status, 'fail'>, Tone>> = {
  notEvaluated: 'blind',
  pass: 'good',
  notApplicable: 'off',
};

/** A failing finding goes by its severity, any other by its status. */
export function findingMark({ status, severity }: { readonly status: Status; readonly severity: Severity }): Html {
  if (status === 'fail') {
    return severityMark(severity);
  }
  const tone = STATUS_TONES[status];
  return html`<span class="mark tone-${tone}">${icon(tone)}<span>${STATUS_WORDS[status]}</span></span>`;
}

/** The shape alone, where a heading above has the word; it is said to those who listen. */
export function findingSign({ status, severity }: { readonly status: Status; readonly severity: Severity }): Html {
  const [tone, word] =
    status === 'fail' ? [severity, SEVERITY_WORDS[severity]] : [STATUS_TONES[status], STATUS_WORDS[status]];
  return html`<span class="sign" title="${word}">${icon(tone)}<span class="only-heard">${word}: </span></span>`;
}

/** Shape and count of each severity there is; the word is for those who listen. */
export function severityCounts(severities: Readonly<Record<Severity, number>>): Html {
  const some = SEVERITIES.filter((severity) => severities[severity] > 0);
  return html`<span class="counts">${some.map(
    (severity) =>
      html`<span class="count tone-${severity}" title="${SEVERITY_WORDS[severity]}">${icon(severity)}${severities[severity].toLocaleString('en')}<span class="only-heard"> ${severity}</span></span> `,
  )}</span>`;
}

/** For the legend of a picture: blocks are all of one shape, so that their kinds are told apart by height, too. */
export function swatch(kind: Severity | 'calm' | 'hollow' | 'unread', word: string): Html {
  return html`<span class="swatch is-${kind}">${word}</span>`;
}
