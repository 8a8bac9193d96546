import type { RecordKindName } from '../../contract/records/record-kind.ts'

/** Why rows were refused, without their values: this may be shown on a terminal and in a log. */
export interface RefusalCause {
  /** The section of the mapping. */
  readonly section: string
  readonly column: string | null
  readonly reason: string
}

/** Counts what a run read and refused. */
export interface RefusalCounts {
  /** `kind` is that of the feed's own record. */
  readonly read: (kind: RecordKindName | undefined, rows: number) => void
  readonly refuse: (kind: RecordKindName | undefined, cause: RefusalCause, rows?: number) => void
  readonly readOf: (kind: RecordKindName) => number
  readonly refusedOf: (kind: RecordKindName) => number
  readonly total: () => number
  /** The causes, the most frequent first. */
  readonly causes: () => readonly (RefusalCause & { readonly rows: number })[]
}

/** The most causes that are told apart. A reason that names values could make as many as there are rows. */
const MAX_CAUSES = 1_000

/** Creates counts of zero. */
export function createRefusalCounts(): RefusalCounts {
  const read = new Map<string, number>()
  const refused = new Map<string, number>()
  const causes = new Map<string, RefusalCause & { rows: number }>()
  const add = (counts: Map<string, number>, kind: string | undefined, rows: number): void => {
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + rows)
  }
  return {
    read: (kind, rows) => add(read, kind, rows),
    refuse(kind, cause, rows = 1) {
      add(refused, kind, rows)
      const key = JSON.stringify([cause.section, cause.column, cause.reason])
      const known = causes.get(key)
      if (known !== undefined) known.rows += rows
      else if (causes.size < MAX_CAUSES) causes.set(key, { ...cause, rows })
    },
    readOf: (kind) => read.get(kind) ?? 0,
    refusedOf: (kind) => refused.get(kind) ?? 0,
    total: () => [...refused.values()].reduce((sum, rows) => sum + rows, 0),
    causes: () => [...causes.values()].sort((a, b) => b.rows - a.rows),
  }
}
