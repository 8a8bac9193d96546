import { type GraphQLSchema, getVariableValues, type VariableDefinitionNode } from 'graphql'

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

/**
 * Coerces the variables that a leg shows. A variable that is hidden, or whose value does not fit, is not known. If it counted as absent, a
 * gateway could drop a filter by hiding its value.
 */
export function coerceShownVariables(
  definitions: readonly VariableDefinitionNode[],
  { values, isComplete }: ShownVariables,
  schema: GraphQLSchema,
): ShownValues {
  const coerced: Record<string, unknown> = {}
  const known = new Set<string>()
  for (const definition of definitions) {
    const name = definition.variable.name.value
    if (!values.has(name) && !isComplete) continue
    const given = values.has(name) ? { [name]: values.get(name) } : {}
    const read = getVariableValues(schema, [definition], given)
    if (read.coerced === undefined) continue
    Object.assign(coerced, read.coerced)
    known.add(name)
  }
  return { coerced, isKnown: (name) => known.has(name) }
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
