import type { Supergraph } from '@apollo/federation-internals'
import { readDomainSchema } from './domain-schema.ts'
import { partialAbstractType } from './known-patterns/partial-abstract-type.ts'
import { requirementsDiffer } from './known-patterns/requirements-differ.ts'
import type { Rule } from './rule.ts'
import { interfaceObjectResolvable, keysAllResolvable, requiresWithoutArguments } from './rules/records.ts'

/** A place in a supergraph for which Apollo's planner is known to make wrong plans. */
export interface KnownPattern {
  /** Schema coordinate, as in `Good.fee`. */
  readonly coordinate: string
  /** Name of the subgraph that declares it. */
  readonly subgraph: string
  /** Code of the pattern: the code of the composition rule that rejects it in our own domains. */
  readonly shape: string
  /** What the subgraph declares there. */
  readonly came: string
}

const PATTERNS: readonly Rule[] = [
  requiresWithoutArguments,
  keysAllResolvable,
  interfaceObjectResolvable,
  requirementsDiffer,
  partialAbstractType,
]

/**
 * Finds in any supergraph the patterns that the planner is known to plan wrongly. Composition rejects them in our own domains
 * (docs/design/federation.md, Patterns that the gateway warns about). The gateway warns the operator about them at load, because
 * not every operation on such a place is answered wrongly.
 */
export function findKnownPatterns(supergraph: Supergraph): readonly KnownPattern[] {
  const all = supergraph.subgraphs().values().map(readDomainSchema)
  return PATTERNS.flatMap((rule) =>
    [...rule.check({ domains: all, all })].map(({ coordinate, subgraph, came }) => ({
      coordinate,
      subgraph,
      shape: rule.code,
      came,
    })),
  )
}
