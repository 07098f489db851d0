/** What a cold start loads of the app for its first request, and for its first audit. */
import { inNewChild, startNode } from './child';
import type { LoadTimes } from './processes/load';
import type { Stage } from './stage';

export interface LoadFigures {
  readonly name: string;
  readonly files: readonly string[];
  readonly samples: readonly LoadTimes[];
}

export interface ColdStart {
  /** An HTTP function whose state is read by connection string. */
  readonly http: LoadFigures;
  /** The same with the identity of the app. */
  readonly httpWithIdentity: LoadFigures;
  readonly timer: LoadFigures;
  /** Milliseconds that an empty program takes. */
  readonly node: readonly number[];
}

const SAMPLES = 21;

/**
 * Which files a function needs is found out by running it once; how long they take, by loading them in fresh processes.
 * @param timerFiles of the app that an audit loads
 */
export async function measureLoad(
  { environment, azureUrl, app }: Stage,
  timerFiles: readonly string[],
  signal: AbortSignal,
): Promise<ColdStart> {
  const loadedBy = async (settings: Readonly<Record<string, string>>) => {
    const { loaded } = await inNewChild('app', settings, signal, (child) =>
      child.ask('run', { directory: app, function: 'status' }),
    );
    return loaded;
  };
  // There is no table service: the app has asked for its token when it finds out.
  const withIdentity = { ...environment, AUDIT_STORAGE_TABLE_ENDPOINT: `${azureUrl}/tables` };
  const variants = [
    { name: 'HTTP, connection string', files: await loadedBy(environment), samples: [] as LoadTimes[] },
    { name: 'HTTP, identity', files: await loadedBy(withIdentity), samples: [] as LoadTimes[] },
    { name: 'timer', files: timerFiles, samples: [] as LoadTimes[] },
  ] as const;
  const node: number[] = [];
  while (node.length < SAMPLES) {
    node.push(await startNode());
    for (const { files, samples } of variants) {
      samples.push(await inNewChild('load', environment, signal, (child) => child.ask('measure', { files })));
    }
  }
  const [http, httpWithIdentity, timer] = variants;
  return { http, httpWithIdentity, timer, node };
}
