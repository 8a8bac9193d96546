/** The gateway knows who answers a field, and can merge what several countries answer. */
import {
  isEnumType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type ObjectType,
  type Type,
} from '@apollo/federation-internals'
import {
  type DomainSchema,
  entities,
  type Field,
  hasFields,
  interfaceFields,
  isConnection,
  isEvery,
  isList,
  istmo,
  namedType,
  nullable,
  objectFields,
  rootFields,
} from '../domain-schema.ts'
import { inEachDomain, onEach, type Place, type Rule } from '../rule.ts'

/** A root field must say who answers it (istmo.graphql, `@answeredBy`). */
const rootFieldAnswered: Rule = {
  code: 'ROOT_FIELD_WITHOUT_ANSWERED_BY',
  check: onEach(rootFields, (field, domain) =>
    istmo(domain, field, 'answeredBy').length > 0 ? undefined : { expected: '@answeredBy', came: 'none' },
  ),
}

/** The gateway can ask a country only for a root field or a field of an entity (docs/design/contract.md, Who answers). */
const answeredByPlace: Rule = {
  code: 'ANSWERED_BY_MISPLACED',
  check: onEach(objectFields, (field, domain) => {
    if (istmo(domain, field, 'answeredBy').length === 0) return undefined
    const places = [...entities(domain), ...rootFields(domain).map(({ parent }) => parent)]
    if (places.some(({ name }) => name === field.parent.name)) return undefined
    const came = `@answeredBy on a field of ${field.parent.name}, which has no @key`
    return { expected: '@answeredBy only on a root field or a field of an entity', came }
  }),
}

const ACCEPTED: Readonly<Record<string, { readonly types: readonly string[]; readonly say: string }>> = {
  OWNER: { types: ['ID', 'CountryCode'], say: 'a record id (ID) or a country code (CountryCode)' },
  EVERY: { types: ['[CountryCode!]'], say: 'a list of country codes ([CountryCode!])' },
}

/** The argument that `@answeredBy` names must exist and name countries: an id, a code or a list of codes (istmo.graphql). */
const answeredByArgument: Rule = {
  code: 'ANSWERED_BY_ARGUMENT',
  check: inEachDomain(function* (domain) {
    for (const field of objectFields(domain)) {
      for (const { who, argument } of istmo(domain, field, 'answeredBy')) {
        const accepted = ACCEPTED[String(who)]
        const type = field.argument(String(argument))?.type
        if (accepted === undefined) continue
        if (type !== undefined && accepted.types.includes(String(nullable(type)))) continue
        yield {
          coordinate: `${field.coordinate}(${argument}:)`,
          expected: `an argument that is ${accepted.say}, because it names the countries of ${who}`,
          came: type === undefined ? `no argument of the name ${JSON.stringify(argument)}` : `one of type ${type}`,
        }
      }
    }
  }),
}

/** The type of the field `outcomes`, which holds the outcome of each country's leg (istmo.graphql, `@answeredBy`). */
const OUTCOMES_TYPE = '[CountryOutcome!]!'

/** An EVERY field returns an object that has `outcomes` (istmo.graphql, `@answeredBy`). */
const everyHasOutcomes: Rule = {
  code: 'EVERY_WITHOUT_OUTCOMES',
  check: onEach(everyFields, (field) => {
    const outcomes = outcomesOf(field)
    const isObject = field.type !== undefined && !isList(field.type)
    if (isObject && outcomes !== undefined && String(outcomes.type) === OUTCOMES_TYPE) return undefined
    const came = outcomes === undefined ? 'without outcomes' : `with outcomes: ${outcomes.type}`
    return { expected: `an object with outcomes: ${OUTCOMES_TYPE}`, came: `${field.type} ${came}` }
  }),
}

function everyFields(domain: DomainSchema): readonly Field[] {
  return objectFields(domain).filter((field) => isEvery(domain, field))
}

function outcomesOf(field: Field): Field | undefined {
  const type = namedType(field)
  return hasFields(type) ? type.field('outcomes') : undefined
}

/** The gateway fills outcomes only under an EVERY field (docs/design/contract.md, Who answers). */
const outcomesUnderEvery: Rule = {
  code: 'OUTCOMES_WITHOUT_EVERY',
  check: onEach(allFields, (field, domain) => {
    const outcomes = outcomesOf(field)
    if (outcomes === undefined || namedType(outcomes)?.name !== 'CountryOutcome') return undefined
    if (isEvery(domain, field)) return undefined
    const expected = 'a type without outcomes, because the gateway does not ask every country for this field'
    return { expected, came: `${field.type}, which has outcomes` }
  }),
}

function allFields(domain: DomainSchema): readonly Field[] {
  return [...objectFields(domain), ...interfaceFields(domain)]
}

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
const mergeFitsType: Rule = {
  code: 'MERGE_DOES_NOT_FIT',
  check: onEach(objectFields, (field, domain) => {
    const name = kindOf(domain, field)
    const kind = name === undefined ? undefined : KINDS[name]
    if (kind === undefined || field.type === undefined || kind.takes(field.type, domain)) return undefined
    return { expected: `${kind.say}, because ${name} merges the countries' values`, came: String(field.type) }
  }),
}

/** Returns the kind that `@merge` names. Without `@merge` it is EQUAL for a single value of a type that an EVERY field returns. */
function kindOf(domain: DomainSchema, field: Field): string | undefined {
  const written = istmo(domain, field, 'merge')[0]?.by
  if (written !== undefined) return String(written)
  const isValue = field.type !== undefined && !isList(field.type) && isLeaf(namedType(field))
  const isMerged = isValue && everyFields(domain).some((every) => namedType(every)?.name === field.parent.name)
  return isMerged ? 'EQUAL' : undefined
}

function takesEqual(type: Type, domain: DomainSchema): boolean {
  const named = namedType({ type })
  const isRecord = entities(domain).some((entity) => entity.name === named?.name)
  return !isNonNullType(type) && (isLeaf(named) || isRecord)
}

function isLeaf(type: Type | undefined): boolean {
  return type !== undefined && (isScalarType(type) || isEnumType(type))
}

const CONNECTION_FIELDS: Readonly<Record<string, RegExp>> = {
  edges: /^\[\w+!\]!$/,
  pageInfo: /^PageInfo!$/,
  outcomes: /^\[CountryOutcome!\]!$/,
}
const PAGE_ARGUMENTS: Readonly<Record<string, string>> = { first: 'Int', after: 'String' }

/**
 * The gateway can merge the pages of several countries only if a connection has the parts that it knows
 * (docs/design/contract.md, Order and cursors; the Relay Cursor Connections specification).
 */
const connectionShape: Rule = {
  code: 'CONNECTION_SHAPE',
  check: inEachDomain(function* (domain) {
    for (const type of domain.schema.objectTypes().filter(isConnection)) {
      const edges = type.field('edges')
      const edge = edges && namedType(edges)
      yield* connectionFindings(type)
      if (edge !== undefined && isObjectType(edge)) yield* edgeFindings(edge)
      else if (edges !== undefined) {
        yield { coordinate: edges.coordinate, expected: 'a list of an object type', came: String(edges.type) }
      }
    }
    for (const field of allFields(domain).filter((each) => isConnection(namedType(each))))
      yield* argumentFindings(field)
  }),
}

function* connectionFindings(type: ObjectType): Iterable<Place> {
  for (const field of type.fields()) {
    const form = CONNECTION_FIELDS[field.name]
    if (form?.test(String(field.type))) continue
    const expected = form === undefined ? 'only edges, pageInfo and outcomes' : `a type of the form ${form.source}`
    yield { coordinate: field.coordinate, expected, came: `${field.name}: ${field.type}` }
  }
  for (const part of ['edges', 'pageInfo'].filter((part) => type.field(part) === undefined)) {
    yield { coordinate: type.coordinate, expected: `the field ${part}`, came: 'none' }
  }
}

function* edgeFindings(edge: ObjectType): Iterable<Place> {
  const { coordinate } = edge
  const cursor = edge.field('cursor')?.type
  if (String(cursor) !== 'String!') {
    yield { coordinate, expected: 'cursor: String!', came: `cursor: ${cursor ?? 'none'}` }
  }
  const node = edge.field('node')
  if (node === undefined || !hasFields(namedType(node)) || !/^\w+!$/.test(String(node.type))) {
    yield { coordinate, expected: 'node: a non-null object', came: `node: ${node?.type ?? 'none'}` }
  }
  for (const field of edge.fields().filter((field) => field !== node && !isLeaf(namedType(field)))) {
    const expected = 'a scalar or an enum on an edge'
    yield { coordinate: field.coordinate, expected, came: String(field.type) }
  }
}

function* argumentFindings(field: Field): Iterable<Place> {
  for (const [argument, type] of Object.entries(PAGE_ARGUMENTS)) {
    const came = String(field.argument(argument)?.type ?? 'none')
    const coordinate = `${field.coordinate}(${argument}:)`
    if (came !== type) yield { coordinate, expected: `${argument}: ${type}`, came }
  }
}

/** The rules about who answers a field and how answers are merged, in the order of their findings. */
export const ANSWER_RULES: readonly Rule[] = [
  rootFieldAnswered,
  answeredByPlace,
  answeredByArgument,
  everyHasOutcomes,
  outcomesUnderEvery,
  mergeFitsType,
  connectionShape,
]
