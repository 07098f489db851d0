import type { Fault, ServiceName } from '../scenarios/schema';

/** The fault that strikes this request, if any; the first of the scenario's list wins. */
export type Strike = (service: ServiceName, method: string, path: string) => Fault | undefined;

/** Counts requests from now on. */
export function createFaults(faults: readonly Fault[]): Strike {
  const watched = faults.map((fault) => ({ fault, path: new RegExp(fault.path), seen: 0, struck: 0 }));
  return (service, method, path) => {
    let striking: Fault | undefined;
    for (const each of watched) {
      const { fault } = each;
      if (fault.service !== service || (fault.method ?? method) !== method || !each.path.test(path)) continue;
      each.seen += 1;
      const most = fault.times ?? (fault.every > 1 ? 'always' : 1);
      const due = each.seen % fault.every === 0 && (most === 'always' || each.struck < most);
      if (!due || striking) continue;
      each.struck += 1;
      striking = fault;
    }
    return striking;
  };
}

const CODES: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'NotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** Status, headers and error of a fault that answers instead of the service; `undefined` where it only disturbs. */
export function faultAnswer(
  fault: Fault,
): { status: number; headers: Record<string, string>; code: string; message: string } | undefined {
  if (fault.status === undefined) return undefined;
  const headers: Record<string, string> = {};
  if (fault.retryAfterSeconds !== null) headers['retry-after'] = String(fault.retryAfterSeconds);
  return {
    status: fault.status,
    headers,
    code: fault.code ?? CODES[fault.status] ?? 'Error',
    message: fault.message ?? 'The scenario lets this request fail.',
  };
}
