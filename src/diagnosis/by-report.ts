/** Diagnoses by what a report holds: of a pasted text, or of a run that its check explained already. */
import type { Evidence, Finding } from '../audit/finding';
import { findingsIn } from './by-findings';
import { CAUSES, type CauseId } from './causes';
import { describeDiagnosis } from './describe';
import type { Cause, Diagnosis } from './diagnosis';
import { CERTAINTIES, ERROR_KINDS, type Certainty } from './error-catalogue';
import { explain } from './explain';

/** The check whose findings keep the ids of the runs that a cause broke. */
const RUNS_CHECK = 'pipeline-authentication-failure';

export interface Answer extends Diagnosis {
  /** In plain words, lines of text. */
  readonly answer: string;
  /** Of the finding that explains the run; `null`: of a text. */
  readonly fingerprint: string | null;
}

export interface Circumstances {
  readonly now: Date;
  /** Open findings of the latest report; `null`: there is none. */
  readonly findings: readonly Finding[] | null;
  /** Name; `null`: any. */
  readonly workspace: string | null;
}

export function diagnoseText(text: string, { now, findings, workspace }: Circumstances): Answer {
  const diagnosis = explain(
    { text, errorCodes: [], pipeline: null, at: null },
    {
      now,
      tenantId: null,
      workspace: null,
      sources: {},
      drift: null,
      findings: findings === null ? null : findingsIn(findings, workspace),
    },
  );
  return { answer: describeDiagnosis(diagnosis), fingerprint: null, ...diagnosis };
}

/** `undefined`: no open finding holds that run. */
export function diagnoseRun(runId: string, findings: readonly Finding[], workspace: string | null): Answer | undefined {
  const wanted = runId.toLowerCase();
  const found = findingsIn(findings, workspace).find(
    ({ checkId, evidence }) =>
      checkId === RUNS_CHECK && listOf(evidence, 'runIds').some((id) => id.toLowerCase() === wanted),
  );
  if (found === undefined) {
    return undefined;
  }
  const diagnosis = diagnosisIn(found);
  return { answer: describeDiagnosis(diagnosis), fingerprint: found.fingerprint, ...diagnosis };
}

/** What the check wrote into its finding, read back. */
function diagnosisIn({ evidence, remediation, subject }: Finding): Diagnosis {
  const id = causeId(evidence['cause']);
  const certainty = certaintyOf(evidence['certainty']);
  const first: readonly Cause[] =
    id === undefined
      ? []
      : [
          {
            id,
            certainty,
            sentence: typeof evidence['because'] === 'string' ? evidence['because'] : CAUSES[id].title,
            evidenceFor: listOf(evidence, 'evidenceFor'),
            evidenceAgainst: listOf(evidence, 'evidenceAgainst'),
            look: certainty === 'certain' ? '' : CAUSES[id].look,
            remedy: remediation,
            source: CAUSES[id].source,
            about: { key: subject.id, kind: subject.kind, name: subject.name },
          },
        ];
  const errors = listOf(evidence, 'errors');
  return {
    basis: 'inventory',
    isAuthentication: true,
    errors: ERROR_KINDS.filter(({ title }) => errors.includes(title)).map(
      ({ id: error, title, certain, open, source }) => ({
        id: error,
        title,
        certain,
        open,
        source,
      }),
    ),
    codes: listOf(evidence, 'codes'),
    named: { activity: null, applicationIds: [], principalIds: [], tenantIds: [], hosts: [] },
    causes: [...first, ...listOf(evidence, 'otherCauses').flatMap(otherCause)],
    ruledOut: listOf(evidence, 'ruledOut').flatMap(ruledOut),
    couldNotLookAt: listOf(evidence, 'couldNotLookAt').map((what) => ({ what, permission: null })),
    remedy: remediation,
    clipped: false,
  };
}

/** `secret-expired (likely): the client secret …` */
function otherCause(text: string): readonly Cause[] {
  const [, name, certainty, sentence] = /^([a-z-]{1,40}) \((\w{1,10})\): (.*)$/s.exec(text) ?? [];
  const id = causeId(name);
  return id === undefined || sentence === undefined
    ? []
    : [
        {
          id,
          certainty: certaintyOf(certainty),
          sentence,
          evidenceFor: [],
          evidenceAgainst: [],
          look: CAUSES[id].look,
          remedy: CAUSES[id].remedy.join('\n'),
          source: CAUSES[id].source,
          about: null,
        },
      ];
}

function ruledOut(text: string): Diagnosis['ruledOut'] {
  const id = (Object.keys(CAUSES) as CauseId[]).find((cause) => text.startsWith(`${CAUSES[cause].title}: `));
  return id === undefined ? [] : [{ id, title: CAUSES[id].title, why: text.slice(CAUSES[id].title.length + 2) }];
}

function listOf(evidence: Evidence, name: string): readonly string[] {
  const value = evidence[name];
  return typeof value === 'object' && value !== null ? value : [];
}

function causeId(value: unknown): CauseId | undefined {
  return typeof value === 'string' && Object.hasOwn(CAUSES, value) ? (value as CauseId) : undefined;
}

/** A report may be one of another version, or from anywhere. */
function certaintyOf(value: unknown): Certainty {
  return CERTAINTIES.find((certainty) => certainty === value) ?? 'possible';
}
