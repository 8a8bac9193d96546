import type { DomainSchema } from './domain-schema.ts'

/**
 * What a composition rule is. Each rule has a file of its own in `rules/`, its twin test beside it, and a row in `rules.ts`.
 */

/** The subgraphs of one supergraph, built and valid as Federation subgraphs. */
export interface SubgraphSet {
  /** Those that link the istmo spec: the rules are about them. */
  readonly domains: readonly DomainSchema[]
  /** All, those that do not link the spec too. */
  readonly all: readonly DomainSchema[]
}

/** One place where a rule is broken. */
export interface Finding {
  /** Name of the subgraph. */
  readonly subgraph: string
  /** Schema coordinate, as in `Query.case`. */
  readonly coordinate: string
  /** What the rule takes here. */
  readonly expected: string
  /** What stands here. */
  readonly came: string
}

/** One thing that composition refuses in a subgraph that links the istmo spec. */
export interface Rule {
  /** Stable code of the refusal. */
  readonly code: string
  /** What is refused, in one phrase, for docs/operating.md. */
  readonly refuses: string
  /** What the author of the subgraph can do. */
  readonly remedy: string
  /** Finds every place where the rule is broken; never throws on a valid subgraph. */
  check(set: SubgraphSet): Iterable<Finding>
}

/** A finding with its rule's code and remedy. */
export interface Violation extends Finding {
  readonly code: string
  readonly remedy: string
}

/** All places where any of `rules` is broken, by rule. */
export function violationsOf(set: SubgraphSet, rules: readonly Rule[]): readonly Violation[] {
  return rules.flatMap(({ code, remedy, ...rule }) =>
    [...rule.check(set)].map((finding) => ({ code, remedy, ...finding })),
  )
}

/** One line for people: code, place, what was expected and what came, and what to do. */
export function violationMessage(violation: Violation): string {
  const { code, subgraph, coordinate, expected, came, remedy } = violation
  return `${code} [${subgraph}] ${coordinate}: expected ${expected}; came ${came}. ${remedy}`
}
