import { createDefaultHttpClient } from '@azure/core-rest-pipeline';

/**
 * For all clients together: each one's own would open connections of its own, and what opens a connection takes longer
 * than a request.
 */
export const httpClient = createDefaultHttpClient();
