/** A rule looks at the tenant for one cause: it sees it, rules it out, or can tell nothing. */
import type { About } from './diagnosis';
import type { Case } from './case';
import { CERTAINTIES, type Certainty } from './error-catalogue';

export interface Seen {
  /** Left out: as sure as the error alone. */
  readonly certainty?: Certainty;
  readonly evidenceFor: readonly string[];
  readonly evidenceAgainst?: readonly string[];
  readonly about?: About;
  /** Instead of the cause’s general title. */
  readonly sentence?: string;
  /** Instead of the general remedy, with everything filled in. */
  readonly remedy?: readonly string[];
}

/** `null`: nothing can be told, and what the error says stands. */
export type Judgement = { readonly seen: Seen } | { readonly ruledOut: string } | null;

export type Rule = (one: Case) => Judgement;

/** The surest of several, each of which would do; what rules out counts only where nothing was seen. */
export function surest(judgements: readonly Judgement[]): Judgement {
  const rank = ({ seen: { certainty = 'likely' } }: { readonly seen: Seen }): number => CERTAINTIES.indexOf(certainty);
  const seen = judgements.flatMap((judgement) => (judgement !== null && 'seen' in judgement ? [judgement] : []));
  const [first] = [...seen].sort((a, b) => rank(a) - rank(b));
  const ruledOut = judgements.find((judgement) => judgement !== null && 'ruledOut' in judgement);
  return first ?? (judgements.includes(null) ? null : (ruledOut ?? null));
}
