import type { Dossier } from './use-dossier.ts'

/** Something that happened on a day. */
export interface PersonEvent {
  /** `YYYY-MM-DD`. */
  readonly day: string
  readonly kind: 'born' | 'case' | 'closed' | 'warrant'
  /** The id of the record that says so. */
  readonly id: string
  /** What a warrant orders; else null. */
  readonly category: string | null
  readonly country: string
}

/** Lists what happened to a person, the oldest first. What two records say alike stands once for each of them. */
export function listEvents({ persons, cases }: Pick<Dossier, 'persons' | 'cases'>): readonly PersonEvent[] {
  const events: PersonEvent[] = []
  const add = (
    day: string | null | undefined,
    kind: PersonEvent['kind'],
    id: string,
    category: string | null = null,
  ) => {
    if (day != null) events.push({ day, kind, id, category, country: id.slice(0, 2) })
  }
  for (const [id, person] of persons) {
    add(person?.birthDate, 'born', id)
    for (const { node } of person?.warrants?.edges ?? []) add(node.issuedOn, 'warrant', node.id, node.category)
  }
  for (const { row } of cases) {
    add(row.filedOn, 'case', row.id)
    add(row.closedOn, 'closed', row.id)
  }
  const unique = [...new Map(events.map((event) => [JSON.stringify(event), event])).values()]
  return unique.sort((left, right) =>
    left.day === right.day ? (left.id < right.id ? -1 : 1) : left.day < right.day ? -1 : 1,
  )
}
