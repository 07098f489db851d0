// Stands in for the auditor in tests of the commands: audits that do as the scenario's setting AUDIT says, and a report
// of two pages.
const { app } = require('@azure/functions');

if (process.env.AUDIT === 'bad setting') {
  throw new Error('The setting MAIL_SENDER is wrong.');
}

app.timer('nightly-audit', {
  schedule: '0 0 0 1 1 *',
  handler: async (_, context) => {
    context.log('audit at work {"source":"users"}');
    if (process.env.AUDIT === 'fails') {
      throw new Error('Storage cannot be reached.');
    }
    if (process.env.AUDIT === 'lasts') {
      await new Promise(() => undefined);
    }
  },
});

app.timer('sign-in-audit', {
  schedule: '0 0 0 1 1 *',
  handler: () => {
    if (process.env.AUDIT === 'fails on sign-ins') {
      throw new Error('Log Analytics cannot be reached.');
    }
  },
});

const finding = (message) => ({
  status: 'fail',
  severity: 'high',
  checkId: 'secret-expiry',
  subject: { id: 's', kind: 'secret', name: 'ci' },
  message,
  remediation: '',
});
const header = {
  runId: 'run-1',
  tenantId: 't',
  finishedAt: '2026-03-01T02:01:00.000Z',
  fullAuditAt: '2026-03-01T02:00:00.000Z',
  signInsAt: null,
  lastComplete: null,
  nextExpiry: null,
  overall: 'attention',
  coverage: {},
  totals: { fail: 2, notEvaluated: 0, pass: 0, notApplicable: 0 },
  severities: { critical: 0, high: 2, medium: 0, low: 0, info: 0 },
  checksOff: [],
  alertsFailing: null,
};
app.http('report', {
  authLevel: 'function',
  handler: (request) => ({
    jsonBody:
      request.query.get('continuationToken') === 'next/+'
        ? { ...header, findings: [finding('The second page.')] }
        : { ...header, findings: [finding('The first page.')], continuationToken: 'next/+' },
  }),
});
app.http('environment', { authLevel: 'anonymous', handler: () => ({ jsonBody: process.env }) });
app.http('crash', { authLevel: 'anonymous', handler: () => process.exit(3) });
