/** Azurite, in memory. */
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { answerParent } from '../answer-parent';

let azurite: Azurite | undefined;

export const answers = {
  /** @returns the connection string */
  async start(): Promise<string> {
    azurite = await startAzurite();
    return azurite.connectionString;
  },
};

answerParent(answers, async () => azurite?.close());
