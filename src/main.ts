/** Entry point of the app: registers every function. Where a setting is wrong there are none, and the app does not start. */
import { app } from '@azure/functions';
import { appServices, stop } from './app-services';
import { addExceptionEndpoint } from './functions/add-exception';
import { alertsEndpoint } from './functions/alerts';
import { auditEndpoint } from './functions/audit';
import { deliverPendingAlerts, DELIVERY_SCHEDULE } from './functions/deliver-alerts';
import { diagnoseEndpoint } from './functions/diagnose';
import { exceptionsEndpoint } from './functions/exceptions';
import { metricsEndpoint } from './functions/metrics';
import { nightlyAudit } from './functions/nightly-audit';
import { removeExceptionEndpoint } from './functions/remove-exception';
import { openapiEndpoint } from './functions/openapi';
import { reportEndpoint } from './functions/report';
import { reportsEndpoint } from './functions/reports';
import { reportDiffEndpoint } from './functions/report-diff';
import { REQUEST_QUEUE, requestedAudit, requestOutput } from './functions/requested-audit';
import { retryAlertEndpoint } from './functions/retry-alert';
import { signInAudit } from './functions/sign-in-audit';
import { statusEndpoint } from './functions/status';
import { watchAudits } from './functions/watch-audits';
import { verifyCheckOptions } from './load-checks';
import { SettingsError, type Settings } from './settings';

let wrong: SettingsError | undefined;
try {
  register(appServices().settings);
} catch (error) {
  if (!(error instanceof SettingsError)) {
    throw error;
  }
  wrong = error;
}

// Checks know what options they take, and loading them takes longer than an entry point may.
app.hook.appStart(() => verifyCheckOptions(process.env['CHECK_OPTIONS'], wrong));
app.hook.appTerminate(stop);

function register(settings: Settings): void {
  app.timer('nightly-audit', { schedule: settings.schedule, extraOutputs: [requestOutput], handler: nightlyAudit });
  app.timer('sign-in-audit', { schedule: settings.signInSchedule, handler: signInAudit });
  if (settings.mail !== undefined || settings.webhook !== undefined) {
    app.timer('deliver-alerts', { schedule: DELIVERY_SCHEDULE, handler: deliverPendingAlerts });
    app.timer('watch-audits', { schedule: settings.watchSchedule, handler: watchAudits });
  }
  app.storageQueue('requested-audit', {
    queueName: REQUEST_QUEUE,
    connection: 'AzureWebJobsStorage',
    handler: requestedAudit,
  });
  app.http('report', {
    route: 'report/{runId?}',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: reportEndpoint,
  });
  app.http('reports', { route: 'reports', methods: ['GET', 'HEAD'], authLevel: 'function', handler: reportsEndpoint });
  app.http('report-diff', {
    route: 'report/diff',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: reportDiffEndpoint,
  });
  app.http('status', { route: 'status', methods: ['GET', 'HEAD'], authLevel: 'function', handler: statusEndpoint });
  app.http('metrics', { route: 'metrics', methods: ['GET', 'HEAD'], authLevel: 'function', handler: metricsEndpoint });
  app.http('alerts', { route: 'alerts', methods: ['GET', 'HEAD'], authLevel: 'function', handler: alertsEndpoint });
  app.http('retry-alert', {
    route: 'alerts/{id}/retry',
    methods: ['POST'],
    authLevel: 'function',
    handler: retryAlertEndpoint,
  });
  app.http('exceptions', {
    route: 'exceptions/{id?}',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: exceptionsEndpoint,
  });
  app.http('add-exception', {
    route: 'exceptions',
    methods: ['POST'],
    authLevel: 'function',
    handler: addExceptionEndpoint,
  });
  app.http('remove-exception', {
    route: 'exceptions/{id}',
    methods: ['DELETE'],
    authLevel: 'function',
    handler: removeExceptionEndpoint,
  });
  app.http('audit', {
    route: 'audit',
    methods: ['POST'],
    authLevel: 'function',
    extraOutputs: [requestOutput],
    handler: auditEndpoint,
  });
  app.http('openapi', {
    route: 'openapi.json',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: openapiEndpoint,
  });
  app.http('diagnose', { route: 'diagnose', methods: ['POST'], authLevel: 'function', handler: diagnoseEndpoint });
}
