import type { DossierPerson } from '../../documents/types.ts'
import type { FileLine } from '../../export/file-line.ts'
import { wordAbsent } from '../../shell/summarize-countries.ts'
import { type FileWords, wordCodeOf, wordHandlingOf, wordRoles } from '../file-words.ts'
import { listSayers } from './identities.ts'
import { listEvents } from './list-events.ts'
import { listPersonFacts } from './person-facts.ts'
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
  { said: saidSame, answers }: ListedDossier,
  words: FileWords,
): readonly FileLine[] {
  const { t, formats } = words
  const sayers = listSayers(id, saidSame).map(formats.country).join(', ')
  const country = formats.country(id.slice(0, 2))
  const title = heading(`${country} · ${id}`)
  if (person == null) {
    const why = person === null ? wordAbsent(id, answers) : 'common.unanswered'
    return [title, { label: t('common.id'), value: why === null ? t('person.notFound') : t(why, { country }) }]
  }
  const facts = listPersonFacts(person, answers, words).flatMap(({ term, values }): readonly FileLine[] => {
    if (values === null) return [{ label: term, value: t('common.hidden') }]
    return values.length === 0
      ? [{ label: term, value: t('common.none') }]
      : values.map((value) => ({ label: term, value }))
  })
  const said =
    sayers === '' ? [] : [{ label: t('person.identities'), value: t('person.saidBy', { countries: sayers }) }]
  return [title, ...said, ...facts]
}

function toCaseLine({ row, identities, roles }: DossierCase, words: FileWords): FileLine {
  const { t, formats } = words
  const offences =
    row.offences === null
      ? t('common.hidden')
      : row.offences.map(({ nationalLabel, iccs }) => `${nationalLabel} (${iccs})`).join('; ')
  const parts = [
    `${t('case.role')}: ${wordRoles(words, roles)}`,
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
