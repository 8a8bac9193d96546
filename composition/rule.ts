import { readWords } from '../contract/read-words.ts'
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
  /** Finds every place that breaks the rule. Never throws on a valid subgraph. */
  check(set: SubgraphSet): Iterable<Finding>
}

/** What a rule rejects, in one phrase, and what the author of the subgraph can do. */
export function textsOf({ code }: Pick<Rule, 'code'>): { readonly refuses: string; readonly remedy: string } {
  const texts = readWords<Readonly<Record<string, ReturnType<typeof textsOf>>>>(new URL('rules.yaml', import.meta.url))
  const found = texts[code]
  if (found === undefined) throw new TypeError(`expected a rule of rules.yaml; came ${code}`)
  return found
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

/** What a subgraph says at a place: `source` is appended where another subgraph says something else there. */
interface Statement {
  readonly place: string
  readonly says: string
  readonly source: string
  readonly coordinate: string
}

/** Makes the check of a rule that wants subgraphs to say the same at one place as the first of them. */
export function sameEverywhere(
  among: keyof SubgraphSet,
  list: (domain: DomainSchema) => Iterable<Statement>,
  nothing = 'nothing',
): Rule['check'] {
  return function* (set) {
    const first = new Map<string, Statement>()
    for (const domain of set[among]) {
      for (const said of list(domain)) {
        const before = first.get(said.place) ?? said
        first.set(said.place, before)
        if (before.says === said.says) continue
        const expected = `${before.says || nothing}${before.source}`
        yield { subgraph: domain.name, coordinate: said.coordinate, expected, came: said.says || 'none' }
      }
    }
  }
}

/** A finding with its rule's code and remedy. */
export interface Violation extends Finding {
  readonly code: string
  readonly remedy: string
}

/** Returns every place that breaks one of `rules`, in the order of the rules. */
export function violationsOf(set: SubgraphSet, rules: readonly Rule[]): readonly Violation[] {
  return rules.flatMap((rule) =>
    [...rule.check(set)].map((finding) => ({ code: rule.code, remedy: textsOf(rule).remedy, ...finding })),
  )
}

/** Writes a violation as one line for a person: code, place, what was expected and what came, and what to do. */
export function violationMessage(violation: Violation): string {
  const { code, subgraph, coordinate, expected, came, remedy } = violation
  return `${code} [${subgraph}] ${coordinate}: expected ${expected}; came ${came}. ${remedy}`
}
