/** The schema that introspection shows: only what the caller may read (docs/design/access.md, What introspection shows). */
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { AccessView } from '../authorize/authorizer.ts'
import { visibleSchema } from '../introspect/visible-schema.ts'
import type { Planner } from '../plan/compile.ts'

/** How many schemas the gateway caches, one for each set of hidden coordinates. */
const MAX_SCHEMAS = 32

/** Makes a function that returns the schema that a caller sees. Callers who see the same schema share one object. */
export function createIntrospection({ apiSchema, rules }: Planner): (view: AccessView) => GraphQLSchema {
  const byView = new WeakMap<AccessView, GraphQLSchema>()
  const byHidden = new LRUCache<string, GraphQLSchema>({ max: MAX_SCHEMAS })
  const fields = listFields(apiSchema)
  const revealing = listRevealingCoordinates(apiSchema).flatMap((coordinate) => {
    const reveals = rules.revealedBy(coordinate)
    return reveals.length > 0 ? [{ coordinate, reveals }] : []
  })
  return (view) => {
    const cached = byView.get(view)
    if (cached) return cached
    const hidden = new Set(
      fields.filter(([typeName, fieldName]) => !view.isVisible(typeName, fieldName)).map((field) => field.join('.')),
    )
    for (const { coordinate, reveals } of revealing)
      if (reveals.some((field) => hidden.has(field))) hidden.add(coordinate)
    const key = [...hidden].join(' ')
    const schema = byHidden.get(key) ?? visibleSchema(apiSchema, (coordinate) => !hidden.has(coordinate))
    byHidden.set(key, schema)
    byView.set(view, schema)
    return schema
  }
}

function listFields(schema: GraphQLSchema): readonly [string, string][] {
  return Object.values(schema.getTypeMap()).flatMap((type): [string, string][] => {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) return []
    return Object.keys(type.getFields()).map((fieldName) => [type.name, fieldName])
  })
}

/** Lists the coordinates of each argument, input field and enum value: these can reveal the value of a field. */
function listRevealingCoordinates(schema: GraphQLSchema): readonly string[] {
  return Object.values(schema.getTypeMap()).flatMap((type): string[] => {
    if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`)
    if (isInputObjectType(type)) return Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((argument) => `${type.name}.${field.name}(${argument.name}:)`),
    )
  })
}
