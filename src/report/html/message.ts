/** A message of a finding, and the steps of a remedy, in their parts. */
import { html, type Html } from './html';

/** The first sentence: what is the case. What follows from it comes after. */
export function factOf(message: string): string {
  return partsOf(message)[0];
}

export function restOf(message: string): string {
  return partsOf(message)[1];
}

/** What is longer than this is cut at a colon, where it has one. */
const FACT_LENGTH = 180;

function partsOf(message: string): readonly [fact: string, rest: string] {
  const sentence = /^.+?\.(?= |$)/s.exec(message)?.[0] ?? message;
  const lead = sentence.length > FACT_LENGTH ? /^.+?(?=: )/s.exec(sentence)?.[0] : undefined;
  return lead === undefined
    ? [sentence, message.slice(sentence.length).trim()]
    : [lead, message.slice(lead.length + 1).trim()];
}

/** Of untrusted text: isolated from what stands around it, and its dates on one line. */
export function phrase(text: string): Html {
  const parts = text.split(/(\d{4}-\d\d-\d\d)/);
  return html`<bdi>${parts.map((part, index) => (index % 2 === 1 ? html`<span class="whole">${part}</span>` : part))}</bdi>`;
}

export interface Step {
  /** To be copied as it is. */
  readonly isCommand: boolean;
  readonly text: string;
}

/** Shell and PowerShell commands, REST calls, SQL, and log queries. */
const COMMAND =
  /^\s*(?:(?:az|azd|curl|GET|POST|PUT|PATCH|DELETE) |[A-Z][a-z]+-[A-Z]\w+|\w+ \| where |(?:CREATE|ALTER|DROP) [A-Z]+ )/;

/** A remediation has one step a line; neighbouring commands are steps of their own, as each is copied alone. */
export function stepsOf(remediation: string): readonly Step[] {
  return remediation
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .map((text) => ({ isCommand: COMMAND.test(text), text }));
}
