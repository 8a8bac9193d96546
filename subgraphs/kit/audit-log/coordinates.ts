import { type ArgumentNode, type GraphQLSchema, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { LRUCache } from 'lru-cache'

/** How many documents' coordinates are kept; the one that was used longest ago is forgotten first. */
const MAX_KEPT_DOCUMENTS = 1_000

/** What a document asks of a schema: fields and arguments as coordinates, each once, sorted; nothing for one that does not parse. */
export function createCoordinates(schema: GraphQLSchema): (query: string) => readonly string[] {
  const kept = new LRUCache<string, readonly string[]>({ max: MAX_KEPT_DOCUMENTS })
  return (query) => {
    const known = kept.get(query) ?? read(schema, query)
    kept.set(query, known)
    return known
  }
}

function read(schema: GraphQLSchema, query: string): readonly string[] {
  const coordinates = new Set<string>()
  const info = new TypeInfo(schema)
  const add = (ofArgument?: string): void => {
    const field = info.getFieldDef()
    const parent = info.getParentType()
    // Arguments of directives say nothing of the schema's fields.
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
