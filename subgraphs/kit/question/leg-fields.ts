import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** One field of a leg, wherever in its document it stands. */
export interface LegField {
  readonly typeName: string
  readonly fieldName: string
  /** The field without the arguments that the gateway chooses. */
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
  /** The arguments that the gateway chooses: the country that is asked, and the place at which a page begins. */
  readonly free: ReadonlySet<string>
  /** Whether it returns a page of at most `first` rows. */
  readonly isPage: boolean
}

/**
 * Lists each field of a leg's document: also those of other operations and of fragments that nothing uses, and whatever their conditions
 * say, because no gateway sends them. Aliases hide nothing.
 * @param document valid for the schema.
 */
export function listLegFields(document: DocumentNode, schema: GraphQLSchema): readonly LegField[] {
  const fields: LegField[] = []
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const typeName = info.getParentType()?.name
        const definition = info.getFieldDef()
        if (typeName === undefined || !definition) throw new Error('expected a document that fits the schema')
        const isPage = returnsPage(definition)
        const every = readEveryArgument(definition)
        const free = new Set([...(every === null ? [] : [every]), ...(isPage ? ['after'] : [])])
        const field = { typeName, fieldName: definition.name, node, free, isPage }
        fields.push({ ...field, definition: withoutArguments(definition, free) })
      },
    }),
  )
  return fields
}

/** Returns a field without some of its arguments. */
export function withoutArguments(
  definition: GraphQLField<unknown, unknown>,
  names: ReadonlySet<string>,
): GraphQLField<unknown, unknown> {
  if (names.size === 0) return definition
  return { ...definition, args: definition.args.filter(({ name }) => !names.has(name)) }
}

/** Whether a field returns a page: at most `first` rows behind `after`. */
export function returnsPage({ type, args }: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(type)
  const takes = (name: string): boolean => args.some((argument) => argument.name === name)
  return isObjectType(named) && named.getFields().pageInfo !== undefined && takes('first') && takes('after')
}

/** Returns the argument that reaches a country as a list of only that country (`@answeredBy(who: EVERY)`); null if there is none. */
function readEveryArgument({ astNode }: GraphQLField<unknown, unknown>): string | null {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'answeredBy')
  const value = (name: string): string => {
    const node = directive?.arguments?.find((argument) => argument.name.value === name)?.value
    return node?.kind === Kind.ENUM || node?.kind === Kind.STRING ? node.value : ''
  }
  return value('who') === 'EVERY' ? value('argument') : null
}
