/**
 * Lays an answer out: which fetch gives each field of each object, and where the fields of one fetch go into the text of another. It is made once for
 * an operation. What it does not allow is never spliced.
 */
import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { PlainFetch, RequiredSelection } from '../types/plan.ts'
import type { CompositeShape, FieldShape, TypeShape, ValueShape } from '../types/shape.ts'
import { checkName, Unspliceable } from './patterns.ts'

/** Fields that stand one after the other in the text of a fetch, and so in the answer. */
export interface Run {
  readonly fetch: number
  /** Its number among the runs of the fetch. */
  readonly run: number
}

/** What comes between two parts of a text: literal texts, and runs of other fetches. */
export type Slot = readonly (string | Run)[]

/** An object as one fetch answers it. */
export interface ObjectLayout {
  /** The number of its place in the operation. */
  readonly place: number
  readonly typeName: string
  readonly fields: readonly FieldLayout[]
  /**
   * The slots before each field that is kept, and after the last one. For the objects of the fetch itself, which are not a part of another text: null,
   * and `runs` are taken out of the text.
   */
  readonly slots: readonly Slot[] | null
  readonly runs: readonly RunLayout[]
}

/** A run in the text of its own fetch. */
export interface RunLayout {
  /** The number of its first field among the fields that the fetch selects on the object. */
  readonly from: number
  /** The number of its last field. */
  to: number
}

/** A field as a fetch answers it. */
export interface FieldLayout {
  readonly key: string
  readonly isTypeName: boolean
  /** Whether the answer has it. */
  readonly isKept: boolean
  /** Null if the operation does not ask for it. */
  readonly value: ValueShape | null
  /** The layout of the object that it leads to; null for a leaf. */
  readonly object: ObjectLayout | null
  /** The fetches whose representations have this field. */
  readonly keyOf: readonly number[]
}

/** The layout of an answer. */
export interface AnswerLayout {
  readonly root: Slot
  /** By fetch. */
  readonly objects: readonly ObjectLayout[]
  /** By fetch; null for a fetch without representations. */
  readonly representations: readonly (RepresentationLayout | null)[]
  readonly places: number
}

/** How deep an answer may be nested, so that no answer exceeds the bound of the leg. */
const MAX_LEVELS = 100

interface Making {
  readonly fetches: readonly PlainFetch[]
  readonly objects: (ObjectLayout | null)[]
  readonly runs: readonly RunLayout[][]
  readonly representations: (RepresentationLayout | null)[]
  places: number
}

/** Lays the answer of an operation out. @throws {Unspliceable} if its answers cannot be spliced. */
export function layOut(root: TypeShape, fetches: readonly PlainFetch[]): AnswerLayout {
  const making: Making = {
    fetches,
    objects: fetches.map(() => null),
    runs: fetches.map(() => []),
    representations: fetches.map(() => null),
    places: 0,
  }
  const slots = layOutPlace(root, [], null, making)
  const objects = making.objects.map((object) => {
    if (object === null) throw new Unspliceable()
    return object
  })
  return {
    root: ['{', ...(slots.slots[0] ?? []), '}'],
    objects,
    representations: making.representations,
    places: making.places,
  }
}

/**
 * Lays out the objects at a place.
 * @param path response keys, and `@` for each list.
 * @param container the fetch whose text has the objects; null at the root.
 */
function layOutPlace(
  type: TypeShape,
  path: readonly string[],
  container: Provider | null,
  making: Making,
): { readonly place: number; readonly slots: readonly Slot[]; readonly fields: readonly FieldLayout[] } {
  if (path.length > MAX_LEVELS) throw new Unspliceable()
  const place = making.places
  making.places += 1
  const joined = findJoined(path, container?.fetch ?? null, making)
  const providers = [...(container ? [container] : []), ...joined.map((fetch) => select(fetch, type, making))]
  for (const fetch of joined) {
    const requires = making.fetches[fetch]?.requires
    if (container && requires)
      making.representations[fetch] = layOutRepresentation(requires, type, container, providers)
  }
  const slots = arrange(type, providers, container?.fetch ?? null, making)
  for (const provider of providers) {
    if (provider.fetch === container?.fetch) continue
    if (making.objects[provider.fetch] !== null) throw new Unspliceable()
    const runs = making.runs[provider.fetch] ?? []
    const fields = layOutFields(type, path, provider, joined, providers, making)
    making.objects[provider.fetch] = { place, typeName: type.typeName, fields, slots: null, runs }
  }
  const fields = container ? layOutFields(type, path, container, joined, providers, making) : []
  return { place, slots, fields }
}

/** Finds the fetches that add to the objects at a place, and checks that the objects are there before these begin. */
function findJoined(path: readonly string[], container: number | null, { fetches }: Making): readonly number[] {
  const at = path.join(' ')
  const joined = fetches.flatMap((fetch, index) => (fetch.path.join(' ') === at ? [index] : []))
  for (const index of joined) {
    if ((fetches[index]?.requires === null) !== (container === null)) throw new Unspliceable()
    if (container !== null && !earlierOf(index, fetches).has(container)) throw new Unspliceable()
  }
  return joined
}

function earlierOf(index: number, fetches: readonly PlainFetch[], found = new Set<number>()): ReadonlySet<number> {
  for (const earlier of fetches[index]?.dependsOn ?? []) {
    if (found.has(earlier)) continue
    found.add(earlier)
    earlierOf(earlier, fetches, found)
  }
  return found
}

function select(fetch: number, { typeName }: TypeShape, { fetches }: Making) {
  const plain = fetches[fetch]
  if (plain === undefined) throw new Unspliceable()
  return { fetch, selected: selectOn(typeName, topSelections(plain)) }
}

/** Arranges the fields of the objects at a place in the order of the client: which run of which fetch comes where. */
function arrange(
  type: TypeShape,
  providers: readonly Provider[],
  container: number | null,
  making: Making,
): readonly Slot[] {
  const slots: (string | Run)[][] = [[]]
  const reached = new Map<number, number>()
  let last: number | null = null
  for (const field of type.fields) {
    if (field.outKey === null) continue
    const fetch = findProvider(field, providers)
    if (fetch !== null) checkOrder(field.key, fetch, providers, reached)
    if (fetch !== null && fetch === container) slots.push([])
    else {
      const slot = slots.at(-1) ?? []
      const runs = fetch === null ? [] : (making.runs[fetch] ?? [])
      const run = runs.at(-1)
      const at = fetch === null ? 0 : (reached.get(fetch) ?? 1) - 1
      if (fetch === null) slot.push(`"${checkName(field.key)}":"${checkName(type.typeName)}"`)
      else if (run !== undefined && last === fetch) run.to = at
      else {
        slot.push({ fetch, run: runs.length })
        runs.push({ from: at, to: at })
      }
    }
    last = fetch
  }
  return slots.map((slot, i) => separate(slot, i > 0, i < slots.length - 1))
}

/** Returns the one fetch that gives a field; null if the field is the type's name and no fetch gives it. */
function findProvider({ key, outKey, fieldName, isDenied }: FieldShape, providers: readonly Provider[]): number | null {
  if (isDenied || key !== outKey) throw new Unspliceable()
  const giving = providers.filter(({ selected }) => selected.has(key))
  if (giving.some(({ selected }) => selected.get(key)?.name !== fieldName)) throw new Unspliceable()
  if (fieldName === '__typename') return giving[0]?.fetch ?? null
  if (giving.length !== 1) throw new Unspliceable()
  return giving[0]?.fetch ?? null
}

/** Checks that a fetch answers its kept fields in the order of the client, and counts them. */
function checkOrder(key: string, fetch: number, providers: readonly Provider[], reached: Map<number, number>): void {
  const keys = [...(providers.find((provider) => provider.fetch === fetch)?.selected.keys() ?? [])]
  const at = keys.indexOf(key)
  if (at < (reached.get(fetch) ?? 0)) throw new Unspliceable()
  reached.set(fetch, at + 1)
}

/** Adds the commas between the parts of a slot and the fields around it. */
function separate(parts: readonly (string | Run)[], isBefore: boolean, isAfter: boolean): Slot {
  const separated = parts.flatMap((part, i) => (i > 0 ? [',', part] : [part]))
  if (parts.length === 0) return isBefore && isAfter ? [','] : []
  return [...(isBefore ? [','] : []), ...separated, ...(isAfter ? [','] : [])]
}

/** Lays out the fields of the objects at a place, as one fetch answers them. */
function layOutFields(
  type: TypeShape,
  path: readonly string[],
  { fetch, selected }: Provider,
  joined: readonly number[],
  providers: readonly Provider[],
  making: Making,
): readonly FieldLayout[] {
  return [...selected].map(([key, { name, below }]) => {
    const shape = type.fields.find((field) => field.key === key)
    const isTypeName = name === '__typename'
    const isKept = shape !== undefined && shape.outKey !== null && findProvider(shape, providers) === fetch
    const keyOf = joined.filter(
      (other) =>
        making.representations[other]?.from === fetch &&
        requiredKeys(making.fetches[other]?.requires ?? [], type).includes(key),
    )
    if (below === null) {
      const value = isKept && shape ? shape.value : null
      if (value !== null && value.kind !== 'leaf' && !isLeafList(value)) throw new Unspliceable()
      return { key, isTypeName, isKept, value, object: null, keyOf: isTypeName ? [] : keyOf }
    }
    if (!isKept || shape === undefined || keyOf.length > 0) throw new Unspliceable()
    const { levels, composite } = unwrap(shape.value)
    const onlyType = composite.object.onlyType
    if (onlyType === null) throw new Unspliceable()
    const lists = Array.from({ length: levels }, () => '@')
    const container = { fetch, selected: selectOn(onlyType.typeName, below) }
    const { place, slots, fields } = layOutPlace(onlyType, [...path, key, ...lists], container, making)
    const object: ObjectLayout = { place, typeName: onlyType.typeName, fields, slots, runs: [] }
    return { key, isTypeName, isKept, value: shape.value, object, keyOf: [] }
  })
}

function isLeafList(value: ValueShape): boolean {
  return value.kind === 'list' && (value.of.kind === 'leaf' || isLeafList(value.of))
}

function unwrap(value: ValueShape): { readonly levels: number; readonly composite: CompositeShape } {
  if (value.kind === 'leaf') throw new Unspliceable()
  if (value.kind === 'object') return { levels: 0, composite: value }
  const { levels, composite } = unwrap(value.of)
  return { levels: levels + 1, composite }
}

// What a fetch selects on its objects.

/** The fields that a fetch selects on an object, by response key, in the order in which a subgraph answers them (GraphQL, 6.3.2). */
type Selected = ReadonlyMap<string, SelectedField>

/** A field that a fetch selects. */
interface SelectedField {
  readonly name: string
  /** The selections below it; null for a leaf. */
  readonly below: readonly SelectionNode[] | null
}

/** A fetch that answers objects at a place, with what it selects on them. */
interface Provider {
  readonly fetch: number
  readonly selected: Selected
}

/** Returns what a fetch selects on its objects: the entities, or the root. @throws {Unspliceable} if it is not a plain list of fields. */
function topSelections(fetch: PlainFetch): readonly SelectionNode[] {
  if (fetch.requires === null) return fetch.selections
  const [entities, ...others] = fetch.selections
  if (entities?.kind !== Kind.FIELD || entities.name.value !== '_entities' || others.length > 0)
    throw new Unspliceable()
  if (entities.alias !== undefined || entities.directives?.length) throw new Unspliceable()
  return entities.selectionSet?.selections ?? []
}

/**
 * Collects the fields that are selected on an object type.
 * @throws {Unspliceable} if a fragment may apply or not, or if a field has a directive.
 */
function selectOn(typeName: string, selections: readonly SelectionNode[]): Selected {
  const fields = new Map<string, { name: string; below: SelectionNode[] | null }>()
  for (const node of fieldsOn(typeName, selections)) {
    const key = checkName((node.alias ?? node.name).value)
    const below = node.selectionSet ? [...node.selectionSet.selections] : null
    const field = fields.get(key)
    if (field === undefined) fields.set(key, { name: node.name.value, below })
    else if (field.name !== node.name.value) throw new Unspliceable()
    else if (below !== null) field.below?.push(...below)
  }
  return fields
}

function fieldsOn(typeName: string, selections: readonly SelectionNode[]): readonly FieldNode[] {
  return selections.flatMap((node) => {
    if (node.directives?.length) throw new Unspliceable()
    if (node.kind === Kind.FIELD) return [node]
    if (node.kind !== Kind.INLINE_FRAGMENT) throw new Unspliceable()
    const condition = node.typeCondition?.name.value
    if (condition !== undefined && condition !== typeName) throw new Unspliceable()
    return fieldsOn(typeName, node.selectionSet.selections)
  })
}

// How a representation is written.

/** How a representation is written: texts, with the parts that come from an object between them. */
export interface RepresentationLayout {
  /** The fetch whose text has the objects. */
  readonly from: number
  readonly texts: readonly string[]
  /** For each part, which one of the object's noted parts it is. */
  readonly parts: readonly number[]
}

/**
 * Lays out how the representations of a fetch are written, for objects of one type.
 * @param container the fetch whose text has the objects.
 * @param providers all fetches that add to the objects.
 * @throws {Unspliceable} if a part of them is not a leaf of that text.
 */
function layOutRepresentation(
  requires: readonly RequiredSelection[],
  type: TypeShape,
  container: Provider,
  providers: readonly Provider[],
): RepresentationLayout {
  const names = requiredFields(requires, type)
  const known = requiredKeys(requires, type)
  // The noted parts of an object are in the order of the text.
  const order = [...container.selected.keys()].filter((key) => known.includes(key))
  const isGivenTwice = known.some((key) => providers.filter(({ selected }) => selected.has(key)).length > 1)
  if (isGivenTwice || new Set(known).size < known.length) throw new Unspliceable()
  const texts: string[] = []
  const parts: number[] = []
  let hasTypeName = false
  let text = '{'
  for (const [i, { key, name }] of names.entries()) {
    const field = container.selected.get(key)
    if (field === undefined || field.below !== null) throw new Unspliceable()
    text += `${i > 0 ? ',' : ''}"${checkName(name)}":`
    const isTypeName = name === '__typename' && field.name === name
    if (isTypeName) {
      hasTypeName = true
      text += `"${checkName(type.typeName)}"`
      continue
    }
    if (field.name === '__typename') throw new Unspliceable()
    texts.push(text)
    parts.push(order.indexOf(key))
    text = ''
  }
  if (!hasTypeName || parts.length === 0) throw new Unspliceable()
  return { from: container.fetch, texts: [...texts, `${text}}`], parts }
}

/** Lists the keys of the fields, other than the type's name, that representations of a type have. */
function requiredKeys(requires: readonly RequiredSelection[], type: TypeShape): readonly string[] {
  return requiredFields(requires, type)
    .filter(({ name }) => name !== '__typename')
    .map(({ key }) => key)
}

/** Lists the fields of a representation of a type, each name once. */
function requiredFields(
  requires: readonly RequiredSelection[],
  type: TypeShape,
): readonly { readonly key: string; readonly name: string }[] {
  const fields = new Map<string, string>()
  for (const selection of requires) {
    if (selection.kind === 'field') {
      if (selection.selections !== null) throw new Unspliceable()
      fields.set(selection.name, selection.key)
    } else if (selection.types === null || selection.types.has(type.typeName)) {
      for (const { key, name } of requiredFields(selection.selections, type)) fields.set(name, key)
    }
  }
  return [...fields].map(([name, key]) => ({ name, key }))
}
