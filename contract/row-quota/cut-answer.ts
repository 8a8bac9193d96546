/**
 * Cuts the answer of a leg to a number of rows. The gateway and each node cut in the same way, so that paging goes on from the same place
 * (docs/design/contract.md, Order and cursors).
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { isObject } from '../json-value.ts'
import { listOwnRecords } from './own-records.ts'

/** What a leg asked, and what the country answered. */
export interface LegToCut {
  readonly query: string
  readonly operationName?: string | undefined
  readonly country: string
  readonly data: unknown
  /** The country's own records in the data, if somebody has found them already. */
  readonly records?: ReadonlySet<string>
}

/** The rest of an answer. */
export interface CutData {
  readonly data: unknown
  /** Where the answer is null because no row was left for the value: response keys and indices. */
  readonly denied: readonly Path[]
  /** Whether a page has fewer rows than it had. */
  readonly isCut: boolean
}

type Path = readonly (string | number)[]
type Json = Readonly<Record<string, unknown>>

/** The fields of one selection set by response key. Fields with one response key are one field with all their selections. */
type Fields = ReadonlyMap<string, { readonly name: string; readonly selections: readonly SelectionSetNode[] }>

interface Cutting {
  readonly country: string
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** The records that are in the rest. */
  readonly kept: Set<string>
  readonly mostRows: number
  readonly denied: Path[]
  isCut: boolean
}

/**
 * Cuts the data of an answer, so that it names at most `mostRows` records of the country. It keeps values in the order of the document. A
 * page that does not fit keeps the edges that fit, if there is one, and says that there is a next page. Any other value that does not fit is
 * null, and its place is in `denied`. An entity that does not fit is cut field by field.
 */
export function cutAnswer({ query, operationName, country, data }: LegToCut, mostRows: number): CutData {
  const document = parse(query, { noLocation: true })
  const fragments = fragmentsOf(document)
  const cutting: Cutting = { country, fragments, kept: new Set(), mostRows, denied: [], isCut: false }
  const operation = getOperationAST(document, operationName)
  if (!operation || !isObject(data)) return { data: null, denied: [[]], isCut: false }
  const rest = cutFields(data, collectFields([operation.selectionSet], fragments), [], cutting)
  return { data: rest, denied: cutting.denied, isCut: cutting.isCut }
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
}

function collectFields(
  sets: readonly SelectionSetNode[],
  fragments: Cutting['fragments'],
): Map<string, { readonly name: string; readonly selections: SelectionSetNode[] }> {
  const fields = new Map<string, { readonly name: string; readonly selections: SelectionSetNode[] }>()
  const addField = ({ name: { value: name }, alias, selectionSet }: FieldNode): void => {
    const key = alias?.value ?? name
    const field = fields.get(key) ?? { name, selections: [] }
    if (selectionSet) field.selections.push(selectionSet)
    fields.set(key, field)
  }
  const waiting = [...sets]
  for (let set = waiting.shift(); set; set = waiting.shift()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) addField(selection)
      else if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet)
      else {
        const fragment = fragments.get(selection.name.value)
        if (fragment) waiting.push(fragment.selectionSet)
      }
    }
  }
  return fields
}

/** Keeps the records of a value, if they fit. Otherwise it keeps none of them. */
function keepWhole(value: unknown, cutting: Cutting): boolean {
  const records = listOwnRecords(value, cutting.country)
  const added = [...records].filter((id) => !cutting.kept.has(id))
  if (cutting.kept.size + added.length > cutting.mostRows) return false
  for (const id of added) cutting.kept.add(id)
  return true
}

function cutFields(object: Json, fields: Fields, path: Path, cutting: Cutting): Json {
  const rest: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    const field = fields.get(key)
    const at = [...path, key]
    const isEntities = field?.name === '_entities' && path.length === 0 && Array.isArray(value)
    if (isEntities) {
      const ofEntity = collectFields(field.selections, cutting.fragments)
      const entities = value.map((item: unknown, i) => cutEntity(item, ofEntity, [...at, i], cutting))
      set(rest, key, entities)
    } else if (keepWhole(value, cutting)) set(rest, key, value)
    else set(rest, key, cutPage(value, field?.selections ?? [], cutting) ?? deny(at, cutting))
  }
  return rest
}

function cutEntity(entity: unknown, fields: Fields, path: Path, cutting: Cutting): unknown {
  if (keepWhole(entity, cutting)) return entity
  if (!isObject(entity)) return deny(path, cutting)
  // Without the entity's own id, nobody knows what the rest is about.
  const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null
  if (!keepWhole(Object.values(entity).filter(isLeaf), cutting)) return deny(path, cutting)
  return cutFields(entity, fields, path, cutting)
}

function deny(path: Path, { denied }: Cutting): null {
  denied.push(path)
  return null
}

/** The response keys of the parts of a connection. */
interface ConnectionKeys {
  readonly edges: readonly string[]
  readonly cursor: string | undefined
  /** Each key of `pageInfo`, with the keys below it. */
  readonly pages: readonly {
    readonly key: string
    readonly hasNext: readonly string[]
    readonly end: readonly string[]
  }[]
}

/** Keeps the edges that fit; returns null if the value is not a page from which the caller could continue, or if not one edge fits. */
function cutPage(value: unknown, selections: readonly SelectionSetNode[], cutting: Cutting): Json | null {
  const keys = findConnectionKeys(selections, cutting.fragments)
  if (!isObject(value) || !keys.pages.some(({ hasNext }) => hasNext.length > 0)) return null
  const lists = keys.edges.map((key) => value[key])
  const [first] = lists
  if (!Array.isArray(first) || !lists.every((list) => Array.isArray(list) && list.length === first.length)) return null
  const edgesAt = (index: number): unknown[] => lists.map((list) => (list as readonly unknown[])[index])
  const cursorAt = (index: number): unknown =>
    edgesAt(index)
      .map((edge) => (isObject(edge) && keys.cursor !== undefined ? edge[keys.cursor] : undefined))
      .find((cursor) => cursor !== undefined)
  if (keys.pages.some(({ end }) => end.length > 0) && cursorAt(0) === undefined) return null
  let count = 0
  while (count < first.length && keepWhole(edgesAt(count), cutting)) count += 1
  if (count === 0) return null
  cutting.isCut = true
  const rest: Record<string, unknown> = { ...value }
  for (const [i, key] of keys.edges.entries()) set(rest, key, (lists[i] as readonly unknown[]).slice(0, count))
  for (const { key, hasNext, end } of keys.pages) {
    const info: Record<string, unknown> = isObject(value[key]) ? { ...value[key] } : {}
    for (const each of hasNext) set(info, each, true)
    for (const each of end) set(info, each, cursorAt(count - 1))
    set(rest, key, info)
  }
  return rest
}

function findConnectionKeys(selections: readonly SelectionSetNode[], fragments: Cutting['fragments']): ConnectionKeys {
  const fields = [...collectFields(selections, fragments)]
  const named = (name: string) => fields.filter(([, field]) => field.name === name)
  const below = (sets: readonly SelectionSetNode[], name: string): readonly string[] =>
    [...collectFields(sets, fragments)].flatMap(([key, field]) => (field.name === name ? [key] : []))
  const edges = named('edges')
  return {
    edges: edges.map(([key]) => key),
    cursor: edges.flatMap(([, field]) => below(field.selections, 'cursor'))[0],
    pages: named('pageInfo').map(([key, field]) => ({
      key,
      hasNext: below(field.selections, 'hasNextPage'),
      end: below(field.selections, 'endCursor'),
    })),
  }
}

/** Sets a member. A response key may be `__proto__`. */
function set(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}
