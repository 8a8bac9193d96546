/** Requests a second: each contender in each round, in turn. */
import type { Officer } from './authority.ts'
import type { Dressed } from './dress.ts'
import { load, sendOne, type Window } from './load.ts'
import { makeShots, type Way } from './officers.ts'
import type { Question } from './questions.ts'
import { judge, median, quantile, ratioByRound, row } from './table.ts'

/** How many clients ask at the same time. */
const CLIENTS = 64

/** How long a dress may be warmed up, in milliseconds: statements are good for a minute. */
const WARM_UP_MS = 40_000

/** One row of the table. */
export interface Contender {
  readonly name: string
  readonly dressed: Dressed
  readonly question: Question
  readonly way: Way
  readonly officers: readonly Officer[]
  /** With which contender it is compared; null: with none. */
  readonly base: Contender | null
  /**
   * Whether an answer may lack a country that was not reached: an earlier version fails a leg whose connection its node closed while a busy gateway
   * kept it. Default: false.
   */
  readonly mayLack?: boolean
  /** The least ratio to the base; null: no bound. */
  readonly least: number | null
  readonly windows: Window[]
}

/** How long and how often is measured. */
export interface HotPlan {
  readonly rounds: number
  readonly windowMs: number
  /**
   * How often each dress has answered a question before it is measured. The code that answers becomes faster with each answer at first, so all
   * dresses must have answered as often.
   */
  readonly warmUp: (question: Question) => number
}

/**
 * Warms each dress up, and loads each contender in each round.
 * @throws {Error} if an answer is wrong or a process has ended.
 */
export async function measure(contenders: readonly Contender[], { rounds, windowMs, warmUp }: HotPlan): Promise<void> {
  const guesses = new Map<Contender, number>()
  for (const contender of contenders) {
    const { dressed, question } = contender
    const sharing = contenders.filter((other) => other.dressed === dressed && other.question === question).length
    const { perSecond } = await send(contender, { count: Math.ceil(warmUp(question) / sharing), ms: WARM_UP_MS })
    guesses.set(contender, perSecond)
  }
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      // More than can be answered in the time.
      const count = Math.ceil(((guesses.get(contender) ?? 0) * 2 * windowMs) / 1_000)
      contender.windows.push(await send(contender, { count, ms: windowMs }))
    }
  }
}

async function send(
  contender: Contender,
  { count, ms }: { readonly count: number; readonly ms: number },
): Promise<Window> {
  const { name, dressed, question, way, officers, mayLack = false } = contender
  const nonce = way === 'bearer' ? null : await fetchNonce({ ...contender, pool: dressed.pool })
  const shots = makeShots(officers, question, way, nonce, count)
  const window = await load(dressed, shots, question, { ms, clients: CLIENTS, mayLack }).catch((cause: unknown) => {
    throw new Error(`${name}: ${(cause as Error).message}`, { cause })
  })
  if (window.lacking > 0)
    process.stderr.write(`${question.name}, ${name}: ${window.lacking} answers lacked a country\n`)
  dressed.check()
  return window
}

/** Gets a nonce, as a tool does: by a request with a proof without one. */
export async function fetchNonce({
  pool,
  question,
  way,
  officers,
}: Pick<Contender, 'question' | 'way' | 'officers'> & Pick<Dressed, 'pool'>): Promise<string> {
  const [shot] = makeShots(officers, question, way, null, 1)
  if (shot === undefined) throw new Error('expected an officer; came none')
  const { nonce, status, text } = await sendOne(pool, shot)
  if (nonce === null) throw new Error(`expected a nonce; came ${status}: ${text}`)
  return nonce
}

/** Writes the processor time of a request, and by how much it is that of the base. */
function cpuOf({ windows, base }: Contender, of: (window: Window) => number): string {
  const ms = median(windows.map(of)).toFixed(3)
  if (base === null) return ms
  return `${ms} (× ${ratioByRound(windows.map(of), base.windows.map(of)).toFixed(2)})`
}

/** Writes the table. */
export function hotTable(contenders: readonly Contender[]): string {
  const head = row(
    ...['question', 'dress', 'requests a second', 'ratio', 'gateway ms', 'nodes ms', 'p50 ms', 'p99 ms', 'bound'],
  )
  const rows = contenders.map((contender) => {
    const { name, question, base, least, windows } = contender
    const latencies = windows.flatMap((window) => window.latencies)
    const rates = windows.map(({ perSecond }) => perSecond)
    const ratio =
      base === null
        ? null
        : ratioByRound(
            rates,
            base.windows.map(({ perSecond }) => perSecond),
          )
    return row(
      question.name,
      name,
      median(rates).toFixed(0),
      ratio === null || base === null ? '' : `${ratio.toFixed(3)} of ${base.name}`,
      cpuOf(contender, ({ gatewayMs }) => gatewayMs),
      cpuOf(contender, ({ nodesMs }) => nodesMs),
      quantile(latencies, 0.5).toFixed(1),
      quantile(latencies, 0.99).toFixed(1),
      ratio === null ? '' : judge(ratio, least),
    )
  })
  return `${head}|${'---|'.repeat(9)}\n${rows.join('')}`
}
