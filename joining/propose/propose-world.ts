/** What the parts of a proposal share. */
import type { TableMatch } from './match-tables.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import type { ProposeWords } from './propose-words.ts'
import { type Line, scalar } from './yaml-lines.ts'

/** What a proposal is made from. */
export interface ProposeWorld {
  readonly matches: readonly TableMatch[]
  readonly isCsv: boolean
  readonly words: ProposeWords
  /** The name of the crosswalk to the ICCS. */
  readonly crosswalk: string
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
export function crosswalkLine({ crosswalk, words }: ProposeWorld, label: ColumnProfile | undefined): Line {
  return {
    text: `iccs: { crosswalk: ${scalar(crosswalk)} }`,
    comment: words.iccs(crosswalk, label?.values?.size ?? null),
  }
}
