/** An HTTP server between gateway and node that forwards or changes what it receives. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the wire does with an answer: forward it; remove its receipt; use the previous receipt; change bytes; never send it. */
export type Spoiling = 'NONE' | 'NO_RECEIPT' | 'OLD_RECEIPT' | 'OTHER_BODY' | 'SILENCE'

/** A leg as it passed the wire: both bodies, and the receipt. */
export interface PassedLeg {
  readonly request: string
  readonly response: string
  readonly receipt: string
}

/** A wire between a gateway and a node. */
export interface Wire {
  readonly url: string
  /** The legs that passed so far. */
  readonly passed: readonly PassedLeg[]
  /** The address to which it forwards. */
  leadTo(url: string): void
  /** What it does with answers from now on. */
  spoil(how: Spoiling): void
  close(): Promise<void>
}

/** Creates a wire that forwards to no address yet. */
export async function createWire(): Promise<Wire> {
  const passed: PassedLeg[] = []
  let [target, how, lastReceipt] = ['', 'NONE' as Spoiling, '']

  const handOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    if (how === 'SILENCE') return
    const { host: _, connection: __, 'content-length': ___, 'accept-encoding': ____, ...headers } = request.headers
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      body: Buffer.concat(parts),
    })
    const text = await answer.text()
    const receipt = answer.headers.get('istmo-receipt')
    passed.push({ request: Buffer.concat(parts).toString(), response: text, receipt: receipt ?? '' })
    const shown = how === 'NO_RECEIPT' ? null : how === 'OLD_RECEIPT' ? lastReceipt : receipt
    if (how !== 'OLD_RECEIPT') lastReceipt = receipt ?? ''
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      ...(shown !== null && { 'istmo-receipt': shown }),
    })
    response.end(how === 'OTHER_BODY' ? `${text} ` : text)
  }

  const server = createServer((request, response) => {
    handOn(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    leadTo(url) {
      target = url
    },
    spoil(next) {
      how = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
