import { version } from '../../../package.json';

/** Lets a tenant's administrator find the auditor's own requests in the logs. */
export const USER_AGENT = `synapse-authentication-auditor/${version}`;
