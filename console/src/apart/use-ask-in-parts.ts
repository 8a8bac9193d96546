import { useQueries } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useKeptState } from '../components/use-kept-state.ts'
import type { ConsoleDocument, SessionAnswer } from '../session/session.ts'
import { nameQuestion, useAskedPurpose, useSignedIn, useWorld } from '../session/use-session.ts'
import { findUnanswered, groupCountries, groupQuestion, slowCountries, type Unanswered } from './group-countries.ts'

/** Answers of several questions that are one to the officer. */
export interface AskedParts<Data> {
  readonly answers: readonly SessionAnswer<Data>[]
  /** The countries whose answer has not come yet. */
  readonly awaited: readonly string[]
  readonly isAsking: boolean
  readonly unanswered: readonly Unanswered[]
  /** Asks each country by itself instead of waiting for all; null if that is so already, or if an answer is there. */
  readonly split: (() => void) | null
}

/**
 * Asks what each country answers for itself and without pages: all countries in one question as long as none is slow, and each slow one in a question of its
 * own (decision 0094). The component that calls it has a `key` that names the question and its purpose.
 */
export function useAskInParts<Data, Variables extends { readonly countries: readonly string[] | null }>(
  document: ConsoleDocument<Data, Variables>,
  variables: Variables,
): AskedParts<Data> {
  const { session } = useWorld()
  const { mandate } = useSignedIn()
  const purpose = useAskedPurpose(variables)
  const all = variables.countries ?? mandate.countries
  const kept = `parts ${JSON.stringify(nameQuestion(purpose, document, variables))}`
  const [groups, setGroups] = useKeptState(kept, groupCountries(all, slowCountries()))
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, so that whoever comes back finds what was asked
  useEffect(() => setGroups(groups), [])
  const isWhole = groups.length === 1
  const results = useQueries({
    queries: groups.map((group) => groupQuestion(document, variables, { session, purpose, group, isWhole })),
  })
  const answers = results.flatMap(({ data }) => data ?? [])
  return {
    answers,
    awaited: groups.filter((_, index) => results[index]?.isFetching === true && !results[index]?.data).flat(),
    isAsking: results.some(({ isFetching }) => isFetching),
    unanswered: results.flatMap((result, index) => findUnanswered(groups[index] ?? [], result) ?? []),
    split:
      answers.length > 0 || groups.every((own) => own.length < 2)
        ? null
        : () => setGroups([...all].sort().map((country) => [country])),
  }
}
