/** Mail addresses that mails go to. */

/** https://learn.microsoft.com/azure/communication-services/concepts/service-limits (email: recipients) */
const RECIPIENTS_A_MAIL = 50;

/** Each once, letter case aside, in their order. */
export function distinctAddresses(addresses: readonly string[]): readonly string[] {
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()];
}

/** As many mails as it takes: so many recipients the service takes in one. */
export function recipientsOfMails(addresses: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(addresses.length / RECIPIENTS_A_MAIL) }, (_, index) =>
    addresses.slice(index * RECIPIENTS_A_MAIL, (index + 1) * RECIPIENTS_A_MAIL),
  );
}
