import { type GraphQLField, type GraphQLSchema, getNamedType, Kind, parse } from 'graphql'

/** What one country publishes of one domain. */
export interface Publication {
  /** Tells publications apart that differ; equal for countries that publish the whole domain. */
  readonly id: string
  /** The country publishes all that the contract says. */
  readonly whole: boolean
  /** Whether the country publishes a field. `__typename` always. */
  publishes(typeName: string, fieldName: string): boolean
  /** The named type of a field, by the composed domain; undefined for `__typename`. */
  typeOf(typeName: string, fieldName: string): string | undefined
  /** The definition of a field, by the composed domain; undefined for `__typename`. */
  definitionOf(typeName: string, fieldName: string): GraphQLField<unknown, unknown> | undefined
}

/**
 * Reads what a country publishes from its own SDL.
 * @param schema the domain as it was composed.
 * @param sdl the country's SDL; undefined: the whole domain.
 * @throws {GraphQLError} when the SDL is no GraphQL.
 */
export function readPublication(schema: GraphQLSchema, id: string, sdl: string | undefined): Publication {
  const definitionOf: Publication['definitionOf'] = (typeName, fieldName) => {
    const type = schema.getType(typeName)
    const field = type && 'getFields' in type ? type.getFields()[fieldName] : undefined
    return field && 'args' in field ? field : undefined
  }
  const typeOf: Publication['typeOf'] = (typeName, fieldName) => {
    const field = definitionOf(typeName, fieldName)
    return field && getNamedType(field.type).name
  }
  if (sdl === undefined) return { id: '', whole: true, publishes: () => true, typeOf, definitionOf }
  const fields = new Set<string>()
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (!('fields' in definition) || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) continue
    for (const field of definition.fields ?? []) fields.add(`${definition.name.value}.${field.name.value}`)
  }
  return {
    id,
    whole: false,
    publishes: (typeName, fieldName) => fieldName === '__typename' || fields.has(`${typeName}.${fieldName}`),
    typeOf,
    definitionOf,
  }
}
