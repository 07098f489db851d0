/** Three pipelines of the simulated tenant fail, each for a reason of its own: read over the wire, judged as in a night. */
import { startTestSandbox } from '../setup/start-test-sandbox';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Finding } from '../../src/audit/finding';
import check from '../../src/checks/pipeline-authentication-failure';
import { evaluate } from '../../src/audit/evaluate';
import { collect } from '../inventory/collect';
import { NO_DRIFT, NO_SIGN_INS } from '../fixtures/judge';
import { GRAPH, PORTAL, TENANT } from '../fixtures/facts';

let sandbox: Sandbox;
let findings: readonly Finding[];
beforeAll(async () => {
  sandbox = await startTestSandbox(loadScenario('contoso'));
  const { inventory } = await collect(sandbox, ['workspaces', ...check.requires, ...check.uses]);
  findings = evaluate([check], inventory, {
    now: new Date(),
    tenantId: TENANT,
    portal: PORTAL,
    graph: GRAPH,
    options: {},
    drift: NO_DRIFT,
    signIns: NO_SIGN_INS,
  });
});
afterAll(() => sandbox.close());

test('each failing pipeline has the one cause that holds there, with its evidence and its remedy', () => {
  const causes = findings
    .filter(({ status }) => status === 'fail')
    .map(({ evidence, remediation }) => ({
      pipelines: evidence['pipelines'],
      cause: evidence['cause'],
      certainty: evidence['certainty'],
      isShown: (evidence['evidenceFor'] as readonly string[]).length > 0,
      remedy: remediation.split('\n').find((line) => line.startsWith('az ')) ?? remediation.split('\n')[0],
    }));
  expect(causes).toEqual([
    {
      pipelines: ['retail-analytics/store-files'],
      cause: 'storage-role-missing',
      // Roles of groups on that account are not read.
      certainty: 'likely',
      isShown: true,
      remedy: expect.stringMatching(
        /^az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id \S+ .*contosostaging$/,
      ),
    },
    {
      pipelines: ['finance-ledger/import-statements'],
      cause: 'certificate-expired',
      certainty: 'certain',
      isShown: true,
      remedy: expect.stringMatching(/^az ad app credential reset --id \S+ --append --cert @new-certificate\.pem$/),
    },
    {
      pipelines: ['marketing-insight/refresh-campaigns'],
      cause: 'identity-deleted',
      certainty: 'certain',
      isShown: true,
      remedy: expect.stringContaining('let the credential name it'),
    },
  ]);
});

test('two runs of one cause are one finding, and what fails for something else is none', () => {
  const [store] = findings;
  expect(store?.evidence).toMatchObject({ runs: 2, failedRuns: 3, otherErrors: 1, unknownErrors: 0 });
  expect(findings.filter(({ status }) => status === 'pass').map(({ subject }) => subject.name)).toEqual([
    'retail-analytics',
  ]);
});
