import { type UseInfiniteQueryResult, type UseQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../../contract/language.ts'
import counts from '../documents/oversight/counts.graphql?raw'
import entries from '../documents/oversight/entries.graphql?raw'
import entry from '../documents/oversight/entry.graphql?raw'
import entryWords from '../documents/oversight/entry-words.graphql?raw'
import mandateActs from '../documents/oversight/mandate-acts.graphql?raw'
import patterns from '../documents/oversight/patterns.graphql?raw'
import reportCounts from '../documents/oversight/report-counts.graphql?raw'
import viewer from '../documents/oversight/viewer.graphql?raw'
import whoSaw from '../documents/oversight/who-saw.graphql?raw'
import { useWorld } from '../session/use-session.ts'
import { type AskOversight, askOversight, type OversightAnswer, type OversightDocument } from './ask-oversight.ts'
import type { ListedEntry, ViewerData } from './shown-entry.ts'

/** Returns the language that is shown. */
export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'en' ? 'en' : 'es'
}

/** Returns the function that asks oversight, with the token of whoever is signed in. */
export function useAskOversight(): AskOversight {
  const { session, config } = useWorld()
  const language = useLanguage()
  return (document, variables) => {
    const { oversight } = config
    if (oversight === null) throw new Error('expected a console with the address of oversight')
    const send = (init: RequestInit & { readonly method: 'POST' }): Promise<Response> =>
      session.sendTo(oversight.audience, oversight.url, init)
    return askOversight(send, DOCUMENTS[document].trimEnd(), variables, language)
  }
}

/** Asks oversight once. `variables` null: nothing is to be asked yet. */
export function useOversight<Data>(
  document: OversightDocument,
  variables: Readonly<Record<string, unknown>> | null,
): UseQueryResult<OversightAnswer<Data>, Error> {
  const ask = useAskOversight()
  return useQuery({
    queryKey: ['oversight', document, variables],
    queryFn: () => ask<Data>(document, variables ?? {}),
    enabled: variables !== null,
  })
}

/** Asks who the auditor is at oversight. */
export function useViewer(): UseQueryResult<OversightAnswer<ViewerData>, Error> {
  return useOversight<ViewerData>('viewer', {})
}

/** A page of entries. */
export interface EntryPageData {
  readonly edges: readonly { readonly cursor: string; readonly node: ListedEntry }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** Entries, page by page. */
export type EntryPages = UseInfiniteQueryResult<{ readonly pages: readonly EntryPageData[] }, Error>

const PAGE_ENTRIES = 50

/** Asks for entries page by page. `variables` null: nothing is to be asked yet. */
export function useEntryPages(
  document: 'entries' | 'whoSaw',
  variables: Readonly<Record<string, unknown>> | null,
): EntryPages {
  const ask = useAskOversight()
  return useInfiniteQuery({
    queryKey: ['oversight', document, variables],
    queryFn: async ({ pageParam }) => {
      const asked = { ...variables, first: PAGE_ENTRIES, after: pageParam }
      const { data } = await ask<Readonly<Record<string, EntryPageData>>>(document, asked)
      const page = data[document]
      if (page === undefined) throw new Error('expected a page of entries; came none')
      return page
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : undefined),
    enabled: variables !== null,
  })
}

/**
 * What the auditor's rooms ask of oversight (auditors/oversight/schema.graphql). Oversight takes any document; it may have no fragments, at most ten fields of
 * `Query` and 200 fields.
 */
const DOCUMENTS = {
  counts,
  entries,
  entry,
  entryWords,
  mandateActs,
  patterns,
  reportCounts,
  viewer,
  whoSaw,
} as const satisfies Readonly<Record<OversightDocument, string>>
