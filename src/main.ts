/** Entry point of the app: validates the settings, then registers every function. */
import { app } from '@azure/functions';
import { appServices, stop } from './app-services';
import { auditEndpoint } from './functions/audit';
import { deliverPendingAlerts, DELIVERY_SCHEDULE } from './functions/deliver-alerts';
import { nightlyAudit } from './functions/nightly-audit';
import { reportEndpoint } from './functions/report';
import { REQUEST_QUEUE, requestedAudit, requestOutput } from './functions/requested-audit';
import { statusEndpoint } from './functions/status';

const { settings } = appServices();

app.hook.appTerminate(stop);

app.timer('nightly-audit', { schedule: settings.schedule, handler: nightlyAudit });
if (settings.mail !== undefined) {
  app.timer('deliver-alerts', { schedule: DELIVERY_SCHEDULE, handler: deliverPendingAlerts });
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
app.http('status', { route: 'status', methods: ['GET', 'HEAD'], authLevel: 'function', handler: statusEndpoint });
app.http('audit', {
  route: 'audit',
  methods: ['POST'],
  authLevel: 'function',
  extraOutputs: [requestOutput],
  handler: auditEndpoint,
});
