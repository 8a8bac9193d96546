import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { forgetKeptState, useKeptState } from '../components/use-kept-state.ts'
import type { ConsoleDocument, SessionAnswer } from '../session/session.ts'
import { nameQuestion, useAskedPurpose, useSignedIn, useWorld } from '../session/use-session.ts'
import {
  findUnanswered,
  type GroupResult,
  groupCountries,
  groupQuestion,
  slowCountries,
  type Unanswered,
} from './group-countries.ts'
import {
  dropMadeGood,
  findMissingRows,
  mergeRows,
  nextSteps,
  placeRows,
  type RowOfList,
  type RowPage,
  type Step,
  toStreams,
} from './streams.ts'

/** A list that may be asked in several questions, so that nobody waits for a slow country. */
export interface ApartList<Row> {
  /** What is shown, in the order of the whole list. */
  readonly rows: readonly Row[]
  /** How many rows came that are not shown yet, because they belong between those that are. */
  readonly held: number
  /** Shows all rows in their order. */
  readonly showHeld: () => void
  /** The countries whose first rows have not come yet. */
  readonly awaited: readonly string[]
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly isAsking: boolean
  readonly unanswered: readonly Unanswered[]
  readonly hasMore: boolean
  readonly more: () => void
  /** Asks each country by itself instead of waiting for all; null if that is so already, or if an answer is there. */
  readonly split: (() => void) | null
  /** Asks for the rows of the countries that did not answer; null if each of them did. */
  readonly askMissing: (() => void) | null
}

/** What is kept while other pages are shown. */
interface Asked {
  readonly groups: readonly (readonly string[])[]
  readonly steps: readonly Step[]
}

/** What each document with a list takes. */
interface ListVariables {
  readonly first: number
  readonly after: string | null
  readonly countries: readonly string[] | null
}

/**
 * Asks for a list: all countries in one question as long as none is slow, and each slow one in a question of its own (decision 0094). The component that
 * calls it has a `key` that names the question and the purpose under which it was asked.
 */
export function useAskApart<Data, Variables extends ListVariables, Row extends RowOfList>(
  document: ConsoleDocument<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  readPage: (data: Data) => RowPage<Row> | null | undefined,
): ApartList<Row> {
  const { mandate } = useSignedIn()
  const purpose = useAskedPurpose(variables)
  const { first, countries } = variables as Omit<ListVariables, 'after'>
  const all = countries ?? mandate.countries
  const kept = `apart ${JSON.stringify(nameQuestion(purpose, document, variables))}`
  const [{ groups, steps }, setAsked] = useKeptState<Asked>(kept, begin(groupCountries(all, slowCountries())))
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, so that whoever comes back finds what was asked
  useEffect(() => setAsked({ groups, steps }), [])
  const results = useSteps(document, variables, { purpose, groups, steps })
  const streams = toStreams(steps, results, readPage)
  const placed = usePlaced(mergeRows(streams))
  const arrived = new Set(streams.map(({ group }) => group))
  const firstPages = results.some(({ data }) => data !== undefined)
  const missing = findMissingRows(steps, results, (data) => readPage(data)?.pageInfo)
  const askMissing = (): void => {
    for (const index of missing?.again ?? []) void results[index]?.refetch()
    if (missing !== null && missing.steps.length > 0) setAsked({ groups, steps: [...steps, ...missing.steps] })
  }
  return {
    ...placed,
    awaited: groups.flatMap((own, group) =>
      !arrived.has(group) && results.some(({ isFetching }, index) => isFetching && steps[index]?.group === group)
        ? own
        : [],
    ),
    answers: dropMadeGood(steps, results),
    isAsking: results.some(({ isFetching }) => isFetching),
    unanswered: results.flatMap(
      (result, index) => findUnanswered(groups[steps[index]?.group ?? 0] ?? [], result) ?? [],
    ),
    hasMore: streams.some(({ end }) => end !== null),
    more: () => {
      const shown = new Set(placed.rows.map(({ node }) => node.id))
      setAsked({ groups, steps: [...steps, ...nextSteps(streams, shown, first)] })
    },
    split:
      firstPages || groups.every((own) => own.length < 2)
        ? null
        : () => setAsked(begin([...all].sort().map((country) => [country]))),
    askMissing: missing === null ? null : askMissing,
  }
}

/**
 * Returns a function that forgets what was asked with documents, so that it is asked anew.
 * @param isMeant says by its variables whether a question is one of those; another page may ask with the same document.
 */
export function useForgetAsked(
  documents: readonly { readonly name: string }[],
  isMeant: (variables: Readonly<Record<string, unknown>>) => boolean,
): () => void {
  const queries = useQueryClient()
  return () => {
    const names = new Set(documents.map(({ name }) => name))
    queries.removeQueries({
      predicate: ({ queryKey }) => names.has(String(queryKey[2])) && isMeant(Object(queryKey[3])),
    })
    forgetKeptState((kept) => documents.some(({ name }) => kept.startsWith('apart ') && kept.includes(`,"${name}",`)))
  }
}

/** Asks each step. What was asked before is not asked again. */
function useSteps<Data, Variables extends ListVariables>(
  document: ConsoleDocument<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  { purpose, groups, steps }: Asked & { readonly purpose: string | null },
): readonly GroupResult<Data>[] {
  const { session } = useWorld()
  const isWhole = groups.length === 1
  return useQueries({
    queries: steps.map(({ group, after }) => {
      // All of them together are the question that stands without a list of countries.
      const asked = { ...variables, after } as Variables
      return groupQuestion(document, asked, { session, purpose, group: groups[group] ?? [], isWhole })
    }),
  })
}

function begin(groups: Asked['groups']): Asked {
  return { groups, steps: groups.map((_, group) => ({ group, after: null })) }
}

/** Keeps the order of the rows that are shown until the officer says otherwise. */
function usePlaced<Row extends RowOfList>(next: readonly Row[]): Pick<ApartList<Row>, 'rows' | 'held' | 'showHeld'> {
  const [shown, setShown] = useState<readonly string[]>([])
  const nextIds = next.map(({ node }) => node.id)
  const { ids, isHeld } = placeRows(shown, nextIds)
  const [known, setKnown] = useState<ReadonlyMap<string, Row>>(new Map())
  const key = ids.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the list, which is a new one at each rendering
  useEffect(() => {
    setShown(ids)
    setKnown(new Map(next.map((row) => [row.node.id, row])))
  }, [key])
  const rows = isHeld ? ids.flatMap((id) => known.get(id) ?? []) : next
  const isShown = new Set(ids)
  return {
    rows,
    held: isHeld ? Math.max(1, nextIds.filter((id) => !isShown.has(id)).length) : 0,
    showHeld: () => setShown(nextIds),
  }
}
