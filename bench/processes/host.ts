/** The local host with the built app, and one bare function beside the app's own. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startHost, type Host } from '../../sandbox/host/start-host';
import { temporaryDirectory } from '../../sandbox/cli/temporary-directory';
import { answerParent } from '../answer-parent';

export interface HostQuestion {
  /** Directory of the built app. */
  readonly directory: string;
}

/** After all garbage was collected. */
export interface Memory {
  readonly residentBytes: number;
  readonly heapBytes: number;
}

let host: Host | undefined;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export const answers = {
  /** @returns the address of the host */
  async start({ directory }: HostQuestion): Promise<string> {
    const both = temporaryDirectory();
    copyFileSync(join(directory, 'host.json'), join(both, 'host.json'));
    writeFileSync(join(both, 'package.json'), JSON.stringify({ main: 'main.js' }));
    const modules = [join(directory, 'dist/main.js'), join(__dirname, '../floor-function.js')];
    writeFileSync(join(both, 'main.js'), modules.map((file) => `require(${JSON.stringify(file)});\n`).join(''));
    host = await startHost({
      directory: both,
      port: 0,
      environment: process.env,
      log: () => undefined,
      onTimeout: () => undefined,
    });
    return host.url;
  },

  memory(): Promise<Memory> {
    // What the first one finds to be finalized the second one collects.
    collectGarbage();
    collectGarbage();
    const { rss, heapUsed } = process.memoryUsage();
    return Promise.resolve({ residentBytes: rss, heapBytes: heapUsed });
  },
};

answerParent(answers, async () => host?.stop());
