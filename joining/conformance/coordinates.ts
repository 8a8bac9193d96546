import type { GraphQLSchema } from 'graphql'
import {
  type DocumentNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** Lists the coordinates `Type.field` of the object types in an SDL. */
export function coordinatesIn(sdl: DocumentNode): readonly string[] {
  return sdl.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
      ? (node.fields ?? []).map(({ name }) => `${node.name.value}.${name.value}`)
      : [],
  )
}

/**
 * Removes from a document what a country does not publish. A field that is left with no field below it goes too.
 * @param notPublished coordinates of fields.
 */
export function removeFields(schema: GraphQLSchema, query: string, notPublished: ReadonlySet<string>): string {
  if (notPublished.size === 0) return query
  const info = new TypeInfo(schema)
  const isEmpty = ({ selectionSet }: { readonly selectionSet?: SelectionSetNode | undefined }): boolean =>
    selectionSet?.selections.length === 0
  const document = visit(
    parse(query),
    visitWithTypeInfo(info, {
      Field: {
        enter(node) {
          const coordinate = `${info.getParentType()?.name}.${node.name.value}`
          return notPublished.has(coordinate) ? null : undefined
        },
        leave: (node) => (isEmpty(node) ? null : undefined),
      },
      InlineFragment: { leave: (node) => (isEmpty(node) ? null : undefined) },
    }),
  )
  return print(document)
}
