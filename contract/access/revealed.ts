import {
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { RuleTable } from './rule-table.ts'

/** An argument, input field or enum value that is used, and the fields that it would reveal. */
export interface Revealing {
  /** `Type.field(argument:)`, `Input.field` or `Enum.VALUE`. */
  readonly coordinate: string
  /** Coordinates `Type.field`. */
  readonly fields: readonly string[]
}

/**
 * Lists what the arguments of a field would reveal, at any depth (`@reveals`). A default value counts like any value, also if the
 * argument is null. Other nulls reveal nothing.
 * @param values coerced argument values, as graphql-js returns them.
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
    // A country reads an explicit null as the default of the argument: `orderBy: null` orders by the default.
    const value = values[argument.name] ?? argument.defaultValue
    if (value === null || value === undefined) continue
    add(`${parentName}.${definition.name}(${argument.name}:)`)
    walk(argument.type, value)
  }
  return [...found].map(([coordinate, fields]) => ({ coordinate, fields }))
}

/** Checks whether any argument of a field can reveal something, for any value. */
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
