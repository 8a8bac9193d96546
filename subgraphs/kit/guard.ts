import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  type InlineFragmentNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { countryRule, type Recognition } from '../../contract/access/country-access.ts'
import type { NotCovered } from '../../contract/access/recognition.ts'
import { couldReveal, revealedByArguments } from '../../contract/access/revealed.ts'
import { bothRules, type DenialKind, denialOf, isOpen, type Rule } from '../../contract/access/rule.ts'
import type { DomainRules } from './rules.ts'

/**
 * Decides a leg by the rules (docs/design/access.md, The leg): whole, before anything of it runs. The gateway asks a country
 * for nothing that the country refuses, so a leg that does is no gateway's that keeps to the contract.
 */

/** Why a leg is refused, for the country's own log: never what was held or needed. */
export interface LegRejection {
  /** The field, type, argument, input field or enum value. */
  readonly coordinate: string
  readonly kind: DenialKind | NotCovered | 'NOT_PUBLISHED'
}

/** A document that has passed validation, and what it is run with. */
export interface GuardedRequest {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly operationName: string | undefined
}

/** The refusal of a request by a caller of this standing; null where every rule is met, or nothing has one. */
export type Guard = (request: GuardedRequest, recognition: Recognition) => LegRejection | null

interface Asked {
  /** What is in the log. */
  readonly coordinate: string
  /** What policies are asked about, where it is another: the field that an argument reveals. */
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
  readonly asked: readonly Asked[]
  readonly withArguments: readonly WithArguments[]
}

/**
 * Makes the guard of a domain. What a document asks is read once. All of the document counts: its other operations, and what
 * `@skip` or `@include` leave out; the gateway sends neither.
 */
export function createGuard(schema: GraphQLSchema, rules: DomainRules): Guard {
  const readings = new WeakMap<DocumentNode, Reading>()
  return (request, recognition) => {
    let reading = readings.get(request.document)
    if (reading === undefined) {
      reading = readDocument(schema, request.document, rules)
      readings.set(request.document, reading)
    }
    return (
      firstRejection(reading.asked, recognition) ??
      firstRejection(askedByArguments(schema, reading.withArguments, request, rules), recognition)
    )
  }
}

function firstRejection(asked: readonly Asked[], recognition: Recognition): LegRejection | null {
  for (const { coordinate, field = coordinate, rule } of asked) {
    if (rule === 'NOT_PUBLISHED') return { coordinate, kind: rule }
    if (isOpen(rule)) continue
    const kind = recognition.kind === 'not-recognised' ? recognition.code : denialOf(rule, recognition.rights, field)
    if (kind !== null) return { coordinate, kind }
  }
  return null
}

function readDocument(schema: GraphQLSchema, document: DocumentNode, rules: DomainRules): Reading {
  const asked = new Map<string, Asked>()
  const withArguments: WithArguments[] = []
  const info = new TypeInfo(schema)
  const add = (one: Asked): void => void asked.set(one.coordinate, one)
  const onType = ({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode): void => {
    if (typeCondition) add({ coordinate: typeCondition.name.value, rule: typeRule(rules, typeCondition.name.value) })
  }
  const onField = (node: FieldNode): void => {
    const parent = info.getParentType()?.name
    const definition = info.getFieldDef()
    if (parent === undefined || !definition) throw new Error('expected a document that fits the schema')
    add(askedOfField(rules, parent, definition.name))
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
  return { asked: [...asked.values()], withArguments }
}

function typeRule({ floor, own }: DomainRules, typeName: string): Rule {
  return own === null ? floor.ofType(typeName) : bothRules(floor.ofType(typeName), own.ofType(typeName))
}

function askedOfField({ floor, own }: DomainRules, typeName: string, fieldName: string): Asked {
  const coordinate = `${typeName}.${fieldName}`
  // The schema is the contract's, and not for who asks through a gateway; a field that the country leaves out is not there.
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

/** What arguments ask, by their values: the fields that they reveal, and the types of representations. */
function askedByArguments(
  schema: GraphQLSchema,
  fields: readonly WithArguments[],
  { document, variables = {}, operationName }: GuardedRequest,
  rules: DomainRules,
): readonly Asked[] {
  const operation = fields.length === 0 ? null : getOperationAST(document, operationName)
  if (!operation) return []
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  // Variables that do not fit are refused by the execution, in the same words as ever, and nothing runs.
  if (coerced === undefined) return []
  return fields.flatMap(({ parent, definition, node }) => {
    const values = argumentsOf(definition, node, coerced)
    if (values === null) return []
    if (isEntities(parent, definition)) return askedByRepresentations(values.representations, rules)
    return [rules.floor, rules.own].flatMap((table) =>
      table === null
        ? []
        : revealedByArguments(parent, definition, values, table).flatMap(({ coordinate, fields: revealed }) =>
            revealed.map((field) => ({ coordinate, field, rule: ruleAt(rules, field) })),
          ),
    )
  })
}

// Arguments that do not fit fail in the execution too, before the field's resolver is called.
function argumentsOf(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Record<string, unknown>,
): Record<string, unknown> | null {
  try {
    return getArgumentValues(definition, node, variables)
  } catch {
    return null
  }
}

function askedByRepresentations(representations: unknown, rules: DomainRules): readonly Asked[] {
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
