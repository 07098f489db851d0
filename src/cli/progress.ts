import { counted } from '../audit/wording';
import { SOURCES, type SourceName } from '../inventory/sources';
import type { Log } from '../log';
import type { Paint } from '../report/text';

/** What `read-scopes.ts` logs of a source, whole or in part. */
interface SourceCollected {
  readonly source: SourceName;
  readonly count: number;
  readonly scopes: number;
  readonly notCollected: number;
  readonly milliseconds: number;
}

/** A log for people who wait: one line for each source that was read. */
export function createProgress(print: (line: string) => void, paint: Paint): Log {
  const write: Log['info'] = (_event, fields) => {
    const { source, count, scopes, notCollected, milliseconds } = fields as unknown as SourceCollected;
    const { title } = SOURCES[source];
    const took = paint('dim', `${milliseconds} ms`);
    if (scopes === 0) {
      // Often because what would say where could not be read itself: no tick.
      print(`${paint('dim', '-')} ${title}: nowhere to read it`);
    } else if (notCollected === 0) {
      print(`${paint('green', '✓')} ${title}: ${count} ${took}`);
    } else {
      print(`${paint('red', '✗')} ${title}: ${notCollected} of ${counted(scopes, 'part')} not read ${took}`);
    }
  };
  return { info: write, warn: write, error: write };
}
