import { createServices, type Services } from './services';

let services: Services | undefined;

/** The services of this process. `main.ts` asks first, so that a wrong setting stops the start, not a night's run. */
export function appServices(): Services {
  return (services ??= createServices(process.env));
}

const stopping = new AbortController();

/** Aborted when the host tells the process to end. */
export const stopSignal: AbortSignal = stopping.signal;

export function stop(): void {
  stopping.abort(new DOMException('The host is stopping.', 'AbortError'));
}
