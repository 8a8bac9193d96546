import { type FileWords, wordCodeOf } from '../file-words.ts'
import { SUBDIVISIONS } from '../subdivisions.ts'
import { listOffenceNames, toSentence } from './case-words.ts'
import type { Dossier } from './use-dossier.ts'

/** Something that happened on a day. */
export interface PersonEvent {
  /** `YYYY-MM-DD`. */
  readonly day: string
  /** The id of the record that says so. */
  readonly id: string
  readonly kind: 'case' | 'closed' | 'warrant'
  /** Whether it is a warrant in force. */
  readonly isAlarm: boolean
  readonly country: string
  /** What happened, and where if that is known. */
  readonly text: string
}

/** Lists what happened to a person, the newest first: what a case is about and where, how it ended, what a court ordered. */
export function listEvents({ persons, cases }: Pick<Dossier, 'persons' | 'cases'>, words: FileWords) {
  const { t } = words
  const events: PersonEvent[] = []
  const add = (day: string | null, id: string, kind: PersonEvent['kind'], text: string, isAlarm = false): void => {
    if (day !== null) events.push({ day, id, kind, text, isAlarm, country: id.slice(0, 2) })
  }
  for (const { node } of [...persons.values()].flatMap((person) => person?.warrants?.edges ?? [])) {
    const category = wordCodeOf(words, 'warrant', node.category)
    add(node.issuedOn, node.id, 'warrant', t('person.event.warrant', { category }), node.status === 'ACTIVE')
  }
  for (const { row } of cases) {
    const place = row.subdivision === null ? '' : (SUBDIVISIONS[row.subdivision] ?? row.subdivision)
    const at = (what: string): string => [what, place].filter(Boolean).join(', ')
    add(row.filedOn, row.id, 'case', at(listOffenceNames([row])?.[0] ?? t('person.event.case')))
    const end = row.status === null ? '' : t(`person.ended.${row.status}`, { defaultValue: '' })
    add(row.closedOn, row.id, 'closed', at(end || toSentence(t('person.event.closed'))))
  }
  const unique = [...new Map(events.map((event) => [JSON.stringify(event), event])).values()]
  return unique.sort((left, right) =>
    left.day === right.day ? (left.id < right.id ? -1 : 1) : left.day < right.day ? 1 : -1,
  )
}
