import { useQueries, useQuery } from '@tanstack/react-query'
import { SEARCH_PERSONS } from '../../documents/documents.ts'
import type { SearchPersonsQuery } from '../../documents/operation-types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { nameQuestion, useAskedPurpose, useWorld } from '../../session/use-session.ts'
import { listSilent, summarizeCountries, wordEmpty } from '../../shell/summarize-countries.ts'
import type { FoundByName } from './list-hits.ts'
import type { LineProblem } from './read-list.ts'

/** How many records of a name are read. More say only that the name is a common one. */
const MOST_RECORDS = 5

/** The most names that are asked without a date: each is a question of its own. */
export const MOST_UNDATED = 50

/** What the countries answer for names without a date. */
export interface AskedByName {
  readonly found: readonly FoundByName[]
  readonly answers: readonly SessionAnswer<SearchPersonsQuery>[]
  /** How many are asked. */
  readonly count: number
  readonly isAsking: boolean
  readonly errors: readonly Error[]
}

/** Asks for each name without a date which records have it. Countries deny that to officers who may ask only for hits: then the first name is the only one asked. */
export function useFoundByName(lines: readonly LineProblem[]): AskedByName {
  const { session } = useWorld()
  const purpose = useAskedPurpose(lines)
  const toQuery = ({ name }: LineProblem) => {
    const variables = { search: { name }, first: MOST_RECORDS, after: null, countries: null }
    return {
      queryKey: nameQuestion(purpose, SEARCH_PERSONS, variables),
      queryFn: () => session.ask(SEARCH_PERSONS, variables),
    }
  }
  const [first, ...others] = lines.slice(0, MOST_UNDATED)
  const asFirst = useQuery({ ...toQuery(first ?? NOBODY), enabled: first !== undefined })
  const isAllowed = asFirst.data !== undefined && mayRead(asFirst.data)
  const results = useQueries({ queries: others.map((line) => ({ ...toQuery(line), enabled: isAllowed })) })
  const all = first === undefined ? [] : [asFirst, ...results]
  const found = all.flatMap(({ data }, index): readonly FoundByName[] => {
    const line = lines[index]
    if (data === undefined || line === undefined || !isAllowed) return []
    const persons = (data.data?.persons?.edges ?? []).map(({ band, node }) => ({ band, node }))
    return [{ line: line.line, persons, silent: listSilent([data]) }]
  })
  return {
    found,
    answers: all.flatMap(({ data }) => data ?? []),
    count: isAllowed ? all.length : Math.min(1, all.length),
    isAsking: all.some(({ isFetching }) => isFetching),
    errors: all.flatMap(({ error }) => error ?? []),
  }
}

const NOBODY: LineProblem = { line: 0, name: '', problem: 'DATE_MISSING' }

function mayRead(answer: SessionAnswer<SearchPersonsQuery>): boolean {
  const { countries } = summarizeCountries([answer])
  const isDenied = countries.every(({ standing }) => standing === 'denied' || standing === 'not-published')
  return wordEmpty([answer]) !== 'common.notAllowed' && !(countries.length > 0 && isDenied)
}
