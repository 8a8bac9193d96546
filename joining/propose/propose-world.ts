/** What the parts of a proposal share. */
import type { TableMatch } from './match-tables.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import type { ProposeWords } from './propose-words.ts'
import { type Line, scalar } from './yaml-lines.ts'

/** A column with the labels of offences. */
export interface LabelColumn {
  readonly table: string
  readonly column: string
}

/** What a proposal is made from. */
export interface ProposeWorld {
  readonly matches: readonly TableMatch[]
  /** All tables of the source. */
  readonly tables: readonly TableProfile[]
  readonly isCsv: boolean
  /** What `from` says of a table; null if `source` names the only file. */
  readonly fromOf: ((table: string) => string) | null
  readonly words: ProposeWords
  /** Writes the name of a table or a column as the source's SQL takes it. */
  readonly quote: (name: string) => string
  /** The name of the crosswalk to the ICCS. */
  readonly crosswalk: string
  /** The columns with the labels of offences. */
  readonly labels: LabelColumn[]
  /** Tables that a proposed `select` joins. */
  readonly joined: Set<string>
  /** The columns that were taken, by table. What is left at the end is told. */
  readonly taken: Map<string, Set<string>>
}

/** Notes that columns of a table are taken. */
export function take(world: ProposeWorld, table: TableProfile, columns: readonly string[]): void {
  const taken = world.taken.get(table.name) ?? new Set()
  for (const column of columns) taken.add(column)
  world.taken.set(table.name, taken)
}

/** The columns of a table that are taken. */
export function takenOf(world: ProposeWorld, table: TableProfile): ReadonlySet<string> {
  return world.taken.get(table.name) ?? new Set()
}

/** The code of a charge by a crosswalk from its label. */
export function crosswalkLine(world: ProposeWorld, table: TableProfile, label: ColumnProfile | undefined): Line {
  const { crosswalk, words, labels } = world
  if (label !== undefined) labels.push({ table: table.name, column: label.name })
  return {
    text: `iccs: { crosswalk: ${scalar(crosswalk)} }`,
    comment: words.iccs(crosswalk, label?.values?.size ?? null),
  }
}
