import { type GraphQLField, type GraphQLSchema, getNamedType, isEnumType, Kind, parse } from 'graphql'
import { getOrAdd } from '../../contract/get-or-add.ts'

/** What one country publishes of one domain. */
export interface Publication {
  /** Differs for different publications. It is '' for each country that publishes the complete domain. */
  readonly id: string
  /** Whether the country publishes the complete domain of the contract. */
  readonly isComplete: boolean
  /** Whether the country publishes a field. True for `__typename`. */
  publishes(typeName: string, fieldName: string): boolean
  /**
   * By enum of the composed domain, the values that the country's SDL lacks: it was made for an older contract. Enums with all their values, and those that
   * the country does not publish, are not in it.
   */
  readonly missingValues: ReadonlyMap<string, ReadonlySet<string>>
  /** Returns the name of a field's type in the composed domain; undefined for `__typename`. */
  typeOf(typeName: string, fieldName: string): string | undefined
  /** Returns the definition of a field in the composed domain; undefined for `__typename`. */
  definitionOf(typeName: string, fieldName: string): GraphQLField<unknown, unknown> | undefined
}

/**
 * Reads what a country publishes from its own SDL.
 * @param schema the composed domain.
 * @param id the publication's id, such as the country's code.
 * @param sdl the country's SDL. Undefined: the country publishes the complete domain.
 * @throws {GraphQLError} if the SDL is not GraphQL.
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
  if (sdl === undefined)
    return { id: '', isComplete: true, missingValues: new Map(), publishes: () => true, typeOf, definitionOf }
  const fields = new Set<string>()
  const values = new Map<string, Set<string>>()
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if ('values' in definition) {
      const known = getOrAdd(values, definition.name.value, () => new Set())
      for (const { name } of definition.values ?? []) known.add(name.value)
    }
    if (!('fields' in definition) || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) continue
    for (const field of definition.fields ?? []) fields.add(`${definition.name.value}.${field.name.value}`)
  }
  return {
    id,
    isComplete: false,
    missingValues: findMissing(schema, values),
    publishes: (typeName, fieldName) => fieldName === '__typename' || fields.has(`${typeName}.${fieldName}`),
    typeOf,
    definitionOf,
  }
}

function findMissing(
  schema: GraphQLSchema,
  published: ReadonlyMap<string, ReadonlySet<string>>,
): Publication['missingValues'] {
  const missing = [...published].flatMap(([name, values]): [string, Set<string>][] => {
    const type = schema.getType(name)
    const lacking = isEnumType(type) ? type.getValues().filter((value) => !values.has(value.name)) : []
    return lacking.length === 0 ? [] : [[name, new Set(lacking.map((value) => value.name))]]
  })
  return new Map(missing)
}
