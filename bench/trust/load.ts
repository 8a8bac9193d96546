/** Sends requests to a gateway, and checks each answer. */
import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'undici'
import type { Dressed } from './dress.ts'
import type { Shot } from './officers.ts'
import { cpuMs } from './processes.ts'
import type { Question } from './questions.ts'

/** What one window of load has shown. */
export interface Window {
  readonly perSecond: number
  /** Processor time for each request, in milliseconds. */
  readonly gatewayMs: number
  readonly nodesMs: number
  /** How long each answer took, in milliseconds. */
  readonly latencies: readonly number[]
  /** How many answers lacked a country that was not reached. They are not among the others. */
  readonly lacking: number
}

/** An answer of a gateway. */
export interface Answer {
  readonly status: number
  readonly nonce: string | null
  readonly text: string
}

/** Sends one request. */
export async function sendOne(pool: Pool, { headers, body }: Shot): Promise<Answer> {
  const all = { 'content-type': 'application/json', ...headers }
  const answer = await pool.request({ path: '/graphql', method: 'POST', headers: all, body })
  const nonce = answer.headers['dpop-nonce']
  return { status: answer.statusCode, nonce: typeof nonce === 'string' ? nonce : null, text: await answer.body.text() }
}

/**
 * Checks that an answer is complete: status 200, no error, the right data, and each country has answered.
 * @throws {Error} with the answer.
 */
export function checkAnswer({ status, text }: Answer, { data, name }: Question): void {
  const answer = JSON.parse(text) as AnswerBody
  const reaches = answer.extensions?.countries?.map(({ reach }) => reach) ?? []
  const isRight = status === 200 && answer.errors === undefined && isDeepStrictEqual(answer.data, data)
  if (isRight && reaches.length > 0 && reaches.every((reach) => reach === 'ANSWERED')) return
  throw new Error(`${name}: expected the right answer of all countries; came ${status}: ${text}`)
}

/** Whether an answer lacks countries only because they were not reached. */
function isLacking({ status, text }: Answer): boolean {
  const reaches = (JSON.parse(text) as AnswerBody).extensions?.countries ?? []
  return status === 200 && reaches.some(({ reach }) => reach === 'UNAVAILABLE')
}

interface AnswerBody {
  readonly data?: unknown
  readonly errors?: unknown
  readonly extensions?: { readonly countries?: readonly { readonly reach?: string }[] }
}

/**
 * Sends requests by clients that each ask again as soon as they have an answer, until the time is over or all requests are sent.
 * @param mayLack whether an answer may lack a country that was not reached. It is counted, and not among the answers.
 * @throws {Error} if an answer is wrong.
 */
export async function load(
  { pool, gateway, nodes }: Pick<Dressed, 'pool' | 'gateway' | 'nodes'>,
  shots: readonly Shot[],
  question: Question,
  { ms, clients, mayLack = false }: { readonly ms: number; readonly clients: number; readonly mayLack?: boolean },
): Promise<Window> {
  const latencies: number[] = []
  let lacking = 0
  const cpu = () => ({ gateway: cpuMs([gateway]), nodes: cpuMs(nodes) })
  const before = cpu()
  const from = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) {
        const sentAt = performance.now()
        if (sentAt - from > ms) return
        const answer = await sendOne(pool, shot)
        if (mayLack && isLacking(answer)) {
          lacking += 1
          continue
        }
        checkAnswer(answer, question)
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const seconds = (performance.now() - from) / 1_000
  const after = cpu()
  return {
    perSecond: latencies.length / seconds,
    gatewayMs: (after.gateway - before.gateway) / latencies.length,
    nodesMs: (after.nodes - before.nodes) / latencies.length,
    ...{ latencies, lacking },
  }
}
