/** What a finding rests on: names and values, what depends on it first. */
import type { Evidence } from '../../audit/finding';
import { html, type Html } from './html';
import { exactTime } from './times';

/** What stops, or is open to whoever has it. */
const DEPENDENTS = ['workspaces', 'linkedServices', 'pipelines', 'triggers', 'usedBy', 'pinnedBy', 'roles'] as const;
/** Lists that are longer fold. */
const SHOWN = 4;

type Value = Evidence[string];

export function renderDependents(evidence: Evidence): Html | null {
  const rows = DEPENDENTS.flatMap((name) => {
    const value = evidence[name];
    return isTelling(value) ? [row(name, value)] : [];
  });
  return rows.length === 0 ? null : html`<dl class="facts">${rows}</dl>`;
}

export function renderEvidence(evidence: Evidence): Html | null {
  const others = Object.entries(evidence).filter(([name]) => !(DEPENDENTS as readonly string[]).includes(name));
  const telling = others.flatMap(([name, value]) => (isTelling(value) ? [row(name, value)] : []));
  const empty = Object.entries(evidence).filter(([, value]) => !isTelling(value));
  if (telling.length === 0 && empty.length === 0) {
    return null;
  }
  return html`<dl class="facts">${telling}
${empty.length > 0 && html`<div><dt>None</dt><dd class="dim">${empty.map(([name]) => labelOf(name).toLowerCase()).join(', ')}</dd></div>`}</dl>`;
}

function isTelling(value: Value | undefined): value is NonNullable<Value> {
  return value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && value.length === 0);
}

function row(name: string, value: NonNullable<Value>): Html {
  return html`<div><dt>${labelOf(name)}</dt><dd>${valueOf(value)}</dd></div>`;
}

function valueOf(value: NonNullable<Value>): Html {
  if (typeof value === 'object') {
    const [first = '', ...others] = value;
    return others.length === 0 ? single(first) : list(value);
  }
  return single(value);
}

function list(values: readonly string[]): Html {
  const shown = values.length <= SHOWN + 1 ? values : values.slice(0, SHOWN);
  const rest = values.slice(shown.length);
  const items = (some: readonly string[]) => html`<ul>${some.map((value) => html`<li>${single(value)}</li>`)}</ul>`;
  return html`${items(shown)}${rest.length > 0 && html`<details class="more"><summary>${countOf(rest)} more</summary>${items(rest)}</details>`}`;
}

/** A list of evidence that was cut ends in `and 4 more`. */
function countOf(rest: readonly string[]): number {
  const cut = /^and (\d+) more$/.exec(rest.at(-1) ?? '')?.[1];
  return cut === undefined ? rest.length : rest.length - 1 + Number(cut);
}

function single(value: string | number | boolean): Html {
  if (typeof value === 'boolean') {
    return html`${value ? 'yes' : 'no'}`;
  }
  if (typeof value === 'number') {
    return html`${value.toLocaleString('en')}`;
  }
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value)) {
    return exactTime(value);
  }
  const isIdentifier = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\/subscriptions\/\S+)$/i.test(value);
  return isIdentifier ? html`<code>${value}</code>` : html`<bdi>${value}</bdi>`;
}

/** `linkedServices` as `Linked services`, `appId` as `App id`. */
function labelOf(name: string): string {
  const words = name.replace(/([a-z\d])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
