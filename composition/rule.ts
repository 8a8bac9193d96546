import type { DomainSchema } from './domain-schema.ts'

/**
 * What a composition rule is. Each rule has a file of its own in `rules/`, its twin test beside it, and a row in `rules.ts`.
 */

/** The subgraphs of one supergraph. Each is built, and valid as a Federation subgraph. */
export interface SubgraphSet {
  /** The subgraphs that link the istmo spec. The rules check these. */
  readonly domains: readonly DomainSchema[]
  /** All subgraphs, including those that do not link the spec. */
  readonly all: readonly DomainSchema[]
}

/** One place that breaks a rule. */
export interface Finding {
  /** Name of the subgraph. */
  readonly subgraph: string
  /** Schema coordinate, as in `Query.case`. */
  readonly coordinate: string
  /** What the rule accepts here. */
  readonly expected: string
  /** What the subgraph declares here. */
  readonly came: string
}

/** One thing that composition rejects in a subgraph that links the istmo spec. */
export interface Rule {
  /** Stable code of the rejection. */
  readonly code: string
  /** What the rule rejects, in one phrase, for docs/operating.md. */
  readonly refuses: string
  /** What the author of the subgraph can do. */
  readonly remedy: string
  /** Finds every place that breaks the rule. Never throws on a valid subgraph. */
  check(set: SubgraphSet): Iterable<Finding>
}

/** A finding with its rule's code and remedy. */
export interface Violation extends Finding {
  readonly code: string
  readonly remedy: string
}

/** Returns every place that breaks one of `rules`, in the order of the rules. */
export function violationsOf(set: SubgraphSet, rules: readonly Rule[]): readonly Violation[] {
  return rules.flatMap(({ code, remedy, ...rule }) =>
    [...rule.check(set)].map((finding) => ({ code, remedy, ...finding })),
  )
}

/** Writes a violation as one line for a person: code, place, what was expected and what came, and what to do. */
export function violationMessage(violation: Violation): string {
  const { code, subgraph, coordinate, expected, came, remedy } = violation
  return `${code} [${subgraph}] ${coordinate}: expected ${expected}; came ${came}. ${remedy}`
}
