import { type Agent as HttpAgent, request as httpRequest } from 'node:http'
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { z } from 'zod'

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
 * @throws {Error} if there is no answer, if it is too large, or if it does not have the expected form. The message has no text of the answer.
 */
export async function pollFeed(url: string, after: number, agent: HttpAgent | HttpsAgent): Promise<FeedAnswer> {
  const address = new URL(url)
  address.searchParams.set('after', String(after))
  const body = await readBody(address, agent)
  const parsed = answerSchema.safeParse(parseJson(body))
  if (!parsed.success) throw new Error('expected «now» and «statements» as JSON; came another body')
  return parsed.data
}

function readBody(address: URL, agent: HttpAgent | HttpsAgent): Promise<string> {
  const request = address.protocol === 'https:' ? httpsRequest : httpRequest
  const signal = AbortSignal.timeout(DEADLINE_MS)
  return new Promise((resolve, reject) => {
    const sent = request(address, { agent, signal, headers: { accept: 'application/json' } }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength
        if (size > MAX_ANSWER_BYTES) sent.destroy(new Error(`expected at most ${MAX_ANSWER_BYTES} bytes; came more`))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'))
        else reject(new Error(`expected status 200; came ${response.statusCode}`))
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
