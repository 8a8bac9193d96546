import { type GraphQLSchema, getVariableValues, type VariableDefinitionNode } from 'graphql'
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

/**
 * Coerces the variables of an operation as far as a leg shows them. A variable that is hidden, or whose value does not fit, is not known. If it counted
 * as absent, a gateway could drop a filter by hiding its value.
 */
export function coerceShown(
  definitions: readonly VariableDefinitionNode[],
  schema: GraphQLSchema,
  { values, isComplete }: ShownVariables,
): ShownValues {
  const coerced: Record<string, unknown> = Object.create(null)
  const known = new Set<string>()
  for (const definition of definitions) {
    const name = definition.variable.name.value
    const isShown = values.has(name)
    if (!isShown && !isComplete) continue
    const read = getVariableValues(schema, [definition], isShown ? { [name]: values.get(name) } : {}).coerced
    if (read === undefined) continue
    known.add(name)
    if (Object.hasOwn(read, name)) coerced[name] = read[name]
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
