/** A command cannot be run as it was asked for; the message is one line that says why and what to do. */
export class CannotRunError extends Error {
  override readonly name = 'CannotRunError';
}
