/** `npm run audit`: the audit of the command line, or with `--scenario` the same on a simulated Azure. */
import { runSession } from './cli/session';

const args = process.argv.slice(2);

// Either is loaded only where it is what was asked for.
if (args.some((arg) => /^--scenario(=|$)/.test(arg))) {
  void runSession(async (session) => (await import('./cli/audit-scenario')).auditScenario(args, session), 3);
} else {
  void import('../src/cli/main');
}
