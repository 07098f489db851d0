import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Enrichments, type Verdict } from '../audit/check';
import { resourceLink } from '../audit/links';
import { workspaceSubject } from '../audit/subjects';
import { counted, evidenceList, quoted, quotedList, sentences, steps } from '../audit/wording';
import { DIAGNOSIS_SOURCES, type Diagnosis, type DiagnosisSource, type Failure } from '../diagnosis/diagnosis';
import { explain } from '../diagnosis/explain';
import type { FailedRun, PipelineFailures, Workspace } from '../inventory/model';

/** A workspace keeps so many. */
const MAX_RUN_IDS = 100;

export default defineWorkspaceCheck({
  id: 'pipeline-authentication-failure',
  title: 'No pipeline fails for want of authentication',
  severity: 'high',
  why: 'A pipeline that is refused says so in a chain of exceptions, and a support article answers with a list of things to try. The failed runs of a workspace are held against what is known of the tenant instead: which secret has ended, which role is missing, which identity is not there. There is one finding for each cause, however many runs it broke.',
  remediation: [
    'Do what the finding of the cause says, and run the pipeline again.',
    'Where a cause is only possible, look where the finding says, or let the auditor read what it could not look at.',
    'Paste an error that is not known here into POST /api/diagnose, with the text of all activities.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/synapse-service-identity',
  requires: ['pipelineFailures'],
  uses: DIAGNOSIS_SOURCES,
  usesDrift: true,
  options: z.strictObject({}),
  evaluate: (workspace, { pipelineFailures }, context, uses) => {
    const [failures] = pipelineFailures;
    return failures === undefined ? [] : judge(workspace, failures, context, uses);
  },
});

interface Explained {
  readonly run: FailedRun;
  readonly diagnosis: Diagnosis;
}

function judge(
  workspace: Workspace,
  failures: PipelineFailures,
  context: CheckContext<unknown>,
  uses: Enrichments<DiagnosisSource>,
): Verdict[] {
  const { now, tenantId, drift } = context;
  const known = { now, tenantId, workspace, sources: uses, drift, findings: null };
  const explained = failures.runs.map((run): Explained => ({ run, diagnosis: explain(failureOf(run), known) }));
  const refused = explained.filter(({ diagnosis }) => diagnosis.isAuthentication === true);
  const unknown = explained.filter(({ diagnosis }) => diagnosis.isAuthentication === null);
  const counts = {
    failedRuns: failures.total,
    allRunsCounted: !failures.hasMore,
    unknownErrors: unknown.length,
    otherErrors: explained.length - refused.length - unknown.length,
  };
  const causes = [...byCause(refused)].map(([key, runs]) => verdict(workspace, key, runs, counts, context));
  // What failed for something else is said as well, and no finding.
  return refused.length === 0 || refused.length < explained.length
    ? [...causes, pass(workspace, failures, counts, context)]
    : causes;
}

interface Counts {
  /** Of the workspace, whatever they failed for. */
  readonly failedRuns: number;
  readonly allRunsCounted: boolean;
  /** Runs whose error is not known here. */
  readonly unknownErrors: number;
  /** Runs that failed for something else than authentication. */
  readonly otherErrors: number;
}

/** Of a pipeline its run repeats what the activity says, which has its code besides. */
function failureOf({ kind, name, message, activities, endedAt }: FailedRun): Failure {
  const failed = activities ?? [];
  return {
    text: [...failed.map((activity) => activity.message), message].join('\n'),
    errorCodes: failed.flatMap(({ errorCode }) => errorCode ?? []),
    pipeline: kind === 'pipeline' ? name : null,
    at: endedAt === null || Number.isNaN(Date.parse(endedAt)) ? null : new Date(endedAt),
  };
}

type Runs = readonly [Explained, ...Explained[]];

/** By the cause and the provider’s key of what it is about; where that is unknown by the error. */
function byCause(refused: readonly Explained[]): ReadonlyMap<string, Runs> {
  const groups = new Map<string, [Explained, ...Explained[]]>();
  for (const one of refused) {
    const { causes, errors, codes } = one.diagnosis;
    const [cause] = causes;
    const about = cause?.about?.key ?? [errors[0]?.id ?? '', ...codes].join('/');
    const key = `${cause?.id ?? 'unexplained'}/${about}`;
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, [one]);
    } else {
      known.push(one);
    }
  }
  return groups;
}

const BECAUSE = { certain: 'because', likely: 'most likely because', possible: 'possibly because' } as const;

function verdict(
  workspace: Workspace,
  key: string,
  runs: Runs,
  counts: Counts,
  { portal, tenantId }: CheckContext<unknown>,
): Verdict {
  const [{ diagnosis }] = runs;
  const { causes, errors, codes, ruledOut, couldNotLookAt } = diagnosis;
  const [cause, ...others] = causes;
  const names = [...new Set(runs.map(({ run }) => run.name))];
  const times = runs.flatMap(({ run: { endedAt } }) => endedAt ?? []).sort();
  const [first, last] = [times[0] ?? null, times.at(-1) ?? null];
  const isSure = cause !== undefined && cause.certainty !== 'possible';
  const why =
    cause === undefined
      ? `${errors[0]?.title ?? 'refused'}; every cause that is known of it was ruled out`
      : `${BECAUSE[cause.certainty]} ${cause.sentence}`;
  return {
    subject: {
      id: `${workspace.id}/failures/${key}`,
      kind: cause?.about?.kind ?? 'workspace',
      name: cause?.about?.name ?? workspace.name,
      link: resourceLink(portal, tenantId, workspace.id),
    },
    status: 'fail',
    severity: isSure ? 'high' : 'medium',
    message: sentences(
      `${counted(runs.length, 'run')} of ${counted(names.length, nounOf(runs))} (${quotedList(names)}) in workspace ${quoted(workspace.name)} failed${last === null ? '' : `, the last at ${minute(last)} UTC`}: ${why}.`,
      cause === undefined || cause.look === '' ? '' : `Look at this: ${cause.look}`,
    ),
    evidence: {
      cause: cause?.id ?? null,
      certainty: cause?.certainty ?? null,
      errors: evidenceList(errors.map(({ title }) => title)),
      codes: evidenceList(codes),
      evidenceFor: evidenceList(cause?.evidenceFor ?? []),
      evidenceAgainst: evidenceList(cause?.evidenceAgainst ?? []),
      because: cause?.sentence ?? null,
      otherCauses: evidenceList(others.map(({ id, certainty, sentence }) => `${id} (${certainty}): ${sentence}`)),
      ruledOut: evidenceList(ruledOut.map(({ title, why: reason }) => `${title}: ${reason}`)),
      couldNotLookAt: evidenceList(
        couldNotLookAt.map(({ what, permission }) => (permission === null ? what : `${what} (needs ${permission})`)),
      ),
      workspace: workspace.name,
      pipelines: evidenceList(names.map((name) => `${workspace.name}/${name}`)),
      activities: evidenceList(
        runs.flatMap(({ run }) => (run.activities ?? []).map(({ name }) => `${run.name}/${name}`)),
      ),
      runs: runs.length,
      runIds: runs.slice(0, MAX_RUN_IDS).map(({ run }) => run.runId),
      firstAt: first,
      lastAt: last,
      ...counts,
    },
    remediation: /run the pipeline again/i.test(diagnosis.remedy)
      ? diagnosis.remedy
      : steps(diagnosis.remedy, 'Then run the pipeline again.'),
  };
}

function nounOf(runs: Runs): string {
  const kinds = new Set(runs.map(({ run }) => run.kind));
  return kinds.size > 1 ? 'pipeline or trigger' : runs[0].run.kind;
}

function pass(
  workspace: Workspace,
  { total, runs, hasMore }: PipelineFailures,
  counts: Counts,
  context: CheckContext<unknown>,
): Verdict {
  const { unknownErrors, otherErrors } = counts;
  const unread = total > runs.length || hasMore ? ` Only the first ${runs.length} were looked into.` : '';
  const what = [
    ...(otherErrors === 0 ? [] : [`${otherErrors} for something else`]),
    ...(unknownErrors === 0 ? [] : [`${unknownErrors} with an error that is not known here`]),
  ].join(', ');
  return {
    subject: workspaceSubject(workspace, context),
    status: 'pass',
    message:
      total === 0
        ? `No run failed in workspace ${quoted(workspace.name)}.`
        : `${counted(otherErrors + unknownErrors, 'run')} failed in workspace ${quoted(workspace.name)}, and not for want of authentication as far as is known: ${what}.${unread}`,
    evidence: { ...counts, workspace: workspace.name },
  };
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
