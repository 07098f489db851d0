/** One audit with the real services, as a process that can be killed. Ends by itself when it was not. */
import { newRunId } from '../../../src/audit/run-id';
import { runAudit } from '../../../src/audit/run-audit';
import { createServices } from '../../../src/services';

const print =
  (level: string) =>
  (event: string, fields: Readonly<Record<string, unknown>>): void => {
    process.stderr.write(`${level} ${event} ${JSON.stringify(fields)}\n`);
  };

const services = createServices(process.env);
void runAudit(services, {
  runId: newRunId(services.now()),
  trigger: 'schedule',
  audit: 'full',
  stop: new AbortController().signal,
  log: { info: () => undefined, warn: print('warn'), error: print('error') },
});
