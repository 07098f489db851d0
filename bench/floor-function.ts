/** The least that an HTTP function over Table Storage can cost: it reads the row the status needs, and answers with it. */
import { TableClient } from '@azure/data-tables';
import { app } from '@azure/functions';

const client = TableClient.fromConnectionString(process.env['AzureWebJobsStorage'] ?? '', 'SynapseAuditRuns', {
  allowInsecureConnection: true,
});

app.http('floor', {
  route: 'floor',
  methods: ['GET'],
  authLevel: 'function',
  handler: async () => {
    const { json } = await client.getEntity<{ readonly json: string }>('audit', 'state');
    return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: json };
  },
});
