/** What is to be told, to whom, before it has a form: planned by `plan-alerts.ts`, put into words by `render-mail.ts`. */
import type { Exception } from '../audit/exception';
import type { News } from './news';

/** `owner`: of some applications or resources, and told of these alone. `administrators`: told of everything. */
export type Audience = 'owner' | 'administrators';

export interface Message {
  readonly audience: Audience;
  /** `digest`: the first of a tenant, which says how things stand instead of what changed. */
  readonly kind: 'changes' | 'digest';
  /** Mail addresses, 1 to 50. */
  readonly to: readonly string[];
  readonly news: News;
  /** Why somebody gets this who is no owner: nobody else could be found. Sentences. */
  readonly notices: readonly string[];
  /** Exceptions whose end has come since the last run. */
  readonly endedExceptions: readonly Exception[];
}
