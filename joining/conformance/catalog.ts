import {
  buildASTSchema,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  parse,
  print,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { CONNECTION_ORDERS } from '../../contract/cursor.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'

/** What the contract lets a gateway ask of a country, read from its schemas: records by id, and lists. The checks go through all of it. */

/** A type of records. */
export interface RecordType {
  readonly name: string
  readonly domain: Domain
  /** The field of `Query` that gives a record by its id; null if there is none. */
  readonly root: string | null
  /** The selection that reads what the record itself holds. */
  readonly fields: string
  /** Whether the domain adds only EVERY fields to the type: then each well-formed id is found. */
  readonly isStub: boolean
}

/** A list of the contract. */
export interface Connection {
  /** The coordinate: `Query.cases`, `Person.warrants`. */
  readonly coordinate: string
  readonly domain: Domain
  /** The type that has the field; null for `Query`. */
  readonly parent: string | null
  readonly field: string
  /** Its orders, the default first. */
  readonly orders: readonly string[]
  /** The types of its arguments by name. */
  readonly args: Readonly<Record<string, string>>
  /** The name of the type of its nodes, and the selection of one. */
  readonly nodeType: string
  readonly node: string
  /** Whether the id in a cursor is the id of the node. */
  readonly hasNodeIds: boolean
}

/** Selects what an object of a type itself holds: all but its lists, and of another record the id. */
function selectAll(type: GraphQLObjectType): string {
  return Object.values(type.getFields()).flatMap(selectField).join(' ')
}

function selectField({ name, type }: GraphQLField<unknown, unknown>): readonly string[] {
  const inner = getNamedType(type)
  if (!isObjectType(inner)) return [name]
  if (inner.name.endsWith('Connection')) return []
  return [`${name} { ${hasKey(inner) ? 'id' : selectAll(inner)} }`]
}

const directivesOf = ({ astNode }: GraphQLObjectType) => astNode?.directives ?? []
const hasKey = (type: GraphQLObjectType): boolean => directivesOf(type).some(({ name }) => name.value === 'key')
/** Whether another domain has the records, and this one only names them. */
const isReference = (type: GraphQLObjectType): boolean =>
  directivesOf(type).some((directive) => directive.arguments?.some(({ name }) => name.value === 'resolvable'))

const CONTRACT = DOMAINS.map((domain) => {
  const schema = buildASTSchema(parse(domainSdl(domain)), { assumeValid: true, assumeValidSDL: true })
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  const roots = Object.values(schema.getQueryType()?.getFields() ?? {})
  return { domain, types, roots }
})

/** The types of records, by domain. */
export const RECORD_TYPES: readonly RecordType[] = CONTRACT.flatMap(({ domain, types, roots }) =>
  types
    .filter((type) => hasKey(type) && !isReference(type))
    .map((type) => {
      const root = roots.find((field) => field.type === type)?.name ?? null
      return { name: type.name, domain, root, fields: root === null ? 'id' : selectAll(type), isStub: root === null }
    }),
)

/** Finds a type of records of a domain. @throws {Error} if the contract has none. */
export function typeOf(name: string, domain: Domain): RecordType {
  const found = RECORD_TYPES.find((type) => type.name === name && type.domain === domain)
  if (found === undefined) throw new Error(`expected a type of the domain ${domain}; came ${name}`)
  return found
}

const ALL_CONNECTIONS = CONTRACT.flatMap(({ domain, types }) =>
  types.flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ type: output }) => getNamedType(output).name.endsWith('Connection'))
      .map((field) => toConnection(domain, type, field)),
  ),
)

function toConnection(domain: Domain, parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Connection {
  const coordinate = `${parent.name}.${field.name}`
  const node = nodeOf(field)
  const order = field.args.find(({ name }) => name === 'orderBy')
  const type = order && getNamedType(order.type)
  const orders = isEnumType(type)
    ? type.getValues().map(({ name }) => name)
    : [CONNECTION_ORDERS[coordinate] ?? 'ID_ASC']
  return {
    coordinate,
    domain,
    parent: parent.name === 'Query' ? null : parent.name,
    field: field.name,
    orders,
    args: Object.fromEntries(field.args.map((each) => [each.name, String(each.type)])),
    nodeType: node.name,
    node: selectAll(node),
    hasNodeIds: hasKey(node),
  }
}

/** The type of a list's nodes, which stand in `edges`. */
function nodeOf({ type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  return ['edges', 'node'].reduce((outer, name) => {
    const inner = getNamedType(outer.getFields()[name]?.type)
    if (!isObjectType(inner)) throw new Error(`expected edges with nodes in ${outer.name}; came ${inner?.name}`)
    return inner
  }, getNamedType(type) as GraphQLObjectType)
}

/** Lists with checks of their own: a search, and the victims and witnesses of a case, for which a caller needs more rights. */
const APART = ['Query.persons', 'Case.protectedParticipants']

/** Each other list of the contract. */
export const CONNECTIONS: readonly Connection[] = ALL_CONNECTIONS.filter(
  ({ coordinate }) => !APART.includes(coordinate),
)

/** Finds a list by its coordinate. @throws {Error} if the contract has none. */
export function connectionAt(coordinate: string): Connection {
  const found = ALL_CONNECTIONS.find((each) => each.coordinate === coordinate)
  if (found === undefined) throw new Error(`expected a list of the contract; came ${coordinate}`)
  return found
}

/**
 * Removes from a document what a country does not publish. A field that is left with no field below it goes too.
 * @param notPublished coordinates of fields.
 */
export function removeFields(schema: GraphQLSchema, query: string, notPublished: readonly string[]): string {
  if (notPublished.length === 0) return query
  const info = new TypeInfo(schema)
  const removeEmpty = ({ selectionSet }: { readonly selectionSet?: SelectionSetNode | undefined }) =>
    selectionSet?.selections.length === 0 ? null : undefined
  const document = visit(
    parse(query),
    visitWithTypeInfo(info, {
      Field: {
        enter: ({ name }) => (notPublished.includes(`${info.getParentType()?.name}.${name.value}`) ? null : undefined),
        leave: removeEmpty,
      },
      InlineFragment: { leave: removeEmpty },
    }),
  )
  return print(document)
}
