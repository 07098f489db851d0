import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { workspaceSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { SecurityAlertPolicy, Workspace } from '../inventory/model';

const options = z.strictObject({
  neededAlerts: z
    .array(z.string().min(1))
    .default(['Access_Anomaly', 'Brute_Force'])
    .describe('Kinds of alerts that must not be switched off; the default ones watch sign-ins.'),
});
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'threat-detection',
  title: 'Threat detection watches the sign-ins to SQL',
  severity: 'medium',
  why: 'Microsoft Defender for SQL sees brute force and sign-ins from unusual places and principals as they happen. Switched off, they are found afterwards in the logs, if at all.',
  remediation: [
    'Switch threat detection on for the workspace; it is billed by Microsoft Defender for Cloud.',
    'Let its alerts reach somebody: the security contacts of Defender for Cloud, or mail addresses of the policy.',
  ],
  link: 'https://learn.microsoft.com/azure/defender-for-cloud/defender-for-sql-introduction',
  requires: ['securityAlertPolicies'],
  options,
  evaluate: (workspace, { securityAlertPolicies }, context) =>
    securityAlertPolicies.map((policy) => judge(workspace, policy, context)),
});

function judge(workspace: Workspace, policy: SecurityAlertPolicy, context: CheckContext<Options>): Verdict {
  const { state, disabledAlerts, mailAddresses, mailsAccountAdmins } = policy;
  const needed = context.options.neededAlerts.map((alert) => alert.toLowerCase());
  const off = disabledAlerts.filter((alert) => needed.includes(alert.toLowerCase()));
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: { state, disabledAlerts: evidenceList(disabledAlerts), mails: mailAddresses.length, mailsAccountAdmins },
  };
  const where = `Threat detection of workspace ${quoted(workspace.name)}`;
  const url = `${workspace.id}/securityAlertPolicies/Default?api-version=2021-06-01`;
  // A PUT replaces the policy: what is set stays in it.
  const put = command`az rest --method put --url ${url} --body ${JSON.stringify({
    properties: {
      state: 'Enabled',
      disabledAlerts: disabledAlerts.filter((alert) => !off.includes(alert)),
      emailAddresses: mailAddresses,
      emailAccountAdmins: mailsAccountAdmins,
    },
  })}`;
  if (state !== 'enabled') {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${where} ${state === 'new' ? 'was never switched on' : 'is switched off'}: nobody is told of brute force or of sign-ins from unusual places.`,
      remediation: steps(
        'Switch it on (billed by Microsoft Defender for Cloud), in the portal under Microsoft Defender for Cloud of the workspace, or:',
        put,
      ),
    };
  }
  if (off.length > 0) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${where} is on, but without ${off.join(', ')}: these alerts, which watch sign-ins, are switched off.`,
      remediation: steps('Switch them on again:', put),
    };
  }
  const told = mailAddresses.length > 0 || mailsAccountAdmins ? '' : '; its alerts show in Defender for Cloud only';
  return { ...base, status: 'pass', message: `${where} is on${told}.` };
}
