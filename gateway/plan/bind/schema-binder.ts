/** What binding takes from one schema: a field's definition by its coordinate, a leaf's check by its type's name. */
import { type GraphQLField, type GraphQLSchema, isEnumType } from 'graphql'
import { SCALARS } from '../../../contract/scalars.ts'

/** Whether a JSON value is one of a scalar or an enum. */
export type LeafCheck = (value: unknown) => boolean

/** One schema, as binding reads it. */
export interface SchemaBinder {
  /** The definition of the field at `Type.field`; undefined for `__typename` and for a field that the schema does not have. */
  findDefinition(coordinate: string): GraphQLField<unknown, unknown> | undefined
  /** The same where there must be one. @throws {Error} where there is none: the plan is of another schema. */
  definitionOf(coordinate: string): GraphQLField<unknown, unknown>
  /** The check of a scalar or an enum; one function for each type. Null: any value passes. */
  leafCheck(typeName: string | null): LeafCheck
}

/**
 * Makes the binder of one schema.
 * @param contractScalars whether the values of the contract's scalars are checked.
 */
export function createSchemaBinder(schema: GraphQLSchema, contractScalars: boolean): SchemaBinder {
  const checks = new Map<string, LeafCheck>()
  const findDefinition: SchemaBinder['findDefinition'] = (coordinate) => {
    const at = coordinate.indexOf('.')
    const type = schema.getType(coordinate.slice(0, at))
    const field = type && 'getFields' in type ? type.getFields()[coordinate.slice(at + 1)] : undefined
    return field && 'args' in field ? field : undefined
  }
  return {
    findDefinition,
    definitionOf(coordinate) {
      const definition = findDefinition(coordinate)
      if (!definition) throw new Error(`expected a field of the schema; came ${coordinate}`)
      return definition
    },
    leafCheck(typeName) {
      if (typeName === null) return acceptAny
      const known = checks.get(typeName)
      if (known) return known
      const made = makeCheck(typeName, schema, contractScalars)
      checks.set(typeName, made)
      return made
    },
  }
}

function makeCheck(typeName: string, schema: GraphQLSchema, contractScalars: boolean): LeafCheck {
  const type = schema.getType(typeName)
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map((value) => value.name))
    return (value) => typeof value === 'string' && names.has(value)
  }
  const standard = Object.hasOwn(STANDARD_SCALARS, typeName) ? STANDARD_SCALARS[typeName] : undefined
  if (standard) return standard
  const contract =
    contractScalars && Object.hasOwn(SCALARS, typeName) ? SCALARS[typeName as keyof typeof SCALARS] : undefined
  if (!contract) return acceptAny
  return (value) => {
    try {
      contract.parseValue(value)
      return true
    } catch {
      return false
    }
  }
}

function acceptAny(): boolean {
  return true
}

const STANDARD_SCALARS: Readonly<Record<string, LeafCheck>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string' || Number.isInteger(value),
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => typeof value === 'number' && Number.isFinite(value),
  Int: (value) => typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31,
}
