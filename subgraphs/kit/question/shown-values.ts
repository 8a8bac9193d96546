import {
  coerceInputValue,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql'
import { isRecordId } from '../../../contract/record-id.ts'

/** The variables of a question, as far as a leg shows them. */
export interface ShownVariables {
  /** The values that were disclosed, by name. */
  readonly values: ReadonlyMap<string, unknown>
  /** Whether the question has no other variable. Only then does the node know that a variable has no value. */
  readonly isComplete: boolean
}

/** The shown variables of one operation, coerced. */
export interface ShownValues {
  /** The values of the known variables, with their defaults. A variable without a value is absent. */
  readonly coerced: Readonly<Record<string, unknown>>
  /** Whether the node knows the value of this variable, or that it has none. */
  isKnown(name: string): boolean
}

/** Coerces the variables that a leg shows. */
export type CoerceShown = (shown: ShownVariables) => ShownValues

/**
 * Prepares the coercion of one operation's variables. A variable that is hidden, or whose value does not fit, is not known. If it counted as
 * absent, a gateway could drop a filter by hiding its value.
 */
export function prepareShownVariables(
  definitions: readonly VariableDefinitionNode[],
  schema: GraphQLSchema,
): CoerceShown {
  const prepared = definitions.map(
    (definition) => [definition.variable.name.value, prepareVariable(definition, schema)] as const,
  )
  return ({ values, isComplete }) => {
    const coerced: Record<string, unknown> = Object.create(null)
    const known = new Set<string>()
    for (const [name, { absent, coerce }] of prepared) {
      const isShown = values.has(name)
      if (!isShown && !isComplete) continue
      const value = isShown ? coerce(values.get(name)) : absent
      if (value === UNFIT) continue
      known.add(name)
      if (value !== NOTHING) coerced[name] = value
    }
    return { coerced, isKnown: (name) => known.has(name) }
  }
}

/** Stands for the value of a variable that has none, and of one whose value does not fit. */
const NOTHING = Symbol('no value')
const UNFIT = Symbol('a value that does not fit')

interface PreparedVariable {
  /** What the variable is without a value. */
  readonly absent: unknown
  readonly coerce: (value: unknown) => unknown
}

/** Prepares what `getVariableValues` of graphql-js does with one variable. */
function prepareVariable(
  { type: node, defaultValue }: VariableDefinitionNode,
  schema: GraphQLSchema,
): PreparedVariable {
  const type = typeFromAST(schema, node)
  if (!isInputType(type)) return { absent: UNFIT, coerce: () => UNFIT }
  const isRequired = isNonNullType(type)
  const byDefault = defaultValue && valueFromAST(defaultValue, type)
  return {
    absent: defaultValue ? byDefault : isRequired ? UNFIT : NOTHING,
    coerce(value) {
      let fits = true
      try {
        const coerced = coerceInputValue(value, type, () => {
          fits = false
        })
        return fits ? coerced : UNFIT
      } catch {
        return UNFIT
      }
    },
  }
}

/** Lists the texts in disclosed values, also those inside lists and objects: each may be the id of a record. */
export function listTexts(values: Iterable<unknown>): ReadonlySet<string> {
  const texts = new Set<string>()
  const open = [...values]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') texts.add(value)
    else if (typeof value === 'object' && value !== null) open.push(...Object.values(value))
  }
  return texts
}

/** Lists the record ids in the data of an answer, each once. */
export function listRecordIds(data: unknown): readonly string[] {
  const ids = new Set<string>()
  const open: unknown[] = [data]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') {
      if (isRecordId(value)) ids.add(value)
    } else if (typeof value === 'object' && value !== null) {
      for (const below of Object.values(value)) open.push(below)
    }
  }
  return [...ids]
}
