/**
 * The limit: a server that answers the operations of the bench by hand (operations.ts). Prints its port when it listens. Arguments: the ports of
 * persons, cases and legal.
 */
import { createClient } from './http-client.ts'
import { answerByHand, type Post } from './operations.ts'
import { serveByHand } from './serve.ts'

/** How many connections it has to each subgraph. */
const CONNECTIONS = 64

const HEAD = 'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json'

function postTo(port: string | undefined): Post {
  const send = createClient(Number(port), CONNECTIONS)
  return async (body) =>
    (await send(`${HEAD}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)).body.toString()
}

const [persons, cases, legal] = process.argv.slice(2)
const posts = { persons: postTo(persons), cases: postTo(cases), legal: postTo(legal) }
const { answer } = answerByHand({ isRuled: false })

serveByHand(async ({ operationName, variables }) =>
  JSON.stringify({ data: await answer(posts, operationName, variables) }),
)
