/** What reports in formats of others say of their origin. */
import { version } from '../../package.json';

export const TOOL = { name: 'Synapse authentication auditor', version } as const;
