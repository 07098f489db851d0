/** Azurite, in memory. */
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { answerParent } from '../child';

let azurite: Azurite | undefined;

answerParent(
  async () => {
    azurite = await startAzurite();
    return azurite.connectionString;
  },
  async () => azurite?.close(),
);
