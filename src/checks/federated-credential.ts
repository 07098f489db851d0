import * as z from 'zod';
import { applicationsInUse, type ApplicationInUse } from '../audit/applications-in-use';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { federationFaults, intendedAudience, TOKEN_EXCHANGE_AUDIENCES, workloadKey } from '../audit/federation-faults';
import { credentialsLink } from '../audit/links';
import { federatedCredentialsByApplication } from '../audit/lookup';
import { credentialsOf } from '../audit/principals';
import { applicationSubject } from '../audit/subjects';
import { describeWorkspaces } from '../audit/synapse-usage';
import { command, counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { FederatedCredential } from '../inventory/model';

const options = z.strictObject({
  audiences: z
    .array(z.string())
    .min(1)
    .default(TOKEN_EXCHANGE_AUDIENCES)
    .describe(
      'Audiences that tokens of your identity providers have. The first one is what a wrong audience is to be replaced by.',
    ),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'federated-credential',
  title: 'Federated credentials can match, and replace secrets',
  severity: 'medium',
  why: 'Entra ID compares issuer, subject and audience of a token with those of the federated credential letter by letter. One that cannot match refuses every sign-in (AADSTS70021, AADSTS700211 to 700213) with a message that shows neither. A secret left beside one that works can still be stolen.',
  remediation: [
    'Compare issuer, subject and audience with the iss, sub and aud of a token of the workload.',
    'Correct the federated credential; changes take a few minutes to count.',
    'Once sign-ins with it succeed, remove the application’s secrets.',
  ],
  link: 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations',
  requires: [
    'federatedCredentials',
    'applications',
    'servicePrincipals',
    'synapseRoleAssignments',
    'azureRoleAssignments',
    'workspaces',
    'groups',
    'storageAccounts',
  ],
  options,
  evaluate: (facts, context) => {
    return applicationsInUse(facts).flatMap((one) => {
      const own = federatedCredentialsByApplication(facts.federatedCredentials).get(one.application.id) ?? [];
      const verdicts = own.map((credential) => judgeCredential(one, credential, own, context));
      const noneMatches = verdicts.every((verdict) => verdict.status === 'fail' && verdict.severity !== 'low');
      return own.length === 0 ? [] : [...verdicts, judgeSecrets(one, own, noneMatches, context)];
    });
  },
});

function judgeCredential(
  { application, usage }: ApplicationInUse,
  credential: FederatedCredential,
  siblings: readonly FederatedCredential[],
  { portal, options: { audiences: expected } }: CheckContext<Options>,
): Verdict {
  const { id, name, issuer, subject, audiences } = credential;
  const { appId, displayName } = application;
  const wrong = federationFaults(credential, expected);
  const twins = siblings.filter((other) => other !== credential && workloadKey(other) === workloadKey(credential));
  const faults = [...wrong.issuer, ...wrong.subject, ...wrong.audiences];
  const base = {
    subject: {
      id: `${application.id}/federatedIdentityCredentials/${id}`,
      kind: 'federatedCredential' as const,
      name: `${displayName} / ${name}`,
      link: credentialsLink(portal, appId),
    },
    evidence: {
      appId,
      issuer,
      subject,
      audiences: evidenceList(audiences),
      faults: evidenceList(faults),
      twins: evidenceList(twins.map((twin) => twin.name)),
      workspaces: evidenceList(usage.workspaces),
    },
  };
  const what = `Federated credential ${quoted(name)} of application ${quoted(displayName)}`;
  const concerns = `The principal has roles that concern ${describeWorkspaces(usage)}.`;
  const deletion = command`az ad app federated-credential delete --id ${appId} --federated-credential-id ${id}`;
  if (faults.length === 0 && twins.length === 0) {
    return { ...base, status: 'pass', message: `${what} can match tokens of ${issuer}. ${concerns}` };
  }
  if (faults.length === 0) {
    return {
      ...base,
      status: 'fail',
      severity: 'low',
      message: `${what} and ${quotedList(twins.map((twin) => twin.name))} mean the same issuer and subject but for case, blanks or a slash; only one can be spelt as the token is, the others never match. ${concerns}`,
      remediation: steps(
        'Compare with iss and sub of a token of the workload. If this one differs, delete it:',
        deletion,
      ),
    };
  }
  // What is right stays as it is; what is wrong only a token can tell.
  const parameters = JSON.stringify({
    issuer: wrong.issuer.length === 0 ? issuer : '<iss>',
    ...(subject !== null && { subject: wrong.subject.length === 0 ? subject : '<sub>' }),
    audiences: [intendedAudience(audiences, expected)],
  });
  return {
    ...base,
    status: 'fail',
    severity: 'medium',
    message: `${what} can match no token: ${faults.join('; ')}. Sign-ins of that workload are refused. ${concerns}`,
    remediation: steps(
      'Compare with iss, sub and aud of a token of the workload, and correct the credential:',
      command`az ad app federated-credential update --id ${appId} --federated-credential-id ${id} --parameters ${parameters}`,
      'If nothing uses it, delete it:',
      deletion,
    ),
  };
}

function judgeSecrets(
  { application, principal, usage }: ApplicationInUse,
  federated: readonly FederatedCredential[],
  noneMatches: boolean,
  context: CheckContext<Options>,
): Verdict {
  const { appId, displayName } = application;
  const valid = credentialsOf(principal, 'secret').filter(
    ({ credential: { endsAt } }) => endsAt === null || endsAt > context.now,
  );
  const names = valid.map(({ credential: { displayName: label, keyId } }) => label ?? keyId);
  const base = {
    subject: applicationSubject(application, context),
    evidence: {
      appId,
      federatedCredentials: evidenceList(federated.map(({ name }) => name)),
      validSecrets: evidenceList(names),
      keyIds: evidenceList(valid.map(({ credential }) => credential.keyId)),
      workspaces: evidenceList(usage.workspaces),
    },
  };
  const who = `Application ${quoted(displayName)} has ${counted(federated.length, 'federated credential')}`;
  if (valid.length === 0) {
    return { ...base, status: 'pass', message: `${who} and no valid secret.` };
  }
  return {
    ...base,
    status: 'fail',
    severity: 'low',
    message: `${who} and still ${counted(valid.length, 'valid secret')} (${quotedList(names)}): each can be stolen and used from anywhere, though ${noneMatches ? 'federation, once it works, makes it needless' : 'it is no longer needed'}. The principal has roles that concern ${describeWorkspaces(usage)}.`,
    remediation: steps(
      ...(noneMatches ? ['Correct a federated credential first: none of them can match.'] : []),
      'See in the sign-in log that nobody uses a secret any more (the column is empty where a token was exchanged):',
      `AADServicePrincipalSignInLogs | where AppId == "${appId}" | summarize count() by ServicePrincipalCredentialKeyId, FederatedCredentialId`,
      'Then remove:',
      ...valid.map(({ holder, holderId, credential: { keyId } }) =>
        holder === 'application'
          ? command`az ad app credential delete --id ${appId} --key-id ${keyId}`
          : command`az ad sp credential delete --id ${holderId} --key-id ${keyId}`,
      ),
    ),
  };
}
