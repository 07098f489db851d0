const RELATIVE = /^([+-])(\d+)([smhd])$/;
const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `true` for `+12d`, `-2h`, `+30m`, `-40s` and for an ISO 8601 date or date-time. */
export function isMoment(text: string): boolean {
  return RELATIVE.test(text) || (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)));
}

/** The point in time a scenario means, seen from `now`. The text must satisfy {@link isMoment}. */
export function momentOf(text: string, now: Date): Date {
  const match = RELATIVE.exec(text);
  if (!match) return new Date(text);
  const [, sign, count, unit] = match;
  const distance = Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  return new Date(now.getTime() + (sign === '-' ? -distance : distance));
}

/** The moment so many milliseconds after another one; relative where that is. The text must satisfy {@link isMoment}. */
export function momentAfter(text: string, milliseconds: number): string {
  if (!RELATIVE.test(text)) return new Date(Date.parse(text) + milliseconds).toISOString();
  const seconds = (momentOf(text, new Date(0)).getTime() + milliseconds) / 1000;
  return `${seconds < 0 ? '-' : '+'}${Math.abs(Math.round(seconds))}s`;
}
