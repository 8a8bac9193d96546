import type { PersonRow } from '../../documents/types.ts'
import { followIdentities, listSayers, type SaidSame } from '../person/identities.ts'

/** A row of a list of persons in which the records of one person stand together. */
export interface GroupedRow {
  readonly row: PersonRow
  /** Whether it stands below another record of the same person. */
  readonly isMember: boolean
  /** The countries that say that it is the same person as another one of the list. By code. */
  readonly sayers: readonly string[]
}

/** Puts the records of one person together: each person where the best match of their records stands. */
export function groupPersons(rows: readonly PersonRow[]): readonly GroupedRow[] {
  const byId = new Map(rows.map((row) => [row.node.id, row]))
  const said: SaidSame = new Map(
    rows.map(({ node }) => [node.id, (node.sameAs ?? []).map(({ id }) => id).filter((id) => byId.has(id))]),
  )
  const grouped = new Map<string, GroupedRow>()
  for (const { node } of rows) {
    if (grouped.has(node.id)) continue
    followIdentities(node.id, said).forEach((id, at) => {
      const row = byId.get(id)
      if (row !== undefined && !grouped.has(id))
        grouped.set(id, { row, isMember: at > 0, sayers: listSayers(id, said) })
    })
  }
  return [...grouped.values()]
}
