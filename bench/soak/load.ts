/** The clients of the soak. Their number is fixed, and each sends its next operation when it has an answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

/** The number of clients. */
const CLIENTS = 6

/** How long a client waits between two operations, in milliseconds. The load should last; it need not be the highest possible. */
const REST_MS = 10

/** The number of different texts of the operation on cases. */
const TEXTS = 50

/** A client hangs up before the answer in one of this number of operations. */
const HANGS_UP = 20

/** What the clients saw since the last call of {@link Load.take}. */
export interface Seen {
  /** The number of answers by HTTP status; `hangup` if the client hung up. */
  readonly answers: Readonly<Record<string, number>>
  /** The times of the answers with status 200, in milliseconds, sorted. */
  readonly latencies: readonly number[]
}

/** A running load. */
export interface Load {
  /** Returns what the clients saw since the last call. */
  take(): Seen
  stop(): Promise<void>
}

/** What the clients send, and with which tokens, one after the other. */
export interface LoadOptions {
  readonly url: string
  readonly tokens: readonly string[]
  /** The demo’s operation across borders, and the id of the person to ask about. */
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

/** Chooses an operation: half are across borders, a quarter are pages of cases in many texts, and the gateway rejects the rest. */
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
