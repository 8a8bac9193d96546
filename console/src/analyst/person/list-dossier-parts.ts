import type { Warrant } from '../../documents/types.ts'
import type { CellValue, ExportPart } from '../../export/table-export.ts'
import { wordAbsent } from '../../shell/summarize-countries.ts'
import { type FileWords, wordCodeOf, wordHandlingOf, wordRoles } from '../file-words.ts'
import { writePlace } from '../subdivisions.ts'
import { listOffenceNames, toSentence, wordStage } from './case-words.ts'
import { type ComparedFact, compareFacts, isHiddenInEach } from './compare-facts.ts'
import { findWarrants } from './find-warrants.ts'
import { listSayers } from './identities.ts'
import { listEvents } from './list-events.ts'
import type { Dossier } from './use-dossier.ts'

/** What of a dossier a file says. */
export type ListedDossier = Pick<Dossier, 'persons' | 'said' | 'cases' | 'answers'>

/** Lists all that a dossier says as the parts of a file: warrants, identities, cases, the timeline, whom to ask. What is hidden says so; what is empty has a dash. */
export function listDossierParts(
  dossier: ListedDossier,
  contacts: ReadonlyMap<string, string>,
  words: FileWords,
): readonly ExportPart[] {
  const { t, formats } = words
  const events = listEvents(dossier, words).map(({ day, country, text, id }) => [
    ...[day, formats.country(country), text, id],
  ])
  return [
    listWarrants(dossier, words),
    listIdentities(dossier, words),
    listCases(dossier, words),
    {
      title: t('person.timeline'),
      columns: [t('person.day'), t('common.country'), t('person.happened'), t('common.id')],
      rows: orNone(events, words),
    },
    {
      title: t('person.whom'),
      columns: [t('common.country'), t('person.agency'), t('lists.contact')],
      rows: listAgencies(dossier).map(({ country, agency }) => [
        ...[
          formats.country(country),
          agency ?? t('common.hidden'),
          contacts.get(country) ?? t('person.contactNotAsked'),
        ],
      ]),
    },
  ]
}

/** Lists who holds a record of the person: the country, and the institution that recorded it; null if that is hidden. */
export function listAgencies({ persons }: Pick<Dossier, 'persons'>) {
  const held = [...persons].flatMap(([id, person]) =>
    person == null ? [] : [{ country: id.slice(0, 2), agency: person.provenance?.agency ?? null }],
  )
  return [...new Map(held.map((each) => [`${each.country} ${each.agency}`, each])).values()]
}

function listWarrants(dossier: ListedDossier, words: FileWords): ExportPart {
  const { t, formats } = words
  const { active, none, unknown } = findWarrants(dossier)
  const say = (key: string, countries: readonly string[]): readonly CellValue[][] =>
    countries.length === 0 ? [] : [[t(key, { countries: countries.map(formats.country).join(', ') }), '']]
  return {
    title: t('person.warrants'),
    columns: [],
    rows: [
      ...active.map((warrant) => {
        const extradition = warrant.extraditionRequested === true ? t('person.extradition') : ''
        const parts = [wordWarrant(warrant, words), extradition, warrant.issuingCourt, warrant.id]
        return [formats.country(warrant.country), parts.filter(Boolean).join(' · ')]
      }),
      ...say('person.warrantsUnknown', unknown),
      ...say('person.warrantsNone', none),
    ],
  }
}

/** Words a warrant in force: what it orders, since when and until when. */
export function wordWarrant({ category, issuedOn, expiresOn }: Warrant, words: FileWords): string {
  const { t, formats } = words
  // No date is broken into two lines.
  const dayOf = (day: string): string => formats.day(day).replaceAll(' ', '\u00a0')
  const what = t('person.event.warrant', { category: wordCodeOf(words, 'warrant', category) })
  const ends = expiresOn === null ? '' : t('person.warrantEnds', { day: dayOf(expiresOn) })
  return [what, dayOf(issuedOn), ends].filter(Boolean).join(', ')
}

function listIdentities(dossier: ListedDossier, words: FileWords): ExportPart {
  const { t, formats } = words
  const { persons, said, answers } = dossier
  const ids = [...persons.keys()]
  const absent = ids.map((id) => {
    const person = persons.get(id)
    if (person != null) return ''
    const why = person === null ? wordAbsent(id, answers) : 'common.unanswered'
    return why === null ? t('person.notFound') : t(why, { country: formats.country(id.slice(0, 2)) })
  })
  const sayers = ids.map((id) => listSayers(id, said).map(formats.country).join(', ') || t('common.none'))
  const facts = compareFacts(dossier, words)
  const show = ({ term, cells }: Pick<ComparedFact, 'term' | 'cells'>): readonly CellValue[] => [
    term,
    ...cells.map((cell) => (cell === null ? t('common.hidden') : cell?.join('; ') || t('common.none'))),
  ]
  // What every record hides stands in one row.
  const folded = facts.filter(isHiddenInEach)
  const hidden = folded.slice(0, 1).map(({ cells }) => ({ term: folded.map(({ term }) => term).join(', '), cells }))
  return {
    title: t('person.identities'),
    columns: [t('person.fact'), ...ids],
    rows: [
      [t('person.same'), ...sayers],
      ...(absent.some(Boolean) ? [[t('common.id'), ...absent]] : []),
      ...[...facts.filter((fact) => !isHiddenInEach(fact)), ...hidden].map(show),
    ],
  }
}

function listCases({ cases }: ListedDossier, words: FileWords): ExportPart {
  const { t } = words
  const rows = cases.map(({ row, roles }) => [
    row.id,
    row.filedOn,
    listOffenceNames([row])?.join('; ') ?? t('common.hidden'),
    row.subdivision === null ? t('common.none') : writePlace(row.subdivision),
    wordStage(row, words),
    toSentence(wordRoles(words, roles)),
    wordHandlingOf(words, row.provenance),
  ])
  const titles = [
    'common.id',
    'case.filed',
    'case.offences',
    'case.place',
    'case.stage',
    'case.role',
    'common.handling',
  ]
  return { title: t('person.cases'), columns: titles.map((title) => t(title)), rows: orNone(rows, words) }
}

function orNone(rows: readonly (readonly CellValue[])[], { t }: FileWords): ExportPart['rows'] {
  return rows.length > 0 ? rows : [[t('common.none')]]
}
