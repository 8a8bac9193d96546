import type { DossierPerson } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { isHiddenField } from '../../shell/summarize-countries.ts'
import { type FileWords, wordCodeOf, wordHandlingOf } from '../file-words.ts'
import { isShared } from '../identifier-categories.ts'
import { writePlace } from '../subdivisions.ts'
import { nameOf } from './name-of.ts'

/** One thing that a record says of a person. */
export interface PersonFact {
  readonly term: string
  /** The field of `Person` that says it. */
  readonly field: string
  /** Each value of it, in words; none if the record has none. Null if a rule hides it. */
  readonly values: readonly string[] | null
  /** Whether each record has one of its own, so that a difference says nothing. */
  readonly isOwn?: boolean
}

/** Lists what a record says of a person, in the same order for each record. What is hidden is told apart from what is empty. */
export function listPersonFacts(
  person: DossierPerson,
  answers: readonly Pick<SessionAnswer<unknown>, 'problems'>[],
  words: FileWords,
): readonly PersonFact[] {
  const { t, formats } = words
  const { names, birthDate, birthPlace, sex, nationalities, provenance } = person
  const isHidden = (field: string): boolean => isHiddenField(answers, `Person.${field}`, person.id.slice(0, 2))
  const recorded =
    provenance === null ? null : [`${provenance.agency} · ${formats.day(provenance.recordedAt.slice(0, 10))}`]
  const joined = (texts: readonly string[] | null | undefined, separator: string) =>
    texts == null ? null : texts.length === 0 ? [] : [texts.join(separator)]
  return [
    {
      term: t('common.name'),
      field: 'names',
      values: joined(
        names?.map(({ full }) => full),
        ' · ',
      ),
    },
    {
      term: t('common.birthDate'),
      field: 'birthDate',
      values: birthDate === null ? (isHidden('birthDate') ? null : []) : [formats.day(birthDate)],
    },
    {
      term: t('person.birthPlace'),
      field: 'birthPlace',
      values: birthPlace === null ? (isHidden('birthPlace') ? null : []) : [birthPlace],
    },
    {
      term: t('person.sex'),
      field: 'sex',
      values: sex === null ? (isHidden('sex') ? null : []) : [wordCodeOf(words, 'sex', sex)],
    },
    {
      term: t('person.nationalities'),
      field: 'nationalities',
      values: joined(nationalities?.map(formats.country), ', '),
    },
    ...listParts(person, words),
    {
      term: t('common.handling'),
      field: 'provenance',
      values: provenance === null ? null : [wordHandlingOf(words, provenance)],
      isOwn: true,
    },
    {
      term: t('person.recordedBy'),
      field: 'provenance',
      values: recorded,
      isOwn: true,
    },
  ]
}

/** The parts that need further rights. */
function listParts(person: DossierPerson, words: FileWords): readonly PersonFact[] {
  const { t, formats } = words
  const { identifiers, addresses, memberships, associates, warrants } = person
  const listNumbers = (areShared: boolean) =>
    identifiers
      ?.filter(({ category }) => isShared(category) === areShared)
      .map(
        ({ category, jurisdiction, value }) =>
          `${wordCodeOf(words, 'category', category)}, ${formats.country(jurisdiction)}: ${value}`,
      )
  const written = (parts: readonly (string | null)[], separator = ', '): string => parts.filter(Boolean).join(separator)
  return [
    {
      term: t('person.identifiers'),
      field: 'identifiers',
      values: listNumbers(false),
    },
    { term: t('person.numbers'), field: 'identifiers', values: listNumbers(true) },
    {
      term: t('person.addresses'),
      field: 'addresses',
      values: addresses?.map(({ line, subdivision, country }) =>
        written([line, subdivision === null ? '' : writePlace(subdivision), formats.country(country)]),
      ),
    },
    {
      term: t('person.groups'),
      field: 'memberships',
      values: memberships?.map(({ group, role }) => written([group, role], ': ')),
    },
    {
      term: t('person.associates'),
      field: 'associates',
      values: associates?.edges.map(
        ({ node: { person: other, relationship } }) =>
          `${nameOf(other?.names) ?? t('common.none')} (${other?.id ?? t('common.hidden')}): ${relationship}`,
      ),
    },
    {
      term: t('person.warrants'),
      field: 'warrants',
      values: warrants?.edges.map(({ node }) => {
        const kind = wordCodeOf(words, 'warrant', node.category)
        const status = wordCodeOf(words, 'warrantStatus', node.status)
        return written([node.id, kind, status, formats.day(node.issuedOn), node.issuingCourt])
      }),
    },
  ].map(({ term, field, values = null }) => ({ term, field, values }))
}
