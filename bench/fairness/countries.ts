/**
 * Countries of the bench, in a process of its own: GT and HN answer well, and SV as the bench told this process by a request to
 * `/become/<way>`. Prints one line with its port when it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerLeg } from './answer-leg.ts'

/** How the hostile country answers. */
export const HOSTILE_WAYS = ['well', 'dense', 'refused', 'deep', 'endless'] as const
export type HostileWay = (typeof HOSTILE_WAYS)[number]

/** The largest answer that the gateway takes, in bytes: its own default. */
const MAX_BYTES = 4 * 2 ** 20

/** How many items of the list of classes fill an answer with about as many values as the gateway takes: seven for each. */
const DENSE_ITEMS = 18_000

const answers = new Map<string, Buffer>()

function answerOf(country: string, text: string, listLength: number): Buffer {
  // Each document of an attack is asked once. Only the texts that come often are worth the memory.
  const key = `${country} ${listLength} ${text}`
  const known = answers.get(key)
  if (known !== undefined) return known
  const answer = Buffer.from(answerLeg(country, text, { listLength }))
  if (answers.size < 50) answers.set(key, answer)
  return answer
}

const DEEP = Buffer.from(`{"data":{"x":${'['.repeat(MAX_BYTES / 2 - 100)}${']'.repeat(MAX_BYTES / 2 - 100)}}}`)
const REFUSED = Buffer.from(`{"data":{"x":[${'{},'.repeat(MAX_BYTES / 3 - 100)}{}]}}`)

/** Sends bytes for ever, as fast as the gateway takes them. */
function sendEndlessly(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, '0,')
  const send = (): void => {
    if (response.destroyed) return
    if (response.write(chunk)) setImmediate(send)
    else response.once('drain', send)
  }
  response.write('{"data":{"x":[')
  send()
}

let way: HostileWay = 'well'

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const [, country = ''] = (request.url ?? '').split('/')
  if (country === 'become') {
    way = request.url?.split('/')[2] as HostileWay
    response.end()
    return
  }
  const text = Buffer.concat(chunks).toString()
  response.setHeader('content-type', 'application/json')
  if (country !== 'SV' || way === 'well') response.end(answerOf(country, text, 3))
  else if (way === 'dense') response.end(answerOf(country, text, DENSE_ITEMS))
  else if (way === 'deep') response.end(DEEP)
  else if (way === 'refused') response.end(REFUSED)
  else sendEndlessly(response)
}

const server = createServer((request, response) => {
  response.on('error', () => undefined)
  serve(request, response).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    response.destroy()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
