import { useTranslation } from 'react-i18next'
import { RecordLink } from '../../components/links.tsx'
import { NoRecord } from '../../components/no-record.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { useFormats } from '../../shell/formats.ts'
import { isHiddenForAll } from '../../shell/summarize-countries.ts'
import { type FileWords, useFileWords } from '../file-words.ts'
import { listSayers } from './identities.ts'
import { listPersonFacts } from './person-facts.ts'
import type { Dossier } from './use-dossier.ts'

/** A row of the comparison: what each record says of one thing; undefined for a record that is not there, null for what is hidden. */
interface ComparedFact {
  readonly term: string
  readonly field: string
  readonly cells: readonly (readonly string[] | null | undefined)[]
}

/**
 * The records of a person side by side, one column each. A fact in which they differ has a mark; what every record hides stands in one line below.
 * @param first the id of the record that the officer asked for.
 */
export function IdentitiesTable({ first, dossier }: { readonly first: string; readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const ids = [...dossier.persons.keys()]
  const words = useFileWords()
  const facts = compareFacts(dossier, words)
  const isFolded = ({ cells }: ComparedFact): boolean => cells.every((cell) => cell == null) && cells.includes(null)
  const folded = facts.filter(isFolded)
  return (
    <section aria-labelledby="identities" className="sheet identities">
      <h2 id="identities">{t('person.identities')}</h2>
      <Table
        caption={t('person.identities')}
        rows={[null, ...facts.filter((fact) => !isFolded(fact))]}
        keyOf={(fact) => fact?.term ?? ''}
        columns={[
          { title: t('person.fact'), isHeader: true, show: (fact) => fact?.term ?? t('common.id') },
          ...ids.map((id, at) => ({
            title: `${country(id.slice(0, 2))} · ${id}`,
            show: (fact: ComparedFact | null) =>
              fact === null ? <Record id={id} first={first} dossier={dossier} /> : <Values fact={fact} at={at} />,
          })),
        ]}
      />
      {folded.length > 0 && (
        <p>
          <span className="hidden">{wordFolded({ folded, ids, answers: dossier.answers }, words)}</span>
        </p>
      )}
    </section>
  )
}

/** Compares the records fact by fact. All of them list the same facts. */
function compareFacts({ persons, answers }: Dossier, words: FileWords): readonly ComparedFact[] {
  const lists = [...persons.values()].map((person) =>
    person == null ? undefined : listPersonFacts(person, answers, words),
  )
  const facts = lists.find((list) => list !== undefined) ?? []
  return facts.map(({ term, field }, at) => ({ term, field, cells: lists.map((list) => list?.[at]?.values) }))
}

/** Says in one line what every record hides, and whose rules hide how much of it. */
function wordFolded(
  {
    folded,
    ids,
    answers,
  }: { readonly folded: readonly ComparedFact[]; readonly ids: readonly string[] } & Pick<Dossier, 'answers'>,
  { t, formats }: FileWords,
): string {
  const hiders = folded.flatMap(({ field, cells }) =>
    cells.flatMap((cell, at) => {
      if (cell !== null) return []
      const country = (ids[at] ?? '').slice(0, 2)
      const isOfMandate = isHiddenForAll(answers, `Person.${field}`)
      return [
        t(isOfMandate ? 'person.hiddenByMandate' : 'person.hiddenByCountry', { country: formats.country(country) }),
      ]
    }),
  )
  const rules = [...Map.groupBy(hiders, (hider) => hider)].map(([hider, all]) => `${hider} (${all.length})`).sort()
  const facts = folded.map(({ term }) => term).join(', ')
  return t('person.hiddenAll', { count: hiders.length, facts, rules: rules.join('; ') })
}

/** Which record it is, who says that it is the same person, and why it is not there if it is not. */
function Record({ id, first, dossier }: { readonly id: string; readonly first: string; readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { persons, said, answers, isAsking } = dossier
  const person = persons.get(id)
  const sayers = listSayers(id, said).map(country).join(', ')
  return (
    <>
      {id === first ? (
        <ShownCode text={id} />
      ) : (
        <RecordLink to="/person/$id" id={id}>
          {id}
        </RecordLink>
      )}
      <div className="quiet-text">
        {[id === first ? t('person.asked') : '', sayers === '' ? '' : t('person.saidBy', { countries: sayers })]
          .filter(Boolean)
          .join(' · ')}
      </div>
      {person === undefined &&
        (isAsking ? t('common.loading') : t('common.unanswered', { country: country(id.slice(0, 2)) }))}
      {person === null && <NoRecord id={id} answers={answers} absent={t('person.notFound')} />}
    </>
  )
}

function Values({ fact: { term, cells }, at }: { readonly fact: ComparedFact; readonly at: number }) {
  const { t } = useTranslation()
  const values = cells[at]
  if (values === undefined) return null
  if (values === null) return <em className="hidden">{t('common.hidden')}</em>
  const known = new Set(cells.flatMap((cell) => (cell == null ? [] : [cell.join('\n')])))
  // Each record is handled in its own way, so that a mark would say nothing.
  const differs = known.size > 1 && term !== t('common.handling')
  if (values.length === 0) return t('common.none')
  return values.map((value, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two values may be the same text
    <div key={index}>
      {differs && (
        <span className="differs" title={t('person.differs')}>
          ≠{' '}
        </span>
      )}
      <ShownText text={value} />
    </div>
  ))
}
