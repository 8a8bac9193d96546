import type { DossierPerson } from '../../documents/types.ts'
import type { FileLine } from '../../export/file-line.ts'
import { isHiddenField } from '../../shell/is-hidden-field.ts'
import { type FileWords, wordCodeOf, wordHandlingOf } from '../file-words.ts'
import { writePlace } from '../subdivisions.ts'
import { listSayers } from './identities.ts'
import { listEvents } from './list-events.ts'
import { nameOf } from './name-of.ts'
import type { Dossier, DossierCase } from './use-dossier.ts'

/** What of a dossier a file says. */
export type ListedDossier = Pick<Dossier, 'persons' | 'said' | 'cases' | 'answers'>

/** Lists all that a dossier says, for a file: each identity, the cases, the timeline. What is hidden says so; what is empty has a dash. */
export function listDossierLines(dossier: ListedDossier, words: FileWords): readonly FileLine[] {
  const { t, formats } = words
  const events = listEvents(dossier).map(({ day, kind, id, category, country }): FileLine => {
    const of = category === null ? '' : wordCodeOf(words, 'warrant', category)
    return {
      label: formats.day(day),
      value: `${formats.country(country)}: ${t(`person.event.${kind}`, { id, category: of })}`,
    }
  })
  return [
    ...[...dossier.persons].flatMap(([id, person]) => listIdentity(id, person, dossier, words)),
    heading(t('person.cases')),
    ...orNone(
      dossier.cases.map((each) => toCaseLine(each, words)),
      words,
    ),
    heading(t('person.timeline')),
    ...orNone(events, words),
  ]
}

function listIdentity(
  id: string,
  person: DossierPerson | null | undefined,
  { said, answers }: ListedDossier,
  words: FileWords,
): readonly FileLine[] {
  const { t, formats } = words
  const sayers = listSayers(id, said).map(formats.country).join(', ')
  const title = heading(`${formats.country(id.slice(0, 2))} · ${id}`)
  if (person == null) return [title, { label: t('common.id'), value: t('person.notFound') }]
  const { names, birthDate, birthPlace, sex, nationalities, provenance } = person
  const place = birthPlace === null ? '' : t('person.born', { place: birthPlace })
  const line = (label: string, value: string): FileLine => ({ label, value: value || t('common.none') })
  const orHidden = (field: string): string =>
    isHiddenField(answers, `Person.${field}`, id.slice(0, 2)) ? t('common.hidden') : ''
  const recorded =
    provenance === null
      ? ''
      : t('person.recorded', { agency: provenance.agency, day: formats.moment(provenance.recordedAt) })
  return [
    title,
    ...(sayers === '' ? [] : [line(t('person.identities'), t('person.saidBy', { countries: sayers }))]),
    line(t('common.name'), names === null ? t('common.hidden') : names.map(({ full }) => full).join(' · ')),
    line(
      t('common.birthDate'),
      [birthDate === null ? orHidden('birthDate') : formats.day(birthDate), place].filter(Boolean).join(' '),
    ),
    line(t('person.sex'), sex === null ? orHidden('sex') : wordCodeOf(words, 'sex', sex)),
    line(
      t('person.nationalities'),
      nationalities === null ? t('common.hidden') : nationalities.map(formats.country).join(', '),
    ),
    ...listParts(person, words),
    line(t('common.handling'), [wordHandlingOf(words, provenance), recorded].filter(Boolean).join(' · ')),
  ]
}

/** The parts that need further rights: a line for each thing, or one that says that they are hidden. */
function listParts(person: DossierPerson, words: FileWords): readonly FileLine[] {
  const { t, formats } = words
  const { identifiers, addresses, memberships, associates, warrants } = person
  const lines = (label: string, values: readonly string[] | undefined): readonly FileLine[] => {
    if (values === undefined) return [{ label, value: t('common.hidden') }]
    if (values.length === 0) return [{ label, value: t('common.none') }]
    return values.map((value) => ({ label, value }))
  }
  return [
    ...lines(
      t('person.identifiers'),
      identifiers?.map(
        ({ category, jurisdiction, value }) =>
          `${wordCodeOf(words, 'category', category)}, ${formats.country(jurisdiction)}: ${value}`,
      ),
    ),
    ...lines(
      t('person.addresses'),
      addresses?.map(({ line, subdivision, country }) =>
        [line, subdivision === null ? '' : writePlace(subdivision), formats.country(country)]
          .filter(Boolean)
          .join(', '),
      ),
    ),
    ...lines(
      t('person.groups'),
      memberships?.map(({ group, role }) => [group, role].filter(Boolean).join(': ')),
    ),
    ...lines(
      t('person.associates'),
      associates?.edges.map(
        ({ node: { person: other, relationship } }) =>
          `${nameOf(other?.names) ?? t('common.none')} (${other?.id ?? t('common.hidden')}): ${relationship}`,
      ),
    ),
    ...lines(
      t('person.warrants'),
      warrants?.edges.map(({ node }) => {
        const kind = wordCodeOf(words, 'warrant', node.category)
        const status = wordCodeOf(words, 'warrantStatus', node.status)
        return [node.id, kind, status, formats.day(node.issuedOn), node.issuingCourt].filter(Boolean).join(', ')
      }),
    ),
  ]
}

function toCaseLine({ row, identities }: DossierCase, words: FileWords): FileLine {
  const { t, formats } = words
  const offences =
    row.offences === null
      ? t('common.hidden')
      : row.offences.map(({ nationalLabel, iccs }) => `${nationalLabel} (${iccs})`).join('; ')
  const parts = [
    formats.day(row.filedOn),
    wordCodeOf(words, 'status', row.status),
    wordCodeOf(words, 'stage', row.category),
    offences,
    identities.join(', '),
    wordHandlingOf(words, row.provenance),
  ]
  return { label: row.id, value: parts.filter(Boolean).join(' · ') }
}

function heading(label: string): FileLine {
  return { label, value: '' }
}

function orNone(lines: readonly FileLine[], { t }: FileWords): readonly FileLine[] {
  return lines.length > 0 ? lines : [{ label: t('common.none'), value: t('common.none') }]
}
