import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import type { Graph } from '../azure/graph';
import type { User } from '../model';
import { filterById } from './filter-by-id';
import { guid } from './guid';

export const USER_FIELDS = 'id,displayName,userPrincipalName,userType,accountEnabled';

export const user = z.object({
  id: guid,
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  userType: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
});

/** Users among these object ids; ids of other things or of nothing are simply not answered. */
export async function listUsers(graph: Graph, ids: readonly string[]): Promise<User[]> {
  const lists = await graph.listMany(filterById('/users', USER_FIELDS, ids), user);
  return lists.flatMap((list) => (list ?? []).map(toUser));
}

/**
 * @throws IncompleteAnswerError where Graph gives a user's id alone, as it does without User.Read.All: whether that is a
 * guest or a disabled account would be a guess
 */
export function toUser(item: z.infer<typeof user>): User {
  if (item.userPrincipalName === null || item.userPrincipalName === undefined) {
    throw new IncompleteAnswerError('forbidden', 'Graph shows users without their names.');
  }
  return {
    id: item.id,
    displayName: item.displayName ?? item.userPrincipalName,
    userPrincipalName: item.userPrincipalName,
    // Old guests have no userType; their names carry the mark.
    guest: item.userType === 'Guest' || (!item.userType && item.userPrincipalName.includes('#EXT#')),
    enabled: item.accountEnabled ?? true,
  };
}
