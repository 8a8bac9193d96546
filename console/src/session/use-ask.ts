import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { ConsoleDocument, SessionAnswer } from './session.ts'
import { useAskedPurpose } from './use-asked-purpose.ts'
import { useWorld } from './use-session.ts'

/** The result of one question. */
export type Asked<Data> = UseQueryResult<SessionAnswer<Data>, Error>

/** The name of a question among those that were answered. Another purpose is another question. */
export function nameQuestion(purpose: string | null, document: { readonly name: string }, variables: unknown) {
  return ['ask', purpose, document.name, variables] as const
}

/** Asks a question once, and keeps its answer. `variables`: null as long as nothing is to be asked. */
export function useAsk<Data, Variables extends object>(
  document: ConsoleDocument<Data, Variables>,
  variables: Variables | null,
): Asked<Data> {
  const { session } = useWorld()
  const purpose = useAskedPurpose(variables)
  return useQuery({
    queryKey: nameQuestion(purpose, document, variables),
    queryFn: () => session.ask(document, variables as Variables),
    enabled: variables !== null && purpose !== null,
  })
}

/** Where a page of rows ends. */
export interface PageEnd {
  readonly hasNextPage: boolean
  readonly endCursor: string | null
}
