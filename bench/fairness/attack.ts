/**
 * Attackers, in a process of their own: clients that send again as soon as they have an answer. Reads an {@link Attack} from its standard
 * input and prints a {@link Tally} when the time is over, or all documents are sent.
 */
import { text } from 'node:stream/consumers'
import { Pool } from 'undici'
import { CLASSES, HOT, HOT_VARIABLES, hardDocument, introspection, newDocument } from './documents.ts'

/** What attackers send. */
export type AttackKind = 'new documents' | 'introspection' | 'classes' | 'hot questions' | '20 KB documents'

/** What the process does. */
export interface Attack {
  readonly url: string
  readonly kind: AttackKind
  /** The clients take turns with these tokens. */
  readonly tokens: readonly string[]
  readonly clients: number
  readonly seconds: number
  /** How many requests are sent in all; null: as many as the time allows. */
  readonly requests: number | null
  /** Makes the documents of this run different from those of other runs. */
  readonly seed: string
}

/** What came: the number of answers by their status and first error code, and their times in milliseconds by the same key, sorted. */
export interface Tally {
  readonly answers: Readonly<Record<string, number>>
  readonly latencies: Readonly<Record<string, readonly number[]>>
}

function bodyOf({ kind, seed }: Attack, number: number): string {
  if (kind === 'hot questions') return JSON.stringify({ query: HOT, variables: HOT_VARIABLES })
  if (kind === 'classes') return JSON.stringify({ query: CLASSES })
  if (kind === 'introspection') return JSON.stringify({ query: introspection(number) })
  const document = kind === 'new documents' ? hardDocument(`${seed} ${number}`) : newDocument(`${seed} ${number}`)
  return JSON.stringify({ query: document })
}

async function send(pool: Pool, body: string, token: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const { statusCode, body: answer } = await pool.request({ path: '/graphql', method: 'POST', headers, body })
  // Only the beginning and the end: an attacker does not read what it gets, and reading would take the time of the bench.
  const read = await answer.text()
  const code =
    statusCode === 200 ? /"code":"([A-Z_]+)"/.exec(read.slice(-2_000))?.[1] : /"code":"([A-Z_]+)"/.exec(read)?.[1]
  return code === undefined ? String(statusCode) : `${statusCode} ${code}`
}

async function attack(plan: Attack): Promise<Tally> {
  const pool = new Pool(plan.url, { connections: plan.clients })
  const until = performance.now() + plan.seconds * 1_000
  const answers: Record<string, number> = {}
  const latencies: Record<string, number[]> = {}
  let sent = 0
  const client = async (): Promise<void> => {
    while (performance.now() < until && sent < (plan.requests ?? Number.POSITIVE_INFINITY)) {
      const number = sent++
      const body = bodyOf(plan, number)
      const startedAt = performance.now()
      const key = await send(pool, body, plan.tokens[number % plan.tokens.length] ?? '').catch(
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      )
      answers[key] = (answers[key] ?? 0) + 1
      const times = latencies[key] ?? []
      latencies[key] = times
      times.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: plan.clients }, client))
  await pool.close()
  for (const times of Object.values(latencies)) times.sort((a, b) => a - b)
  return { answers, latencies }
}

const plan = JSON.parse(await text(process.stdin)) as Attack
process.stdout.write(JSON.stringify(await attack(plan)))
