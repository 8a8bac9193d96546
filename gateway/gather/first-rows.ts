/**
 * Takes rows away from countries' pages that are on no merged page, as the pages come (docs/design/spread.md, Step 5: merge). Of 100 pages of ten rows, ten
 * rows are shown. All others would live until the last country has answered, and each collection of young values would copy them.
 */
import { comparePlaces, type Place } from '../../contract/cursor.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { FieldTarget, PlannedLeg } from '../types/leg.ts'
import type { ConnectionMerge } from '../types/merge.ts'

/** By ordinal of the top field: its parts, one for each of the leg's entities or one in a root fetch (`ReadLeg`). */
type Parts = ReadonlyMap<number, readonly { readonly value: unknown }[]>

/** The pages of one fetch, while answers come. */
export type FirstRows = ReturnType<typeof keepFirstRows>

/** Makes it for the fields of a fetch that are connections and that several countries are asked for. */
export function keepFirstRows(targets: readonly FieldTarget[]) {
  const fields = new Map<number, MergedField>()
  for (const { field, page, countries } of targets) {
    if (field.merge?.kind === 'CONNECTION' && page !== null && countries.length > 1) {
      fields.set(field.bit, { spec: field.merge, first: page.first, pages: new Map() })
    }
  }
  return {
    /** Takes the pages of an answer that was read, and takes away what is behind the first rows of all pages so far. */
    take({ country, entities }: Pick<PlannedLeg, 'country' | 'entities'>, parts: Parts) {
      for (const [bit, { spec, first, pages }] of fields) {
        const ofField = parts.get(bit) ?? []
        for (let at = 0; at < ofField.length; at++) {
          const value = ofField[at]?.value
          if (typeof value !== 'object' || value === null) continue
          const page = getOrAdd(pages, entities?.[at] ?? null, () => new MergedPage(spec, first))
          page.take(country, value as Readonly<Record<string, unknown>>)
        }
      }
    },
    /** Whether rows of a field (by its ordinal) were taken away, for an entity or for the root. */
    hasTaken: (bit: number, entity: number | null) => fields.get(bit)?.pages.get(entity)?.hasTaken === true,
  }
}

/** A field, with its merged pages by entity. */
interface MergedField {
  readonly spec: ConnectionMerge
  readonly first: number
  readonly pages: Map<number | null, MergedPage>
}

/** One of the first rows so far. */
interface FirstRow {
  readonly country: string
  readonly place: Place
  /** The lists of edges of its page, one for each response key, and the index of the row in them. */
  readonly lists: readonly unknown[][]
  readonly index: number
}

class MergedPage {
  hasTaken = false
  readonly #spec: ConnectionMerge
  readonly #first: number
  /** In the order of the merged page, at most as many as it has. */
  readonly #rows: FirstRow[] = []

  constructor(spec: ConnectionMerge, first: number) {
    this.#spec = spec
    this.#first = first
  }

  /** Takes the page of one country, whose rows ascend. */
  take(country: string, value: Readonly<Record<string, unknown>>): void {
    const { edges: gatewayEdges, cursor } = this.#spec.gatewayKeys
    const edges = value[gatewayEdges]
    if (!Array.isArray(edges)) return
    const lists = [edges, ...this.#spec.edges.map(({ key }) => value[key]).filter((list) => Array.isArray(list))]
    for (let index = 0; index < edges.length; index++) {
      if (this.#add({ country, place: edges[index][cursor] as Place, lists, index })) continue
      this.#cut(lists, index)
      return
    }
  }

  /** Adds a row if it is one of the first ones so far. Then another one may have to go, which is behind it. */
  #add(row: FirstRow): boolean {
    const rows = this.#rows
    let at = rows.length
    while (at > 0 && isBefore(row, rows[at - 1] as FirstRow)) at -= 1
    if (at >= this.#first) return false
    rows.splice(at, 0, row)
    const last = rows.length > this.#first ? rows.pop() : undefined
    if (last !== undefined) this.#cut(last.lists, last.index)
    return true
  }

  /** Takes away the rows of a country from an index on. */
  #cut(lists: readonly unknown[][], length: number): void {
    for (const list of lists) list.length = length
    this.hasTaken = true
  }
}

/** Whether a row comes before another one on the merged page: of equal places, the country's code decides, as in {@link mergeConnection}. */
function isBefore(one: FirstRow, other: FirstRow): boolean {
  const order = comparePlaces(one.place, other.place)
  return order < 0 || (order === 0 && one.country < other.country)
}
