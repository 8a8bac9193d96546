import {
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { RuleTable } from './rule-table.ts'

/** An argument, input field or enum value in use, and the fields that it would reveal. */
export interface Revealing {
  /** `Type.field(argument:)`, `Input.field` or `Enum.VALUE`. */
  readonly coordinate: string
  /** Coordinates `Type.field`. */
  readonly fields: readonly string[]
}

/**
 * What the arguments of a field would reveal, at any depth (`@reveals`). A default counts as the value that it is, also where null is
 * given in its place; other nulls are no use.
 * @param values coerced argument values, as graphql-js gives them.
 */
export function revealedByArguments(
  parentName: string,
  definition: GraphQLField<unknown, unknown>,
  values: Readonly<Record<string, unknown>>,
  table: Pick<RuleTable, 'revealedBy'>,
): readonly Revealing[] {
  const found = new Map<string, readonly string[]>()
  const add = (coordinate: string): void => {
    const fields = table.revealedBy(coordinate)
    if (fields.length > 0) found.set(coordinate, fields)
  }
  const walk = (type: GraphQLInputType, value: unknown): void => {
    if (value === null || value === undefined) return
    if (isNonNullType(type)) walk(type.ofType, value)
    else if (isListType(type)) for (const item of Array.isArray(value) ? value : [value]) walk(type.ofType, item)
    else if (isEnumType(type)) add(`${type.name}.${String(value)}`)
    else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const member = (value as Record<string, unknown>)[field.name]
        if (member === null || member === undefined) continue
        add(`${type.name}.${field.name}`)
        walk(field.type, member)
      }
    }
  }
  for (const argument of definition.args) {
    // An explicit null of an argument with a default is read as the default by whoever answers: `orderBy: null` orders by it.
    const value = values[argument.name] ?? argument.defaultValue
    if (value === null || value === undefined) continue
    add(`${parentName}.${definition.name}(${argument.name}:)`)
    walk(argument.type, value)
  }
  return [...found].map(([coordinate, fields]) => ({ coordinate, fields }))
}

/** Whether any argument of a field could reveal something, whatever its value. */
export function couldReveal(
  parentName: string,
  definition: GraphQLField<unknown, unknown>,
  table: Pick<RuleTable, 'revealedBy'>,
): boolean {
  const seen = new Set<string>()
  const reveals = (coordinate: string): boolean => table.revealedBy(coordinate).length > 0
  const walk = (type: GraphQLInputType): boolean => {
    if (isNonNullType(type) || isListType(type)) return walk(type.ofType)
    if (seen.has(type.name)) return false
    seen.add(type.name)
    if (isEnumType(type)) return type.getValues().some(({ name }) => reveals(`${type.name}.${name}`))
    if (!isInputObjectType(type)) return false
    return Object.values(type.getFields()).some((field) => reveals(`${type.name}.${field.name}`) || walk(field.type))
  }
  return definition.args.some(
    (argument) => reveals(`${parentName}.${definition.name}(${argument.name}:)`) || walk(argument.type),
  )
}
