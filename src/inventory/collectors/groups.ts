import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { Group } from '../model';
import { filterById } from './filter-by-id';
import { guid } from './guid';
import { toUser, user, USER_FIELDS } from './users';

const group = z.object({ id: guid, displayName: z.string().nullish() });
const member = user.extend({ '@odata.type': z.string() });

/**
 * Groups among these object ids, with their members, nested ones included: role assignments to a group give rights that
 * no list of assignments shows. https://learn.microsoft.com/graph/api/group-list-transitivemembers
 */
export async function listGroups(graph: Graph, ids: readonly string[]): Promise<Group[]> {
  const lists = await graph.listMany(filterById('/groups', 'id,displayName', ids), group);
  const groups = lists.flatMap((list) => list ?? []);
  const paths = groups.map(({ id }) => `/groups/${id}/transitiveMembers?$top=999&$select=${USER_FIELDS}`);
  const members = await graph.listMany(paths, member);
  return groups.flatMap(({ id, displayName }, index) => {
    const own = members[index];
    // 404: deleted between the two requests, so it is no group any more.
    return own === null || own === undefined ? [] : [toGroup(id, displayName ?? id, own)];
  });
}

function toGroup(id: string, displayName: string, members: readonly z.infer<typeof member>[]): Group {
  const ofType = (type: string) => members.filter((item) => item['@odata.type'] === `#microsoft.graph.${type}`);
  return {
    id,
    displayName,
    users: ofType('user').map(toUser),
    servicePrincipalIds: ofType('servicePrincipal').map((item) => item.id),
  };
}
