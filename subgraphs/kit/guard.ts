import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  type InlineFragmentNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { countryRule, type Recognition } from '../../contract/access/country-access.ts'
import type { NotCovered } from '../../contract/access/recognition.ts'
import { couldReveal, revealedByArguments } from '../../contract/access/revealed.ts'
import { bothRules, type DenialKind, denialOf, isOpen, type Rule } from '../../contract/access/rule.ts'
import { coerceLegVariables, readArguments } from './leg-variables.ts'
import type { DomainRules } from './rules.ts'

/**
 * Decides a complete leg by the rules (docs/design/access.md, The leg), before any part of it runs. A gateway asks a country for
 * nothing that the country denies. A leg with a denied field therefore does not come from a gateway that keeps to the contract.
 */

/** Why a leg is rejected, for the country's own log. It never says which rights the caller has or needs. */
export interface LegRejection {
  /** The field, type, argument, input field or enum value. */
  readonly coordinate: string
  readonly kind: DenialKind | NotCovered | 'NOT_PUBLISHED' | 'SUSPENDED'
}

/** A document that has passed validation, and its variables and operation name. */
export interface GuardedRequest {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly operationName: string | undefined
}

/** Decides a request of a caller with this recognition. Returns null if each rule is met, or if no field has a rule. */
export type Guard = (request: GuardedRequest, recognition: Recognition) => LegRejection | null

/** A part of the schema that a document uses, and its rule. */
interface Requested {
  /** The coordinate that the log shows. */
  readonly coordinate: string
  /** The field that policies decide on, if it is not `coordinate`: an argument can reveal another field. */
  readonly field?: string
  readonly rule: Rule | 'NOT_PUBLISHED'
}

/** A field whose arguments may have a rule, whatever their values. */
interface WithArguments {
  readonly parent: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
}

interface Reading {
  readonly requested: readonly Requested[]
  readonly withArguments: readonly WithArguments[]
}

/**
 * Makes the guard of a domain. It reads each document once. Every part of the document counts, also its other operations and what
 * `@skip` or `@include` leave out, because the gateway sends neither.
 * @param isSuspended whether a field is suspended at the moment. It is asked for each leg.
 */
export function createGuard(
  schema: GraphQLSchema,
  rules: DomainRules,
  isSuspended: (coordinate: string) => boolean = () => false,
): Guard {
  const readings = new WeakMap<DocumentNode, Reading>()
  return (request, recognition) => {
    let reading = readings.get(request.document)
    if (reading === undefined) {
      reading = readDocument(schema, request.document, rules)
      readings.set(request.document, reading)
    }
    const byArguments = requestedByArguments(schema, reading.withArguments, request, rules)
    return (
      firstSuspended(reading.requested, isSuspended) ??
      firstSuspended(byArguments, isSuspended) ??
      firstRejection(reading.requested, recognition) ??
      firstRejection(byArguments, recognition)
    )
  }
}

function firstSuspended(
  requested: readonly Requested[],
  isSuspended: (coordinate: string) => boolean,
): LegRejection | null {
  const found = requested.find(({ coordinate, field = coordinate }) => isSuspended(field))
  return found === undefined ? null : { coordinate: found.coordinate, kind: 'SUSPENDED' }
}

function firstRejection(requested: readonly Requested[], recognition: Recognition): LegRejection | null {
  for (const { coordinate, field = coordinate, rule } of requested) {
    if (rule === 'NOT_PUBLISHED') return { coordinate, kind: rule }
    if (isOpen(rule)) continue
    const kind = recognition.kind === 'not-recognised' ? recognition.code : denialOf(rule, recognition.rights, field)
    if (kind !== null) return { coordinate, kind }
  }
  return null
}

function readDocument(schema: GraphQLSchema, document: DocumentNode, rules: DomainRules): Reading {
  const requested = new Map<string, Requested>()
  const withArguments: WithArguments[] = []
  const info = new TypeInfo(schema)
  const add = (one: Requested): void => void requested.set(one.coordinate, one)
  const onType = ({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode): void => {
    if (typeCondition) add({ coordinate: typeCondition.name.value, rule: typeRule(rules, typeCondition.name.value) })
  }
  const onField = (node: FieldNode): void => {
    const parent = info.getParentType()?.name
    const definition = info.getFieldDef()
    if (parent === undefined || !definition) throw new Error('expected a document that fits the schema')
    add(requestedByField(rules, parent, definition.name))
    if (isEntities(parent, definition) || mayReveal(rules, parent, definition)) {
      withArguments.push({ parent, definition, node })
    }
  }
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: { enter: onField },
      InlineFragment: { enter: onType },
      FragmentDefinition: { enter: onType },
    }),
  )
  return { requested: [...requested.values()], withArguments }
}

function typeRule({ floor, own }: DomainRules, typeName: string): Rule {
  return own === null ? floor.ofType(typeName) : bothRules(floor.ofType(typeName), own.ofType(typeName))
}

function requestedByField({ floor, own }: DomainRules, typeName: string, fieldName: string): Requested {
  const coordinate = `${typeName}.${fieldName}`
  // The schema that is served here is the contract's. A field that the country's own SDL leaves out is therefore not published, and
  // `_service`, which shows the schema, is not for a caller who comes through a gateway.
  const isLeftOut = own !== null && floor.has(typeName, fieldName) && !own.has(typeName, fieldName)
  if (isLeftOut || fieldName === '_service') return { coordinate, rule: 'NOT_PUBLISHED' }
  return { coordinate, rule: countryRule(floor, own, typeName, fieldName) }
}

function isEntities(parent: string, { name }: GraphQLField<unknown, unknown>): boolean {
  return parent === 'Query' && name === '_entities'
}

function mayReveal({ floor, own }: DomainRules, parent: string, field: GraphQLField<unknown, unknown>): boolean {
  return couldReveal(parent, field, floor) || (own !== null && couldReveal(parent, field, own))
}

/** Finds what arguments request by their values: the fields that they reveal, and the types of representations. */
function requestedByArguments(
  schema: GraphQLSchema,
  fields: readonly WithArguments[],
  request: GuardedRequest,
  rules: DomainRules,
): readonly Requested[] {
  if (fields.length === 0) return []
  const coerced = coerceLegVariables(request, schema)?.coerced
  // The execution rejects variables that do not fit, with its usual message, and nothing runs.
  if (coerced === undefined) return []
  return fields.flatMap(({ parent, definition, node }) => {
    const values = readArguments(definition, node, coerced)
    if (values === null) return []
    if (isEntities(parent, definition)) return requestedByRepresentations(values.representations, rules)
    return [rules.floor, rules.own].flatMap((table) =>
      table === null
        ? []
        : revealedByArguments(parent, definition, values, table).flatMap(({ coordinate, fields: revealed }) =>
            revealed.map((field) => ({ coordinate, field, rule: ruleAt(rules, field) })),
          ),
    )
  })
}

function requestedByRepresentations(representations: unknown, rules: DomainRules): readonly Requested[] {
  const names = new Set<string>()
  for (const one of Array.isArray(representations) ? representations : []) {
    const name = typeof one === 'object' && one !== null && '__typename' in one ? one.__typename : undefined
    if (typeof name === 'string') names.add(name)
  }
  return [...names].map((name) => ({ coordinate: name, rule: typeRule(rules, name) }))
}

function ruleAt({ floor, own }: DomainRules, coordinate: string): Rule | 'NOT_PUBLISHED' {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  if (own !== null && !own.has(typeName, fieldName) && floor.has(typeName, fieldName)) return 'NOT_PUBLISHED'
  return countryRule(floor, own, typeName, fieldName)
}
