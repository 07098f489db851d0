/** Times in mails: in the recipient's zone, and in UTC beside it, as logs and Azure go by that. */

/**
 * `2026-11-28 09:00 UTC`; elsewhere than UTC `2026-11-28 10:00 UTC+1 (09:00 UTC)`, with the date again where it is
 * another one there.
 *
 * @param zone IANA name
 * @throws RangeError where the zone is unknown; settings refuse such a one
 */
export function moment(date: Date, zone = 'UTC'): string {
  const iso = date.toISOString();
  const [utcDay, utcMinute] = [iso.slice(0, 10), iso.slice(11, 16)];
  const local = partsOf(date, zone);
  if (local.offset === 'UTC') {
    return `${utcDay} ${utcMinute} UTC`;
  }
  const utc = local.day === utcDay ? utcMinute : `${utcDay} ${utcMinute}`;
  return `${local.day} ${local.minute} ${local.offset} (${utc} UTC)`;
}

/** `2026-11-28`, the day it is in that zone. */
export function localDay(date: Date, zone = 'UTC'): string {
  return partsOf(date, zone).day;
}

function partsOf(
  date: Date,
  timeZone: string,
): { readonly day: string; readonly minute: string; readonly offset: string } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    day: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    minute: `${part('hour')}:${part('minute')}`,
    // Versions differ in whether they say "+0".
    offset: part('timeZoneName')
      .replace('GMT', 'UTC')
      .replace(/^UTC[+-]0$/, 'UTC'),
  };
}

/** To make one takes longer than all else of an item, and a digest has thousands of items. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) {
    return known;
  }
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  });
  formats.set(timeZone, format);
  return format;
}
