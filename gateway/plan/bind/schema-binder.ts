/** What binding reads from one schema: the definition of a field by its coordinate, the check of a leaf by its type's name. */
import { type GraphQLField, type GraphQLSchema, isEnumType } from 'graphql'
import { SCALARS } from '../../../contract/scalars.ts'

/** Whether a JSON value belongs to a scalar or an enum. */
export type LeafCheck = (value: unknown) => boolean

/** One schema, as binding reads it. */
export interface SchemaBinder {
  /** Returns the definition of the field `Type.field`; undefined for `__typename` and for a field that the schema does not have. */
  findDefinition(coordinate: string): GraphQLField<unknown, unknown> | undefined
  /** Returns the definition of a field that must exist. @throws {Error} if it does not, because the plan was made for another schema. */
  definitionOf(coordinate: string): GraphQLField<unknown, unknown>
  /** Returns the check of a scalar or an enum, always the same function for a type. The check of null accepts any value. */
  leafCheck(typeName: string | null): LeafCheck
  /** Returns the names of an enum's values; null for any other type. */
  enumValues(typeName: string | null): readonly string[] | null
}

/**
 * Makes the binder of one schema.
 * @param contractScalars whether to check the values of the contract's scalars. If not, any value passes.
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
    enumValues(typeName) {
      const type = typeName === null ? undefined : schema.getType(typeName)
      return isEnumType(type) ? type.getValues().map(({ name }) => name) : null
    },
    definitionOf(coordinate) {
      const definition = findDefinition(coordinate)
      if (!definition) throw new Error(`expected a field of the schema; came ${coordinate}`)
      return definition
    },
    leafCheck(typeName) {
      if (typeName === null) return acceptAny
      const cached = checks.get(typeName)
      if (cached) return cached
      const check = makeCheck(typeName, schema, contractScalars)
      checks.set(typeName, check)
      return check
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
