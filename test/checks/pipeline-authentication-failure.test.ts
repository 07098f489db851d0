import pipelineAuthenticationFailure from '../../src/checks/pipeline-authentication-failure';
import type { FailedActivity, FailedRun, PipelineFailures } from '../../src/inventory/model';
import { AT, HEALTHY } from '../diagnosis/cases/case';
import { anApplication, aPipeline, aSecret, aWorkspace, guid } from '../fixtures/facts';
import { anInventory, flat, judge, judgeOne, run, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace();
const EXPIRED = `Failed to get access token by using service principal. Error: invalid_client, AADSTS7000222: The provided client secret keys for app '${guid(102)}' are expired.`;

function anActivity(changes: Partial<FailedActivity> = {}): FailedActivity {
  return {
    name: 'copy',
    type: 'Copy',
    errorCode: '2200',
    failureType: 'UserError',
    message: EXPIRED,
    endedAt: AT.toISOString(),
    ...changes,
  };
}

let nextRun = 0;
function aRun(changes: Partial<FailedRun> = {}): FailedRun {
  nextRun += 1;
  return {
    kind: 'pipeline',
    runId: `run-${nextRun}`,
    name: 'load',
    startedAt: AT.toISOString(),
    endedAt: AT.toISOString(),
    invokedBy: 'nightly',
    message: 'Operation on target copy failed.',
    activities: [anActivity()],
    ...changes,
  };
}
const failing = (message: string, changes: Partial<FailedRun> = {}) =>
  aRun({ activities: [anActivity({ message })], ...changes });

function failures(runs: readonly FailedRun[], changes: Partial<PipelineFailures> = {}): PipelineFailures {
  return { readFrom: workspace.id, runs, total: runs.length, hasMore: false, ...changes };
}

const expired: SomeFacts = {
  ...HEALTHY,
  pipelines: ['load', 'reload'].map((name) => aPipeline({ name, datasets: ['orders'] })),
  applications: [anApplication({ credentials: [aSecret({ endsInDays: -1 })] })],
};
const facts = (...runs: FailedRun[]): SomeFacts => ({ ...expired, pipelineFailures: [failures(runs)] });

test('a workspace without failures passes', () => {
  expect(judgeOne(pipelineAuthenticationFailure, facts(), { workspace })).toMatchObject({
    status: 'pass',
    message: 'No run failed in workspace “contoso”.',
    evidence: { failedRuns: 0, unknownErrors: 0 },
  });
});

test('failures that are none of authentication pass, and unknown errors are counted', () => {
  const runs = [failing('PathNotFound'), failing('(429) Too Many Requests'), failing('Kaboom')];
  expect(judgeOne(pipelineAuthenticationFailure, facts(...runs), { workspace })).toMatchObject({
    status: 'pass',
    message:
      '3 runs failed in workspace “contoso”, and not for want of authentication as far as is known: 2 for something else, 1 with an error that is not known here.',
    evidence: { failedRuns: 3, otherErrors: 2, unknownErrors: 1 },
  });
});

test('a pass says that not all runs were looked into', () => {
  const pipelineFailures = [failures([failing('Kaboom')], { total: 700, hasMore: true })];
  const verdict = judgeOne(pipelineAuthenticationFailure, { ...expired, pipelineFailures }, { workspace });
  expect(verdict).toMatchObject({ status: 'pass', evidence: { failedRuns: 700, allRunsCounted: false } });
  expect(verdict.message).toContain('Only the first 1 were looked into.');
});

test('one cause is one finding, however many runs and pipelines it broke', () => {
  const runs = [aRun(), aRun({ name: 'reload' }), aRun(), failing('Kaboom')];
  const [verdict, rest, ...more] = judge(pipelineAuthenticationFailure, facts(...runs), { workspace }).map(flat);
  expect(more).toEqual([]);
  expect(rest).toMatchObject({ status: 'pass', evidence: { failedRuns: 4, unknownErrors: 1 } });
  expect(verdict).toMatchObject({
    status: 'fail',
    severity: 'high',
    subject: {
      id: `${workspace.id}/failures/secret-expired/${guid(101)}/${guid(1001)}`,
      kind: 'secret',
      name: 'Nightly loader / ci-2026',
    },
    message:
      '3 runs of 2 pipelines (“load”, “reload”) in workspace “contoso” failed, the last at 2026-11-22 02:00 UTC: because secret “ci-2026” of application “Nightly loader” has expired.',
    evidence: {
      cause: 'secret-expired',
      certainty: 'certain',
      codes: ['AADSTS7000222'],
      pipelines: ['contoso/load', 'contoso/reload'],
      activities: ['load/copy', 'reload/copy'],
      runs: 3,
      runIds: runs.slice(0, 3).map(({ runId }) => runId),
      failedRuns: 4,
      unknownErrors: 1,
    },
  });
  expect(verdict?.evidence['evidenceFor']).toContainEqual(
    'pipeline “load” > dataset “orders” > linked service “orders” signs in as it.',
  );
  expect(verdict?.remediation).toContain(
    `az ad app credential reset --id ${guid(102)} --append --display-name rotated-2026-11-22`,
  );
});

test('two causes are two findings, and the subject does not depend on what the runs are called or when they were', () => {
  const denied = 'does not have secrets get permission on key vault; ForbiddenByFirewall';
  const idsOf = (...runs: FailedRun[]) =>
    judge(pipelineAuthenticationFailure, facts(...runs), { workspace }).map(({ subject }) => subject.id);
  const ids = idsOf(aRun(), failing(denied));
  expect(new Set(ids).size).toBe(2);
  expect(idsOf(aRun({ name: 'reload', endedAt: '2026-11-22T01:00:00Z' }), failing(denied, { name: 'reload' }))).toEqual(
    ids,
  );
});

test('what could not be read lowers certainty, names the permission, and makes no pass', () => {
  const verdict = judgeOne(
    pipelineAuthenticationFailure,
    { ...facts(failing('invalid_client')), applications: [] },
    {
      workspace,
      incomplete: ['applications', 'linkedServices'],
    },
  );
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { certainty: 'possible' } });
  expect(verdict.message).toContain('possibly because');
  expect(verdict.evidence['couldNotLookAt']).toContainEqual(
    expect.stringMatching(/^Applications with their credentials.*needs Application\.Read\.All/),
  );
});

test('a run of which the activities are not known goes by its own message', () => {
  const verdict = judgeOne(pipelineAuthenticationFailure, facts(aRun({ activities: null, message: EXPIRED })), {
    workspace,
  });
  expect(verdict).toMatchObject({ status: 'fail', evidence: { cause: 'secret-expired', activities: [] } });
});

test('a trigger that could not start a run is told as such', () => {
  const message = `The client with object id '${guid(401)}' does not have authorization to perform action 'Microsoft.EventGrid/eventSubscriptions/write' over scope '/subscriptions/x'`;
  const verdict = judgeOne(
    pipelineAuthenticationFailure,
    facts(aRun({ kind: 'trigger', name: 'new-file', message, activities: [], endedAt: null })),
    { workspace },
  );
  expect(verdict.message).toMatch(/^1 run of 1 trigger \(“new-file”\) in workspace “contoso” failed: /);
  expect(verdict.evidence).toMatchObject({ cause: 'azure-role-missing', lastAt: null });
});

test('a refusal all of whose causes are ruled out is a finding nevertheless', () => {
  const text = `The principal '${guid(401)}' does not have the required Synapse RBAC permission. Action: Microsoft.Synapse/workspaces/read, Scope: workspaces/contoso/*`;
  const verdict = judgeOne(pipelineAuthenticationFailure, facts(failing(text)), { workspace });
  expect(verdict.status).toBe('fail');
});

test('no error text, with what secrets it may hold, reaches the finding', () => {
  const secret = 'sig=abcdefghijklmnop';
  const text = `signature not valid in the specified time frame https://contosolake.blob.core.windows.net/x?${secret}`;
  const verdict = judgeOne(pipelineAuthenticationFailure, facts(failing(text)), { workspace });
  expect(verdict).toMatchObject({ status: 'fail', evidence: { cause: 'storage-key-refused' } });
  expect(JSON.stringify(verdict)).not.toContain('abcdefghijklmnop');
});

describe('through the runner', () => {
  const inventory = (refused: Parameters<typeof anInventory>[2] = {}) =>
    anInventory(facts(aRun()), [workspace], refused);

  test('a workspace whose runs could not be read is not evaluated', () => {
    expect(run(pipelineAuthenticationFailure, inventory({ pipelineFailures: 'everywhere' }))).toMatchObject([
      { status: 'notEvaluated', because: 'forbidden' },
    ]);
  });

  test('it is judged once it is known what was changed, and by that', () => {
    expect(pipelineAuthenticationFailure.usesDrift).toBe(true);
    expect(run(pipelineAuthenticationFailure, inventory())).toMatchObject([{ status: 'fail', severity: 'high' }]);
  });
});
