import { defineTenantCheck } from '../audit/check';
import { expiryOptions, judgeExpiry, USAGE_SOURCES } from '../audit/credential-expiry';

export default defineTenantCheck({
  id: 'certificate-expiry',
  title: 'Certificates are rotated before they expire',
  severity: 'high',
  why: 'A client that signs in with an expired certificate gets no token (AADSTS700027), and an expired SAML signing certificate breaks single sign-on: what depends on it stops at once.',
  remediation: [
    'Create a new certificate and add it beside the old one.',
    'Switch its users to the new one, and see that sign-ins succeed.',
    'Remove the old certificate.',
    'For SAML, add the new signing certificate, give it to the application, then make it active.',
  ],
  link: 'https://learn.microsoft.com/entra/identity-platform/certificate-credentials',
  requires: ['applications', 'servicePrincipals'],
  uses: USAGE_SOURCES,
  options: expiryOptions,
  evaluate: (facts, context, uses) => judgeExpiry('certificate', facts, context, uses),
});
