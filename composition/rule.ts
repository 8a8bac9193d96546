import type { DomainSchema } from './domain-schema.ts'

/**
 * What a composition rule is. `rules/` has one file for each thing that rules guard, with the tests of its rules beside it.
 */

/** The subgraphs of one supergraph. Each is built, and valid as a Federation subgraph. */
export interface SubgraphSet {
  /** The subgraphs that link the istmo spec. The rules check these. */
  readonly domains: readonly DomainSchema[]
  /** All subgraphs, including those that do not link the spec. */
  readonly all: readonly DomainSchema[]
}

/** One place in a subgraph that breaks a rule. */
export interface Place {
  /** Schema coordinate, as in `Query.case`. */
  readonly coordinate: string
  /** What the rule accepts here. */
  readonly expected: string
  /** What the subgraph declares here. */
  readonly came: string
}

/** A place that breaks a rule, with the name of its subgraph. */
export interface Finding extends Place {
  readonly subgraph: string
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

/** Makes the check of a rule that looks at one domain after the other. */
export function inEachDomain(check: (domain: DomainSchema, set: SubgraphSet) => Iterable<Place>): Rule['check'] {
  return function* (set) {
    for (const domain of set.domains) for (const place of check(domain, set)) yield { subgraph: domain.name, ...place }
  }
}

/**
 * Makes the check of a rule that looks at one element of a domain after the other.
 * @param judge says what breaks the rule at an element, if anything does.
 */
export function onEach<Element extends { readonly coordinate: string }>(
  elements: (domain: DomainSchema) => readonly Element[],
  judge: (element: Element, domain: DomainSchema, set: SubgraphSet) => Omit<Place, 'coordinate'> | undefined,
): Rule['check'] {
  return inEachDomain(function* (domain, set) {
    for (const element of elements(domain)) {
      const broken = judge(element, domain, set)
      if (broken !== undefined) yield { coordinate: element.coordinate, ...broken }
    }
  })
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
