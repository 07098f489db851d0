import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';
it('x', async () => {
  for (const s of ['contoso','healthy','forbidden','throttled']) {
  const sandbox = await startTestSandbox(s);
  const { inventory, lines } = await collect(sandbox);
  for (const l of lines.values()) process.stdout.write(JSON.stringify(l)+'\n');
  for (const [k, v] of Object.entries(inventory)) for (const {scope, result} of v) if(!result.ok) process.stdout.write(k+' '+scope.name+': '+JSON.stringify(result)+'\n');
  await sandbox.close();
  }
}, 60000);
