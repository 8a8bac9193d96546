import type { PersonRow } from '../../documents/types.ts'
import { followIdentities, listSayers, type SaidSame } from '../person/identities.ts'
import { nameOf } from '../person/name-of.ts'
import { fold, wordsOf } from '../word-match.ts'

/**
 * Records of a list that stand together: countries say that they are the same person (`same`); nobody says so, but they have the same year of birth and two
 * words of the name (`maybe`); or nothing links them (`alone`).
 */
export interface PersonGroup {
  readonly kind: 'same' | 'maybe' | 'alone'
  readonly rows: readonly PersonRow[]
  /** The countries that say that the records are the same person. By code. */
  readonly sayers: readonly string[]
}

/** Groups the rows of a list by person, each group where the best match of its records stands. At the end stands the one group of those that nothing links. */
export function groupPersons(rows: readonly PersonRow[]): readonly PersonGroup[] {
  const byId = new Map(rows.map((row) => [row.node.id, row]))
  const said: SaidSame = new Map(
    rows.map(({ node }) => [node.id, (node.sameAs ?? []).map(({ id }) => id).filter((id) => byId.has(id))]),
  )
  const left = new Map(byId)
  const take = (ids: readonly string[]): readonly PersonRow[] => {
    const taken = ids.flatMap((id) => left.get(id) ?? [])
    for (const { node } of taken) left.delete(node.id)
    return taken
  }
  const same = rows.flatMap(({ node }): readonly PersonGroup[] => {
    const ids = left.has(node.id) ? followIdentities(node.id, said) : []
    if (ids.length < 2) return []
    const sayers = [...new Set(ids.flatMap((id) => listSayers(id, said)))].sort()
    return [{ kind: 'same', rows: take(ids), sayers }]
  })
  const maybe = rows.flatMap((row): readonly PersonGroup[] => {
    const alike = left.has(row.node.id) ? [...left.values()].filter((other) => isAlike(row, other)) : []
    if (alike.length < 2) return []
    return [{ kind: 'maybe', rows: take(alike.map(({ node }) => node.id)), sayers: [] }]
  })
  const alone = [...left.values()]
  return [...same, ...maybe, ...(alone.length > 0 ? [{ kind: 'alone' as const, rows: alone, sayers: [] }] : [])]
}

/** Whether two records may be one person: born in the same year, with two words of the name in common. */
function isAlike(left: PersonRow, right: PersonRow): boolean {
  if (left === right) return true
  const [year, other] = [left, right].map(({ node }) => node.birthDate?.slice(0, 4))
  if (year === undefined || year !== other) return false
  const [words, others] = [left, right].map(({ node }) => new Set(wordsOf(nameOf(node.names) ?? '').map(fold)))
  return [...(words ?? [])].filter((word) => others?.has(word)).length >= 2
}

/** How many persons the groups may be: at least, and at most. Nobody knows whether records that may be one person are one. */
export function countPersons(groups: readonly PersonGroup[]): readonly [least: number, most: number] {
  const sum = (count: (group: PersonGroup) => number): number => groups.reduce((total, each) => total + count(each), 0)
  return [
    sum(({ kind, rows }) => (kind === 'alone' ? rows.length : 1)),
    sum(({ kind, rows }) => (kind === 'same' ? 1 : rows.length)),
  ]
}
