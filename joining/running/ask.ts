import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { createConnection } from 'node:net'
import type { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import { readBounded, readStart } from '../../service/http/read-bounded.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'

/** How the commands that keep a node ask others, and the servers of their own machine. */

/** How long another side may take, and how long a server of this machine, in milliseconds. */
const [DEADLINE_MS, NEAR_DEADLINE_MS] = [5_000, 3_000]

/**
 * How much of an answer is read, in bytes: a checkpoint has a signature of each witness, and a status a line for each country, leg code, certificate and
 * suspension.
 */
const MAX_BYTES = 1_048_576

/**
 * Asks a server for JSON. It follows no redirect. Rejects if the server does not answer in time, is not the one of `trust`, or sends more than a mebibyte.
 * @returns `body`: undefined if it is not JSON. `headAtMs`: when the head came, in milliseconds since the epoch.
 */
export async function askJson(url: string | URL, trust?: ServerTrust) {
  const response = await createTrustedFetch(trust)(url, {
    signal: AbortSignal.timeout(DEADLINE_MS),
    redirect: 'error',
  })
  const headAtMs = Date.now()
  const text = await readBounded(response, MAX_BYTES, 'an answer')
  const { status, headers } = response
  return { status, headers, text, body: parseJson(text), headAtMs }
}

/** Says why a server did not answer, with the cause that `fetch` hides in its error. */
export function causeOf(error: unknown): unknown {
  return (error as { readonly cause?: unknown }).cause ?? error
}

/** Where a server of this machine listens. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** The address at which this machine reaches a server that listens on all of its addresses. */
function reachable({ host, port }: Place): Place {
  return { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port }
}

/** Whether something listens at a port. */
export function isTaken(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ ...reachable(place), timeout: NEAR_DEADLINE_MS })
    const end = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
}

/** Asks a probe of this machine. Who answers is seen by what it answers, so its certificate is not looked at here. */
export function ask(
  place: Place,
  path: string,
  hasTls = false,
): Promise<{ readonly status: number; readonly body: string }> {
  // The signal bounds the whole answer: the time without a byte never ends if a byte comes now and then.
  const signal = AbortSignal.timeout(NEAR_DEADLINE_MS)
  const options = { ...reachable(place), path, signal, headers: { host: 'localhost' } }
  return new Promise((resolve, reject) => {
    const request = hasTls ? requestTls({ ...options, rejectUnauthorized: false }) : requestPlain(options)
    // A request that is over can still fail, when its connection breaks: nobody waits for it, and it ends nothing.
    request.on('error', reject)
    request.once('response', (response) => {
      const status = response.statusCode ?? 0
      readStart(response, MAX_BYTES).then((body) => resolve({ status, body }), reject)
    })
    request.end()
  })
}

/** Whether a node answers at a port. */
export async function isNodeAt(place: Place, hasTls: boolean): Promise<boolean> {
  const live = await ask(place, '/health/live', hasTls).catch(() => null)
  return live?.body.includes('"live"') === true
}

/**
 * Asks the operator's server of a node for its status.
 * @returns null if it does not answer, or shows it in another form, as those of earlier versions do.
 */
export async function askStatus<Shape>(operator: Place, shape: z.ZodType<Shape>): Promise<Shape | null> {
  const answer = await ask(operator, '/status').catch(() => null)
  return answer === null ? null : (shape.safeParse(parseJson(answer.body)).data ?? null)
}
