const PATTERN = /^(?:(\d+)[.:])?(\d{1,2}):(\d{1,2}):(\d{1,2})$/;

/**
 * Milliseconds of a .NET time span as `host.json` and timers write it: `hh:mm:ss`, `d.hh:mm:ss`, `dd:hh:mm:ss`. From 24 on
 * the first of three numbers counts days, hours and minutes follow.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#timespan
 * @returns `undefined` where the text is no time span.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) {
    return undefined;
  }
  const [days, first, second, third] = match.slice(1).map((part: string | undefined) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const [d, h, m, s] = match[1] === undefined && first >= 24 ? [first, second, third, 0] : [days, first, second, third];
  return h < 24 && m < 60 && s < 60 ? (((d * 24 + h) * 60 + m) * 60 + s) * 1000 : undefined;
}
