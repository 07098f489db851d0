import { defineTenantCheck } from '../audit/check';
import { expiryOptions, judgeExpiry, USAGE_SOURCES } from '../audit/credential-expiry';

export default defineTenantCheck({
  id: 'secret-expiry',
  title: 'Secrets are rotated before they expire',
  severity: 'high',
  why: 'A client that signs in with an expired secret gets no token (AADSTS7000222): pipelines, linked services and release jobs that use it stop, often at night and all at once.',
  remediation: [
    'Add a new secret beside the old one; do not reset, which would take the old one away at once.',
    'Put the new secret wherever the old one is read, and see that sign-ins succeed.',
    'Remove the old secret.',
    'Where the client runs in Azure, use a managed identity instead: it has no secret to rotate.',
  ],
  link: 'https://learn.microsoft.com/cli/azure/ad/app/credential',
  requires: ['applications', 'servicePrincipals'],
  uses: USAGE_SOURCES,
  options: expiryOptions,
  evaluate: (facts, context, uses) => judgeExpiry('secret', facts, context, uses),
});
