import { TestEnvironment } from 'jest-environment-node';
import { startAzurite } from '../../sandbox/azurite';

declare global {
  var startAzuriteOfTheProcess: typeof startAzurite | undefined;
}

/**
 * Gives the tests Azurite as the process has it. Each test file loads all its modules anew, which for Azurite takes longer
 * than most files do; it is reached over sockets only, so that all files of a process may share the code of it.
 */
export default class Environment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.startAzuriteOfTheProcess = startAzurite;
  }
}
