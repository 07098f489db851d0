/**
 * A message of the app for people: the facts that it carries as JSON behind its text become `name value` pairs.
 * Anything else stays as it is.
 */
export function readableMessage(message: string): string {
  const [, text, json] = /^([^{]*) (\{.*\})$/.exec(message) ?? [];
  if (text === undefined || json === undefined) {
    return message;
  }
  let facts: unknown;
  try {
    facts = JSON.parse(json);
  } catch {
    return message;
  }
  const pairs = Object.entries(facts as object).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${text}: ${pairs.join(', ')}`;
}
