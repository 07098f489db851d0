/** One finding: what is the case while it is closed, and all that is known and to be done in it. */
import type { ShownFinding } from '../../audit/exceptions';
import type { CheckSummary } from '../../audit/report';
import { NOUNS } from '../../alerts/mail-content';
import { renderDependents, renderEvidence } from './evidence';
import { html, link, safeAddress, type Html } from './html';
import { anchorOf } from './links';
import { findingSign, icon } from './marks';
import { factOf, phrase, restOf, stepsOf } from './message';
import { dayTime, exactly, exactTime, relativeTime } from './times';

export interface CardContext {
  readonly check: CheckSummary | undefined;
  readonly isOpen: boolean;
  readonly now: Date;
}

export function renderCard(finding: ShownFinding, context: CardContext): Html {
  const { subject, checkId, message, fingerprint, exception, firstSeen, worsened } = finding;
  const end = endOf(finding);
  // The anchor stands inside, as a browser opens what an address leads into.
  return html`<details class="card"${context.isOpen && html` open`}><summary>
${findingSign(finding)}
<span class="fact">${phrase(factOf(message))}</span>
<span class="meta"><span>${NOUNS[subject.kind][0]} <bdi class="name">${subject.name}</bdi></span><code>${checkId}</code>${end !== null && html`<span>${Date.parse(end) > context.now.getTime() ? 'ends' : 'ended'} ${relativeTime(end, context.now)}</span>`}${
    worsened !== undefined && html`<span class="tag tone-high">worse than ${worsened.from}</span>`
  }${exception !== undefined && html`<span class="tag">muted until ${dayTime(exception.until)}</span>`}${
    firstSeen !== undefined && html`<span>since ${dayTime(firstSeen)}</span>`
  }</span>
</summary>
<div class="body" id="${anchorOf(fingerprint)}">${exceptionOf(finding)}
<div class="column">${remedyOf(finding)}${whyOf(finding, context.check)}</div>
<div class="column">${factsOf(finding, context)}</div>
</div></details>
`;
}

function endOf({ evidence }: ShownFinding): string | null {
  const end = evidence['endsAt'];
  return typeof end === 'string' && !Number.isNaN(Date.parse(end)) ? end : null;
}

function exceptionOf({ exception }: ShownFinding): Html | null {
  return exception === undefined
    ? null
    : html`<p class="accepted">${icon('off')}<span>Accepted by <bdi>${exception.author}</bdi> until ${exactTime(exception.until)}, so that no alert is sent: <bdi>${exception.reason}</bdi></span></p>`;
}

function remedyOf({ message, remediation, status, subject }: ShownFinding): Html {
  const rest = restOf(message);
  const steps = stepsOf(remediation);
  return html`${rest !== '' && html`<p class="lead">${phrase(rest)}</p>`}
${
  steps.length > 0
    ? html`<h4>What to do</h4>${steps.map(({ isCommand, text }) => (isCommand ? commandOf(text) : html`<p>${text}</p>`))}`
    : status !== 'fail' && html`<p class="dim">Nothing is to be done.</p>`
}${safeAddress(subject.link) !== undefined && html`<p>${link(subject.link, 'Open in the Azure portal')}</p>`}`;
}

function commandOf(text: string): Html {
  return html`<div class="command"><pre tabindex="0"><code>${text}</code></pre></div>`;
}

function whyOf({ status, fingerprint }: ShownFinding, check: CheckSummary | undefined): Html {
  const isOpen = status === 'fail' || status === 'notEvaluated';
  return html`${check !== undefined && html`<h4>Why it matters</h4><p><strong>${check.title}.</strong> ${check.why} ${link(check.link, 'Read more')}</p>`}
${
  isOpen &&
  html`<details class="more"><summary>Mute its alerts</summary><p>Accepts the risk until a date: no alert is sent, the report still shows it. POST to <code>/api/exceptions</code>:</p>${commandOf(
    JSON.stringify({ match: { fingerprint }, reason: 'WHY', author: 'YOU', days: 30 }),
  )}</details>`
}`;
}

function factsOf(finding: ShownFinding, { now }: CardContext): Html {
  const { subject, evidence, firstSeen, worsened, fingerprint, because } = finding;
  const dependents = renderDependents(evidence);
  const others = renderEvidence(evidence);
  return html`${dependents !== null && html`<h4>What depends on it</h4>${dependents}`}
${others !== null && html`<h4>Evidence</h4>${others}`}
<h4>About</h4><dl class="facts">
<div><dt>Subject</dt><dd><bdi>${subject.name}</bdi><br><code class="dim">${subject.id}</code></dd></div>
${because !== undefined && html`<div><dt>Because</dt><dd>${because}</dd></div>`}
${firstSeen !== undefined && html`<div><dt>First seen</dt><dd>${exactTime(firstSeen)}, ${relativeTime(firstSeen, now)}</dd></div>`}
${worsened !== undefined && html`<div><dt>Got worse</dt><dd>${exactly(worsened.at)}, was ${worsened.from}</dd></div>`}
<div><dt>Fingerprint</dt><dd><a href="#${anchorOf(fingerprint)}"><code>${fingerprint}</code></a></dd></div>
</dl>`;
}
