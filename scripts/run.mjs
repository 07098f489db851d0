/**
 * `node scripts/run.mjs sandbox/start.ts [ARGUMENT...]`: builds the app and all tools, then runs a tool.
 *
 * In one process and not as two commands of a shell: then every signal reaches whoever has to stop.
 */
import { stop } from 'esbuild';
import { buildAll, orExit } from './build.mjs';

const [node, self, tool = '', ...args] = process.argv;

function interrupt() {
  process.exit(130);
}
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);
await orExit(buildAll({ sandbox: true }));
await stop();
process.off('SIGINT', interrupt);
process.off('SIGTERM', interrupt);

process.argv = [node, self, ...args];
await import(`../build/${tool.replace(/\.ts$/, '.js')}`);
