import type { ConsoleDocument, Session, SessionAnswer } from './session.ts'
import type { PageEnd } from './use-session.ts'

/** All pages of a list, as far as they were asked. */
export interface WholeList<Data> {
  readonly answers: readonly SessionAnswer<Data>[]
  /** Whether there are no more rows. */
  readonly isWhole: boolean
}

/**
 * Asks for a list page by page until it ends.
 * @param mostPages at how many pages it stops, so that a country whose list never ends cannot keep it busy.
 */
export async function askToTheEnd<Data, Variables extends { readonly after: string | null }>(
  session: Pick<Session, 'ask'>,
  document: ConsoleDocument<Data, Variables>,
  variables: Variables,
  { readEnd, mostPages }: { readonly readEnd: (data: Data) => PageEnd | null | undefined; readonly mostPages: number },
): Promise<WholeList<Data>> {
  const answers: SessionAnswer<Data>[] = []
  const cursors = new Set<string | null>()
  let after = variables.after
  while (answers.length < mostPages && !cursors.has(after)) {
    cursors.add(after)
    const answer = await session.ask(document, { ...variables, after })
    answers.push(answer)
    const end = answer.data === null ? null : readEnd(answer.data)
    if (end == null || !end.hasNextPage || end.endCursor === null)
      return { answers, isWhole: end?.hasNextPage !== true }
    after = end.endCursor
  }
  return { answers, isWhole: false }
}
