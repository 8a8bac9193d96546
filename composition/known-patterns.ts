import { isInterfaceType, isUnionType, type Supergraph, type Type } from '@apollo/federation-internals'
import { federation, namedType, objectFields, readDomainSchema } from './domain-schema.ts'
import { readRequirement } from './field-terms.ts'
import { type Rule, sameEverywhere } from './rule.ts'
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

/**
 * Finds two fields of a type that require the same field with different arguments: the planner asks for the required field only
 * once. When an operation selects both, the gateway asks for each in a step of its own (steps.ts).
 */
const requirementsDiffer: Rule = {
  code: 'REQUIREMENTS_DIFFER',
  check: sameEverywhere('domains', function* (domain) {
    for (const field of objectFields(domain)) {
      for (const { fields } of federation(domain, field, 'requires')) {
        for (const [path, text] of readRequirement(String(fields)).withArguments) {
          const place = `${field.parent.name}.${path}`
          const { coordinate } = field
          yield { place, says: `${place}(${text})`, source: `, as ${coordinate} requires it`, coordinate }
        }
      }
    }
  }),
}

/**
 * Finds a field that several subgraphs answer with a union or an interface, if one of them knows fewer of its types than another.
 * The planner leaves out the selections on the types that not all of the subgraphs know. It does so even when it asks the
 * subgraph that knows them.
 */
const partialAbstractType: Rule = {
  code: 'ABSTRACT_TYPE_PARTLY_KNOWN',
  check: sameEverywhere('domains', function* (domain) {
    for (const field of objectFields(domain).filter((each) => federation(domain, each, 'external').length === 0)) {
      const { coordinate } = field
      const says = runtimeTypes(namedType(field))
      if (says !== null) yield { place: coordinate, says, source: `, as in ${domain.name}`, coordinate }
    }
  }),
}

function runtimeTypes(type: Type | undefined): string | null {
  if (type === undefined) return null
  const types = isUnionType(type) ? type.types() : isInterfaceType(type) ? type.possibleRuntimeTypes() : null
  return (
    types &&
    [...types]
      .map(({ name }) => name)
      .sort()
      .join(' | ')
  )
}

const PATTERNS: readonly Rule[] = [
  requiresWithoutArguments,
  keysAllResolvable,
  interfaceObjectResolvable,
  requirementsDiffer,
  partialAbstractType,
]
