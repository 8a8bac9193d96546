/**
 * The comparison of a leg with its question as it was before anything of it was prepared or remembered: it reads both documents again for each leg. An
 * oracle for the one that nodes use.
 */
import { type GraphQLSchema, getArgumentValues, isInterfaceType, isObjectType } from 'graphql'
import type { AskedField } from '../../contract/trust/question-document.ts'
import type { GuardedRequest } from '../../subgraphs/kit/guard.ts'
import { coerceLegVariables } from '../../subgraphs/kit/leg-variables.ts'
import {
  type ComparedLeg,
  type ForeignPart,
  type LegField,
  type ShownQuestion,
  withoutArguments,
} from '../../subgraphs/kit/question/compare-leg.ts'
import type { QuestionContract } from '../../subgraphs/kit/question/question-contract.ts'

/** Compares a leg with a question. */
export function compareFresh(
  fields: readonly LegField[],
  request: GuardedRequest,
  schema: GraphQLSchema,
  question: ShownQuestion,
): ComparedLeg {
  const ids = new Set<string>()
  const variables = coerceLegVariables(request, schema)?.coerced
  const foreign = variables === undefined ? VARIABLES : findForeignPart(fields, variables, question, ids)
  return { foreign, ids }
}

const VARIABLES: ForeignPart = { coordinate: 'Query', reason: 'VARIABLES' }

function findForeignPart(
  fields: readonly LegField[],
  variables: Record<string, unknown>,
  question: ShownQuestion,
  ids: Set<string>,
): ForeignPart | null {
  for (const field of fields) {
    const { typeName, fieldName, definition } = field
    const coordinate = `${typeName}.${fieldName}`
    if (fieldName === '__typename') continue
    if (coordinate === 'Query._entities') {
      if (!readRepresentations(field, variables, question.contract, ids)) {
        return { coordinate: 'Query._entities(representations:)', reason: 'REPRESENTATION' }
      }
      continue
    }
    const asked = question.asked.get(coordinate)
    if (asked === undefined) {
      if (question.contract.isAlwaysAsked(typeName, fieldName)) continue
      return { coordinate, reason: 'FIELD' }
    }
    if (definition.args.length === 0) continue
    const argument = findForeignArgument(field, asked, variables, question)
    if (argument !== null) return { coordinate: `${coordinate}(${argument}:)`, reason: 'ARGUMENT' }
  }
  return null
}

/** Adds the ids of a field's representations. False if one of them has more than an id and what `@requires` names. */
function readRepresentations(
  { definition, node }: LegField,
  variables: Record<string, unknown>,
  contract: QuestionContract,
  ids: Set<string>,
): boolean {
  const values = readArguments(definition, node, variables)?.representations
  if (!Array.isArray(values)) return false
  return values.every((value: unknown) => {
    if (typeof value !== 'object' || value === null) return false
    const { __typename: typeName, id } = value as Record<string, unknown>
    if (typeof typeName !== 'string' || typeof id !== 'string') return false
    const names = contract.representationFieldsOf(typeName)
    ids.add(id)
    return Object.keys(value).every((name) => names.has(name))
  })
}

/** Returns an argument that no place of the document gives so; null if one place gives all of them. */
function findForeignArgument(
  field: LegField,
  asked: readonly AskedField[],
  variables: Record<string, unknown>,
  question: ShownQuestion,
): string | null {
  const { args } = field.definition
  const sent = readArguments(field.definition, field.node, variables)
  let foreign = args[0]?.name ?? null
  if (sent === null) return foreign
  for (const place of asked) {
    const given = readAskedArguments(field, place, question)
    if (given === null) continue
    const different = args.find(({ name, defaultValue }) => {
      const isFirst = name === 'first' && field.isPage
      return isFirst ? !isAtMost(sent[name], given[name], defaultValue) : !isSame(sent[name], given[name])
    })
    if (different === undefined) return null
    foreign = different.name
  }
  return foreign
}

/** Reads what the document gives at one place. Null if a variable there is not shown, or if a value does not fit. */
function readAskedArguments(
  { typeName, definition: { args } }: LegField,
  { node, variables }: AskedField,
  { contract: { schema }, values }: ShownQuestion,
): Record<string, unknown> | null {
  const isKnown = (name: string): boolean => values.isKnown(name)
  if (!args.every(({ name }) => (variables.get(name) ?? []).every(isKnown))) return null
  const type = schema.getType(typeName)
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined
  if (definition === undefined) return null
  const free = definition.args.filter(({ name }) => args.every((argument) => argument.name !== name))
  return readArguments(withoutArguments(definition, new Set(free.map(({ name }) => name))), node, values.coerced)
}

function readArguments(
  definition: LegField['definition'],
  node: LegField['node'],
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  try {
    return getArgumentValues(definition, node, variables)
  } catch {
    return null
  }
}

/** Whether a page is not larger than the question's. Null stands for the default, as the contract says. */
function isAtMost(sent: unknown, given: unknown, byDefault: unknown): boolean {
  const most = Number(given ?? byDefault)
  return Number(sent ?? byDefault) <= most
}

/** Whether two coerced values are equal. A member that is absent equals null, as the contract says. Lists keep their order. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === null || one === undefined) return other === null || other === undefined
  if (typeof one !== 'object' || typeof other !== 'object' || other === null) return Object.is(one, other)
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other)) return false
    return one.length === other.length && one.every((item, at) => isSame(item, other[at]))
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) =>
    isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  )
}
