/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /**
   * @param problem one sentence.
   * @param usage what the command understands.
   */
  constructor(problem: string, usage: string, options?: ErrorOptions) {
    super(`${problem}\n\n${usage}`, options);
  }
}
