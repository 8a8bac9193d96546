import type { CaseFile } from '../../documents/types.ts'
import type { FileLine } from '../../export/file-line.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { type FileWords, nameTreaty, wordCodeOf, wordHandlingOf } from '../file-words.ts'
import { nameOf } from '../person/name-of.ts'
import { listCaseFacts } from './list-case-facts.ts'

/** Lists all that a case says, for a file. What is hidden says so; what is empty has a dash. */
export function listCaseLines(
  found: CaseFile,
  answer: Pick<SessionAnswer<unknown>, 'problems'>,
  words: FileWords,
): readonly FileLine[] {
  const { t, formats } = words
  const { linkedCases } = found
  const line = (label: string, value: string | null): FileLine => ({ label, value: value || t('common.none') })
  return [
    { label: t('case.title', { id: found.id }), value: '' },
    line(t('common.country'), formats.country(found.country ?? found.id.slice(0, 2))),
    ...listCaseFacts(found, answer, { t, day: formats.day }).map(({ term, text, isHidden }) =>
      line(term, isHidden ? t('common.hidden') : text),
    ),
    line(t('common.handling'), wordHandlingOf(words, found.provenance)),
    line(t('case.linked'), linkedCases === null ? t('common.hidden') : linkedCases.map(({ id }) => id).join(', ')),
    ...listOffences(found, words),
    ...listParticipants(found, words),
    ...listAssistance(found, words),
  ]
}

/** Lists the offences of a case: a heading, and a line for each. */
export function listOffences({ offences }: CaseFile, words: FileWords): readonly FileLine[] {
  const { t } = words
  const lines = offences?.map(({ iccs, nationalLabel, attempted, organisedCrime, statute }): FileLine => {
    const marks = [
      statute === null ? '' : [statute.id, statute.heading].filter(Boolean).join(' '),
      statute?.untocSeriousCrime === true ? t('law.serious') : '',
      organisedCrime === true ? t('case.organised') : '',
      attempted === true ? t('case.attempted') : '',
    ]
    return { label: iccs, value: [nationalLabel, ...marks].filter(Boolean).join(' · ') }
  })
  return listPart(t('case.offences'), lines, false, words)
}

/** Lists the persons of a case: a heading, and a line for each. */
export function listParticipants({ participants }: CaseFile, words: FileWords): readonly FileLine[] {
  const { t, formats } = words
  const lines = participants?.edges.map(({ node: { role, person } }): FileLine => {
    const label = wordCodeOf(words, 'role', role)
    if (person === null) return { label, value: t('common.hidden') }
    const country = formats.country(person.id.slice(0, 2))
    return { label, value: [nameOf(person.names), person.id, country].filter(Boolean).join(' · ') }
  })
  return listPart(t('case.participants'), lines, participants?.pageInfo.hasNextPage === true, words)
}

/** Lists the requests for assistance of a case: a heading, and a line for each. */
export function listAssistance({ mlaRequests }: CaseFile, words: FileWords): readonly FileLine[] {
  const { t, formats } = words
  const lines = mlaRequests?.edges.map(({ node }): FileLine => {
    const { id, status, requestedCountry, legalBasis, legalBasisArticle } = node
    const basis = [
      legalBasis === null ? '' : nameTreaty(legalBasis, words.language),
      legalBasisArticle === null ? '' : t('case.article', { number: legalBasisArticle }),
    ]
      .filter(Boolean)
      .join(', ')
    const asked = `${t('case.requested')}: ${formats.country(requestedCountry)}`
    return { label: id, value: [wordCodeOf(words, 'mla', status), asked, basis].filter(Boolean).join(' · ') }
  })
  return listPart(t('case.assistance'), lines, mlaRequests?.pageInfo.hasNextPage === true, words)
}

/** A heading and its lines. Undefined lines are hidden. */
function listPart(
  title: string,
  lines: readonly FileLine[] | undefined,
  hasMore: boolean,
  { t }: FileWords,
): readonly FileLine[] {
  const heading = { label: title, value: '' }
  if (lines === undefined) return [heading, { label: t('common.hidden'), value: t('common.none') }]
  if (lines.length === 0) return [heading, { label: t('common.none'), value: t('common.none') }]
  return [
    heading,
    ...lines,
    ...(hasMore ? [{ label: '…', value: t('common.rowsMore', { count: lines.length, shown: lines.length }) }] : []),
  ]
}
