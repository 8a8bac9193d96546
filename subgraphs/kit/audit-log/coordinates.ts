import { type ArgumentNode, type GraphQLSchema, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { LRUCache } from 'lru-cache'

/** The coordinates of how many documents are cached. The least recently used ones leave the cache first. */
const MAX_CACHED_DOCUMENTS = 1_000

/**
 * Makes the function that lists what a document requests of a schema: fields and arguments as coordinates, each once, sorted. The list
 * is empty for a document that does not parse.
 */
export function createCoordinates(schema: GraphQLSchema): (query: string) => readonly string[] {
  const cache = new LRUCache<string, readonly string[]>({ max: MAX_CACHED_DOCUMENTS })
  return (query) => {
    const coordinates = cache.get(query) ?? readCoordinates(schema, query)
    cache.set(query, coordinates)
    return coordinates
  }
}

function readCoordinates(schema: GraphQLSchema, query: string): readonly string[] {
  const coordinates = new Set<string>()
  const info = new TypeInfo(schema)
  const add = (ofArgument?: string): void => {
    const field = info.getFieldDef()
    const parent = info.getParentType()
    // Arguments of directives are not arguments of fields.
    if (!field || !parent || info.getDirective()) return
    const coordinate = `${parent.name}.${field.name}`
    coordinates.add(ofArgument === undefined ? coordinate : `${coordinate}(${ofArgument}:)`)
  }
  const visitor = {
    [Kind.FIELD]: { enter: () => add() },
    [Kind.ARGUMENT]: { enter: ({ name }: ArgumentNode) => add(name.value) },
  }
  try {
    visit(parse(query, { noLocation: true }), visitWithTypeInfo(info, visitor))
  } catch {
    return []
  }
  return [...coordinates].sort()
}
