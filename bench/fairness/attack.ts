/**
 * Attackers, in a process of their own: clients that send again as soon as they have an answer. Reads an {@link Attack} from its standard
 * input and prints a {@link Tally} when the time is over, or all documents are sent.
 */
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import {
  CASE_COUNTS,
  CLASSES,
  caseCountAliases,
  DUAL_CRIMINALITY,
  HOT,
  HOT_VARIABLES,
  hardDocument,
  introspection,
  listOfNames,
  NAME_LISTS,
  newDocument,
  newStatutes,
} from './documents.ts'

/** What attackers send. */
export type AttackKind = keyof typeof BODIES

/** What the process does. */
export interface Attack {
  readonly url: string
  readonly kind: AttackKind
  /** The clients take turns with these tokens. An empty one is none. */
  readonly tokens: readonly string[]
  readonly clients: number
  readonly seconds: number
  /** How many requests the clients send a second, together; undefined: as many as they can. */
  readonly perSecond?: number
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

/** Makes the query, and the variables if there are some, of the n-th request of each kind. */
const BODIES = {
  'new documents': (seed, number) => ({ query: hardDocument(`${seed} ${number}`) }),
  introspection: (_, number) => ({ query: introspection(number) }),
  classes: () => ({ query: CLASSES }),
  'hot questions': () => ({ query: HOT, variables: HOT_VARIABLES }),
  '20 KB documents': (seed, number) => ({ query: newDocument(`${seed} ${number}`) }),
  'dual criminality': () => ({ query: DUAL_CRIMINALITY }),
  'case count aliases': (_, number) => ({ query: caseCountAliases(number) }),
  'case counts': () => ({ query: CASE_COUNTS }),
  'lists of names': (_, number) => ({ query: NAME_LISTS, variables: { searches: listOfNames(number) } }),
  'new statutes': (seed, number) => ({ query: newStatutes(`${seed} ${number}`) }),
} satisfies Readonly<Record<string, (seed: string, number: number) => object>>

const bodyOf = ({ kind, seed }: Attack, number: number): string => JSON.stringify(BODIES[kind](seed, number))

async function send(pool: Pool, body: string, token: string): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) }
  const { statusCode, body: answer } = await pool.request({ path: '/graphql', method: 'POST', headers, body })
  // Only the beginning and the end: an attacker does not read what it gets, and reading would take the time of the bench.
  const read = await answer.text()
  const code =
    statusCode === 200 ? /"code":"([A-Z_]+)"/.exec(read.slice(-2_000))?.[1] : /"code":"([A-Z_]+)"/.exec(read)?.[1]
  return code === undefined ? String(statusCode) : `${statusCode} ${code}`
}

async function attack(plan: Attack): Promise<Tally> {
  const pool = new Pool(plan.url, { connections: plan.clients })
  const beganAt = performance.now()
  const until = beganAt + plan.seconds * 1_000
  const answers: Record<string, number> = {}
  const latencies: Record<string, number[]> = {}
  let sent = 0
  const client = async (): Promise<void> => {
    while (performance.now() < until && sent < (plan.requests ?? Number.POSITIVE_INFINITY)) {
      const number = sent++
      const body = bodyOf(plan, number)
      if (plan.perSecond !== undefined) {
        await sleep(Math.max(0, beganAt + (number * 1_000) / plan.perSecond - performance.now()))
      }
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
