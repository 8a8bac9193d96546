/** Asks a gateway each variant of an operation once, and checks the answers. */
import { Agent, type Dispatcher } from 'undici'
import { canonicalText, checkSame, type RightAnswer } from './equal.ts'
import { bodyOf, type Operation, variantsOf } from './operations.ts'
import type { RawRequest } from './wrk.ts'

/** How many questions are in flight while answers are checked. */
const IN_FLIGHT = 4

const agent = new Agent({ connections: IN_FLIGHT, bodyTimeout: 60_000, headersTimeout: 60_000 })

/** The right data of each variant of an operation without rules, as canonical texts. */
export type Expected = readonly string[]

interface Asked {
  readonly status: number
  readonly text: string
  /** The length of the whole response. */
  readonly bytes: number
}

/**
 * Makes requests for a gateway that needs no headers. The variants take turns.
 * @param from the first variant.
 */
export function plainRequests(operation: Operation, count: number, from = 0): readonly RawRequest[] {
  return Array.from({ length: count }, (_, at) => ({
    headers: {},
    body: bodyOf(operation, (from + at) % variantsOf(operation)),
  }))
}

/** Asks the server whose answers are the right ones. */
export async function askExpected(port: number, operation: Operation): Promise<Expected> {
  const answers: string[] = []
  for (const request of plainRequests(operation, variantsOf(operation))) {
    const { text } = await ask(port, request)
    answers.push(canonicalText((JSON.parse(text) as { readonly data: unknown }).data))
  }
  return answers
}

/**
 * Asks a gateway each request, and checks the answers.
 * @param right the answers to the first requests, which take turns.
 * @returns the mean of the responses' bytes.
 * @throws {Error} if an answer is not the right one.
 */
export async function checkAnswers(
  port: number,
  requests: readonly RawRequest[],
  right: readonly RightAnswer[],
): Promise<number> {
  let [next, bytes] = [0, 0]
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let at = next++; at < requests.length; at = next++) {
        const answer = await ask(port, requests[at] as RawRequest)
        checkSame(answer, right[at % right.length] as RightAnswer)
        bytes += answer.bytes
      }
    }),
  )
  return bytes / requests.length
}

/** Asks a gateway once. */
export async function ask(port: number, { headers, body }: RawRequest): Promise<Asked> {
  const all = { 'content-type': 'application/json', accept: 'application/json', ...headers }
  const origin = `http://127.0.0.1:${port}`
  const answer = await agent.request({ origin, path: '/graphql', method: 'POST', headers: all, body })
  const text = await answer.body.text()
  return { status: answer.statusCode, text, bytes: headBytes(answer) + Buffer.byteLength(text) }
}

const STATUS_LINE = 'HTTP/1.1 200 OK\r\n'

/** The length of the head of a response, and of the frame around a body that comes as one chunk. */
function headBytes({ headers }: Dispatcher.ResponseData): number {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${name}: ${one}\r\n`),
  )
  const frame = headers['transfer-encoding'] === 'chunked' ? 'ffff\r\n\r\n0\r\n\r\n' : ''
  return `${STATUS_LINE}${lines.join('')}\r\n${frame}`.length
}
