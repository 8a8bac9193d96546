import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { z } from 'zod'
import { type Cursor, decodeCursor, encodeCursor } from '../../../contract/cursor.ts'
import { fragmentsOf } from '../../../contract/fragments.ts'
import { isObject } from '../../../contract/json-value.ts'
import type { NodeKey } from '../../../contract/trust/given-ids.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { describeFileError } from '../../../service/describe-error.ts'
import type { GuardedRequest } from '../guard.ts'
import type { Coerced } from '../leg-variables.ts'
import { type LegField, returnsPage, type ShownQuestion } from './compare-leg.ts'

const privateJwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
})

/**
 * Reads the key with which the node signs the ids that it gives: a private Ed25519 key as a JWK (RFC 8037).
 * @throws {ConfigError} if the file cannot be read, or holds no such key. The message names the file and says what kind of key it has, if any.
 */
export async function readNodeKey(file: string): Promise<NodeKey> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    // No advice to make a key: a new one would have to be sent to all partners.
    throw new ConfigError(
      `${file}: expected a file that can be read; ${describeFileError(cause)}. Correct --node-key (NODE_KEY_FILE).`,
      { cause },
    )
  })
  try {
    const { kty, crv, x, d } = privateJwk.parse(JSON.parse(text))
    return { privateKey: createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }), publicKey: { kty, crv, x } }
  } catch (cause) {
    const remedy = 'Make one with `istmo keys --leg`, only for this node, and set --node-key (NODE_KEY_FILE).'
    throw new ConfigError(`${file}: expected a private Ed25519 key as a JWK; came ${describeKey(text)}. ${remedy}`, {
      cause,
    })
  }
}

/** Says what kind of key a text has. It quotes only words that are not secret. */
function describeKey(text: string): string {
  if (text.trim() === '') return 'an empty file'
  if (text.includes('-----BEGIN ')) return 'PEM'
  try {
    const { kty, crv, d } = Object(JSON.parse(text)) as Readonly<Record<'kty' | 'crv' | 'd', unknown>>
    const kind = [kty, crv].filter((word) => typeof word === 'string' && /^[\w-]{1,20}$/.test(word)).join(' ')
    if (kind === '') return 'JSON without a key'
    return d === undefined ? `a public key (${kind})` : `a damaged key, or one of another kind (${kind})`
  } catch {
    return 'no JSON: the file may be cut off'
  }
}

/**
 * Which pages a signed question reaches (docs/design/contract.md, Order and cursors). The gateway chooses where a leg begins, so a captured one could
 * turn page after page. A node gives a connection only the page that the question names: at most `first` rows behind the signed `after`. Where it
 * gave fewer although it had more, it gives the page behind them too.
 */

/** What decides where the pages of a leg may begin. */
interface PageStarts {
  readonly question: ShownQuestion
  /** The country of the node. */
  readonly country: string
  /** Whether the node has ended a page at this place of the question although it had more: one of {@link listShortPageEnds}. */
  readonly hasEnded: (end: string) => boolean
}

/**
 * Finds a field of the leg whose page begins where neither the question says so nor a short page of this node ended.
 * @param variables the leg's, coerced.
 * @returns the coordinate of its argument; null if there is none.
 */
export function findForeignPage(
  fields: readonly LegField[],
  variables: Coerced,
  { question: { asked, values }, country, hasEnded }: PageStarts,
): string | null {
  for (const { typeName, fieldName, node, isPage } of fields) {
    if (!isPage) continue
    const coordinate = `${typeName}.${fieldName}`
    const sent = readArgument(node, 'after', variables)
    const isAsked = (asked.get(coordinate) ?? []).some((place) => {
      const isKnown = (place.variables.get('after') ?? []).every(values.isKnown)
      return isKnown && isStart(sent, readArgument(place.node, 'after', values.coerced), country)
    })
    if (!isAsked && !hasEnded(endOf(coordinate, sent))) return `${coordinate}(after:)`
  }
  return null
}

function readArgument({ arguments: given = [] }: FieldNode, argument: string, variables: Coerced): unknown {
  const value = given.find(({ name }) => name.value === argument)?.value
  return value === undefined ? undefined : valueFromASTUntyped(value, variables)
}

/** Whether a page that begins at `sent` is the one that a question means by `given`: there, or where this country stood when it was silent. */
function isStart(sent: unknown, given: unknown, country: string): boolean {
  const from = readCursor(given)
  if (sent === null || sent === undefined) return given === null || given === undefined || from?.silent?.[country] === 0
  const to = readCursor(sent)
  if (from === null || to === null || to.silent !== undefined || to.order !== from.order) return false
  return [from, from.silent?.[country]].some((place) => place && place.key === to.key && place.id === to.id)
}

function readCursor(text: unknown): Cursor | null {
  if (typeof text !== 'string') return null
  try {
    return decodeCursor(text)
  } catch {
    return null
  }
}

/** Writes an end as the memory of a question keeps it, in the one form of its cursor. No record id has a blank. */
function endOf(coordinate: string, cursor: unknown): string {
  const read = readCursor(cursor)
  return `${coordinate} ${read === null ? '' : encodeCursor(read)}`
}

/** Where pages are in the answers to a document: what is at this place, and the response keys below it that lead to pages. */
interface PageTree {
  readonly page: PageForm | null
  readonly below: ReadonlyMap<string, PageTree>
}

/** The form of a page: its fields, which depend on the type of the object, and the response keys in it. */
interface PageForm {
  readonly coordinates: readonly string[]
  readonly nodes: readonly FieldNode[]
  readonly defaultFirst: number
  readonly edges: readonly string[]
  readonly cursor: readonly string[]
  readonly pageInfo: readonly string[]
  readonly hasNextPage: readonly string[]
}

/** A field of a document, and the type that has it. */
interface SelectedField {
  readonly node: FieldNode
  readonly type: GraphQLNamedType | undefined
}

const trees = new WeakMap<DocumentNode, PageTree>()

/**
 * Lists where pages of an answer end that have fewer rows than the leg asked for although more follow. An honest gateway asks on there.
 * @param variables the leg's, coerced.
 */
export function listShortPageEnds(
  { document, operationName }: GuardedRequest,
  variables: Coerced,
  schema: GraphQLSchema,
  data: unknown,
): readonly string[] {
  let tree = trees.get(document)
  if (tree === undefined) {
    tree = readTree(document, operationName, schema)
    trees.set(document, tree)
  }
  const ends: string[] = []
  addEnds(tree, data, variables, ends)
  return ends
}

function addEnds({ page, below }: PageTree, value: unknown, variables: Coerced, ends: string[]): void {
  if (Array.isArray(value)) for (const item of value) addEnds({ page, below }, item, variables, ends)
  if (!isObject(value)) return
  if (page !== null) addEnd(page, value, variables, ends)
  for (const [key, tree] of below) addEnds(tree, value[key], variables, ends)
}

function addEnd(form: PageForm, page: Json, variables: Coerced, ends: string[]): void {
  // Fields with one response key may ask for pages of different sizes. The smallest one counts, so that a full page is never taken for a short one.
  const first = Math.min(
    ...form.nodes.map((node) => Number(readArgument(node, 'first', variables) ?? form.defaultFirst)),
  )
  const rows = membersOf(page, form.edges).find(Array.isArray) ?? []
  const hasMore = membersOf(page, form.pageInfo).some((info) => membersOf(info, form.hasNextPage).includes(true))
  if (rows.length === 0 || rows.length >= first || !hasMore) return
  for (const cursor of membersOf(rows.at(-1), form.cursor)) {
    for (const coordinate of form.coordinates) ends.push(endOf(coordinate, cursor))
  }
}

type Json = Readonly<Record<string, unknown>>

function membersOf(value: unknown, keys: readonly string[]): readonly unknown[] {
  return isObject(value) ? keys.map((key) => value[key]) : []
}

/** What a document is read with. */
interface Reading {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

type FieldsByKey = ReadonlyMap<string, readonly SelectedField[]>

function readTree(document: DocumentNode, operationName: string | undefined, schema: GraphQLSchema): PageTree {
  const reading = { schema, fragments: fragmentsOf(document) }
  const set = getOperationAST(document, operationName)?.selectionSet
  return treeOf(null, byKey(listFields(set, schema.getQueryType() ?? undefined, reading)), reading)
}

/** Makes the tree of the fields below a place. It leaves out what leads to no page. */
function treeOf(page: PageForm | null, fields: FieldsByKey, reading: Reading): PageTree {
  const below = new Map<string, PageTree>()
  for (const [key, same] of fields) {
    const tree = treeOf(pageFormOf(same, reading), fieldsBelow(same, reading), reading)
    if (tree.page !== null || tree.below.size > 0) below.set(key, tree)
  }
  return { page, below }
}

function pageFormOf(fields: readonly SelectedField[], reading: Reading): PageForm | null {
  const pages = fields.flatMap(({ node, type }) => {
    const definition = definitionOf(node, type)
    return definition && returnsPage(definition) ? [{ node, type, definition }] : []
  })
  const [page] = pages
  if (page === undefined) return null
  const edges = fieldsNamed('edges', pages, reading)
  const pageInfo = fieldsNamed('pageInfo', pages, reading)
  return {
    coordinates: pages.map(({ node, type }) => `${type?.name}.${node.name.value}`),
    nodes: pages.map(({ node }) => node),
    defaultFirst: Number(page.definition.args.find(({ name }) => name === 'first')?.defaultValue ?? 0),
    edges: keysOf(edges),
    cursor: keysOf(fieldsNamed('cursor', edges, reading)),
    pageInfo: keysOf(pageInfo),
    hasNextPage: keysOf(fieldsNamed('hasNextPage', pageInfo, reading)),
  }
}

function fieldsNamed(name: string, above: readonly SelectedField[], reading: Reading): readonly SelectedField[] {
  return [...fieldsBelow(above, reading).values()].flat().filter(({ node }) => node.name.value === name)
}

function keysOf(fields: readonly SelectedField[]): readonly string[] {
  return [...byKey(fields).keys()]
}

function byKey(fields: readonly SelectedField[]): FieldsByKey {
  return Map.groupBy(fields, ({ node }) => node.alias?.value ?? node.name.value)
}

function fieldsBelow(fields: readonly SelectedField[], reading: Reading): FieldsByKey {
  return byKey(
    fields.flatMap(({ node, type }) => {
      const definition = definitionOf(node, type)
      return listFields(node.selectionSet, definition && getNamedType(definition.type), reading)
    }),
  )
}

function listFields(
  set: SelectionSetNode | undefined,
  type: SelectedField['type'],
  reading: Reading,
): readonly SelectedField[] {
  return (set?.selections ?? []).flatMap((node): readonly SelectedField[] => {
    if (node.kind === Kind.FIELD) return [{ node, type }]
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : reading.fragments.get(node.name.value)
    const name = fragment?.typeCondition?.name.value
    return listFields(fragment?.selectionSet, name === undefined ? type : reading.schema.getType(name), reading)
  })
}

function definitionOf(node: FieldNode, type: SelectedField['type']): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined
}
