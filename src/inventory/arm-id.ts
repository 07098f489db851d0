/** What an ARM id tells by itself: https://learn.microsoft.com/azure/azure-resource-manager/management/overview#understand-scope */

/** Subscription GUID in an ARM id (`/subscriptions/{id}/…`), lower-cased. */
export function subscriptionIn(armId: string): string {
  return (armId.split('/')[2] ?? '').toLowerCase();
}

/** `/a/b` -> `/a/b`, `/a`, nothing */
export function withAncestors(armId: string): readonly string[] {
  const segments = armId.split('/');
  return segments.map((_, index) => segments.slice(0, segments.length - index).join('/'));
}

/** `/a/b` -> `b`: the name at the end of an id. */
export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
