import { isEnumType, isNonNullType, isScalarType, type Type } from '@apollo/federation-internals'
import {
  type DomainSchema,
  entities,
  type Field,
  isConnection,
  isEvery,
  isList,
  istmo,
  namedType,
  objectFields,
} from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

interface Kind {
  readonly say: string
  takes(type: Type, domain: DomainSchema): boolean
}

/** The types that each value of `istmo__Merge` can merge. A type must be nullable if its value is null while a country is silent. */
const KINDS: Readonly<Record<string, Kind>> = {
  CONNECTION: { say: 'a connection', takes: (type) => !isList(type) && isConnection(namedType({ type })) },
  JOIN: { say: 'a list', takes: isList },
  SUM: { say: 'a nullable Int or Float', takes: (type) => ['Int', 'Float'].includes(String(type)) },
  ALL: { say: 'a nullable Boolean', takes: (type) => String(type) === 'Boolean' },
  ANY: { say: 'a nullable Boolean', takes: (type) => String(type) === 'Boolean' },
  EQUAL: { say: 'a nullable value that is not a plain object', takes: takesEqual },
}

/** `@merge` must name a kind that can merge the field's type (istmo.graphql, `@merge`). */
export const mergeFitsType: Rule = {
  code: 'MERGE_DOES_NOT_FIT',
  refuses: 'a `@merge` of a kind that does not fit the field’s type',
  remedy:
    'Use a kind of @merge that fits the type. A value that is missing when a country does not answer must be nullable.',
  *check({ domains }) {
    for (const domain of domains) {
      const merged = typesUnderEvery(domain)
      for (const field of objectFields(domain)) {
        const name = kindOf(domain, field, merged)
        const kind = name === undefined ? undefined : KINDS[name]
        if (kind === undefined || field.type === undefined || kind.takes(field.type, domain)) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: `${kind.say}, because ${name} merges the countries' values`,
          came: String(field.type),
        }
      }
    }
  },
}

/** Returns the kind that `@merge` names. Without `@merge` it is EQUAL for a single value of a type that an EVERY field returns. */
function kindOf(domain: DomainSchema, field: Field, merged: ReadonlySet<string>): string | undefined {
  const written = istmo(domain, field, 'merge')[0]?.by
  if (written !== undefined) return String(written)
  const isValue = field.type !== undefined && !isList(field.type) && isLeaf(namedType(field))
  return isValue && merged.has(field.parent.name) ? 'EQUAL' : undefined
}

function typesUnderEvery(domain: DomainSchema): ReadonlySet<string> {
  const fields = objectFields(domain).filter((field) => isEvery(domain, field))
  return new Set(fields.flatMap((field) => namedType(field)?.name ?? []))
}

function takesEqual(type: Type, domain: DomainSchema): boolean {
  const named = namedType({ type })
  const isRecord = entities(domain).some((entity) => entity.name === named?.name)
  return !isNonNullType(type) && (isLeaf(named) || isRecord)
}

function isLeaf(type: Type | undefined): boolean {
  return type !== undefined && (isScalarType(type) || isEnumType(type))
}
