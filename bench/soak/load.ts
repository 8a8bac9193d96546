/** The soak's clients: a fixed number, each of which asks again once it is answered. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

/** How many ask at once. */
const CLIENTS = 6

/** How long a client rests between two questions, in milliseconds: the load is to last, not to be the most. */
const REST_MS = 10

/** How many different texts there are of the question that differs. */
const TEXTS = 50

/** Of how many questions one is hung up on before its answer. */
const HANGS_UP = 20

/** What the clients saw since they were last asked. */
export interface Seen {
  /** By HTTP status; `hangup` for those that a client gave up. */
  readonly answers: Readonly<Record<string, number>>
  /** Milliseconds of the answers with 200, in order. */
  readonly latencies: readonly number[]
}

/** The load that runs. */
export interface Load {
  /** What was seen since the last call. */
  take(): Seen
  stop(): Promise<void>
}

/** What the clients ask, and with which tokens, one after the other. */
export interface LoadOptions {
  readonly url: string
  readonly tokens: readonly string[]
  /** The demo's own question across borders, and a person to ask it of. */
  readonly across: string
  readonly personId: string
}

interface Ask {
  readonly body: string
  readonly token: string | null
}

/** Starts the clients. */
export function startLoad(options: LoadOptions): Load {
  const pool = new Pool(options.url, { connections: CLIENTS * 2 })
  let seen = { answers: {} as Record<string, number>, latencies: [] as number[] }
  let isOver = false
  let count = 0
  const note = (answer: string): void => {
    seen.answers[answer] = (seen.answers[answer] ?? 0) + 1
  }
  const client = async (): Promise<void> => {
    while (!isOver) {
      count += 1
      const number = count
      const { body, token } = questionOf(number, options)
      const startedAt = performance.now()
      const signal = number % HANGS_UP === 0 ? AbortSignal.timeout(3) : null
      try {
        const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
        const headers = { 'content-type': 'application/json', ...authorization }
        const answer = await pool.request({ path: '/graphql', method: 'POST', headers, body, signal })
        await answer.body.dump({ limit: 10_000_000 })
        note(String(answer.statusCode))
        if (answer.statusCode === 200) seen.latencies.push(performance.now() - startedAt)
      } catch (error) {
        note(signal?.aborted ? 'hangup' : ((error as NodeJS.ErrnoException).code ?? 'error'))
      }
      await sleep(REST_MS)
    }
  }
  const clients = Array.from({ length: CLIENTS }, client)
  return {
    take() {
      const taken = { ...seen, latencies: seen.latencies.toSorted((a, b) => a - b) }
      seen = { answers: {}, latencies: [] }
      return taken
    },
    async stop() {
      isOver = true
      await Promise.all(clients)
      await pool.close()
    },
  }
}

/** The mix: half across borders, a third pages of cases in many texts, and what a gateway refuses. */
function questionOf(number: number, { tokens, across, personId }: LoadOptions): Ask {
  const pick = number % 12
  const token = tokens[Math.floor(number / 12) % tokens.length] ?? null
  const text = (query: string, variables: object = {}): string => JSON.stringify({ query, variables })
  if (pick < 6) return { body: text(across, { id: personId }), token }
  if (pick < 9) {
    const alias = `a${Math.floor(number / 12) % TEXTS}`
    const query = `query ($n: Int) { ${alias}: cases(first: $n) { edges { cursor node { id filedOn } } outcomes { country reach } } }`
    return { body: text(query, { n: 1 + (number % 50) }), token }
  }
  if (pick === 9) return { body: text('{ cases(first: 5) { edges { node { id } } ', {}), token }
  if (pick === 10) return { body: text(`{ unknown${number % TEXTS} }`), token }
  return { body: text('{ __typename }', { filler: 'x'.repeat(10_000) }), token: 'no.token.this' }
}
