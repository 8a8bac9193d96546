import type { Answer, Client } from '../../clients/client.ts'

/** A question that came to {@link stubGateway}. */
export interface CameQuestion {
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly grounds: unknown
}

/** A gateway of a test, which answers one question after another by `answer`. */
export function stubGateway(answer: (question: CameQuestion, at: number) => Partial<Answer>) {
  const came: CameQuestion[] = []
  const client: Pick<Client, 'ask'> = {
    async ask(document, variables, grounds) {
      came.push({ document, variables, grounds })
      const at = came.length - 1
      const given = answer(came[at] as CameQuestion, at)
      return { status: 200, requestId: `q-${at}`, evidence: null, asked: {}, ...given } as Answer
    },
  }
  return { client, came }
}

/** The answer to a list of hits. */
export function hitsAnswer(hits: readonly object[], outcomes: readonly object[]): Partial<Answer> {
  return { data: { personListHits: { hits, outcomes } } }
}

/** The outcome of a country. */
export function outcome(country: string, reach = 'ANSWERED', code: string | null = null): object {
  return { country, reach, code }
}
