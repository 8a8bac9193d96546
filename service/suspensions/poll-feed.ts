import type { Pool } from 'undici'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'

/** One look at somebody's `GET /suspensions` (docs/design/trust.md, Stop). */

/** The largest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 256 * 1_024

/** The most statements of an answer. Each that counts has some 400 bytes. */
const MAX_STATEMENTS = 1_000

/** How long one look may take, in milliseconds. */
const DEADLINE_MS = 2_000

const answerSchema = z.object({
  now: z.int().nonnegative(),
  /** Absent from a process that serves no places: then each answer has all statements. */
  id: z.string().max(100).default(''),
  last: z.int().nonnegative().default(0),
  statements: z.array(z.string()).max(MAX_STATEMENTS),
})

/** What a process says that it knows. Nothing of it is verified. */
export type FeedAnswer = Readonly<z.output<typeof answerSchema>>

/**
 * Asks for the statements after a position.
 * @param pool the connections to the origin of `url`.
 * @throws {Error} if there is no answer, if it is too large, or if it does not have the expected form. The message has no text of the answer.
 */
export async function pollFeed(url: string, after: number, pool: Pick<Pool, 'request'>): Promise<FeedAnswer> {
  const address = new URL(url)
  address.searchParams.set('after', String(after))
  const { statusCode, body } = await pool.request({
    path: `${address.pathname}${address.search}`,
    method: 'GET',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    // Leaving the loop closes the connection, so that nothing more is read.
    if (size > MAX_ANSWER_BYTES) throw new Error(`expected at most ${MAX_ANSWER_BYTES} bytes; came more`)
    chunks.push(chunk)
  }
  if (statusCode !== 200) throw new Error(`expected status 200; came ${statusCode}`)
  const parsed = answerSchema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')))
  if (!parsed.success) throw new Error('expected «now» and «statements» as JSON; came another body')
  return parsed.data
}
