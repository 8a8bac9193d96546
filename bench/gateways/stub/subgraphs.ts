/**
 * The subgraphs of the bench, in a process of its own: a server for each, and one that says how many requests they have answered. Prints one line of
 * JSON with the ports when they listen.
 */
import { DOMAINS } from '../../../contract/domain.ts'
import { plainSdl } from '../graph/graph.ts'
import { RECORDS_OF_ALL } from '../records.ts'
import { createAnswerer } from './answer.ts'
import { makeResponse, type Respond, startStubServer } from './http-server.ts'

/** The largest answer that is kept as bytes. Larger ones are put together from the texts of their records. */
const MAX_KEPT_BYTES = 512 * 1_024

/** How many bytes of answers are kept. */
const MAX_KEPT_TOTAL = 2 * 2 ** 30

let keptBytes = 0

function createResponder(sdl: string): Respond {
  const answer = createAnswerer(sdl, RECORDS_OF_ALL)
  const kept = new Map<string, Buffer>()
  return ({ body }) => {
    const text = body.toString('latin1')
    const known = kept.get(text)
    if (known !== undefined) return known
    const response = makeResponse(Buffer.from(answer(body.toString('utf8'))))
    if (response.length <= MAX_KEPT_BYTES && keptBytes < MAX_KEPT_TOTAL) {
      kept.set(text, response)
      keptBytes += response.length + text.length
    }
    return response
  }
}

const servers = await Promise.all(
  DOMAINS.map(async (name) => [name, await startStubServer(createResponder(plainSdl(name)))] as const),
)
const control = await startStubServer(() => {
  const requests = servers.reduce((sum, [, { count }]) => sum + count(), 0)
  return makeResponse(Buffer.from(JSON.stringify({ requests })))
})
const ports = Object.fromEntries(servers.map(([name, { port }]) => [name, port]))
process.stdout.write(`${JSON.stringify({ control: control.port, ...ports })}\n`)
