import type { CDPSession } from 'playwright-core'

/** A request that a page sent, in milliseconds by one clock. */
export interface TracedRequest {
  readonly method: string
  /** Without its query, which may hold a code. */
  readonly address: string
  readonly status: number
  readonly isFromCache: boolean
  readonly sentMs: number
  /** When its answer was there, with its body. */
  readonly endedMs: number
}

/** Notes each request of a page. */
export interface Trace {
  /** Forgets what was noted so far. */
  restart(): void
  /** Lists what was answered, in the order in which it was sent. */
  list(): readonly TracedRequest[]
}

type Open = { -readonly [Key in keyof TracedRequest]: TracedRequest[Key] }

/** Begins to note the requests of a page, those that ask before others (CORS) and redirections included. */
export async function startTrace(session: CDPSession): Promise<Trace> {
  let ended: TracedRequest[] = []
  const open = new Map<string, Open>()
  const end = (id: string, timestamp: number): void => {
    const request = open.get(id)
    if (request === undefined) return
    open.delete(id)
    ended.push({ ...request, endedMs: timestamp * 1_000 })
  }
  session.on('Network.requestWillBeSent', ({ requestId, timestamp, request, redirectResponse }) => {
    const redirected = open.get(requestId)
    if (redirected !== undefined && redirectResponse !== undefined) redirected.status = redirectResponse.status
    end(requestId, timestamp)
    const address = request.url.split(/[?#]/, 1)[0] ?? ''
    const sentMs = timestamp * 1_000
    open.set(requestId, { method: request.method, address, status: 0, isFromCache: false, sentMs, endedMs: 0 })
  })
  session.on('Network.requestServedFromCache', ({ requestId }) => {
    const request = open.get(requestId)
    if (request !== undefined) request.isFromCache = true
  })
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const request = open.get(requestId)
    if (request === undefined) return
    request.status = response.status
    request.isFromCache ||= response.fromDiskCache === true
  })
  session.on('Network.loadingFinished', ({ requestId, timestamp }) => end(requestId, timestamp))
  session.on('Network.loadingFailed', ({ requestId, timestamp }) => end(requestId, timestamp))
  await session.send('Network.enable')
  return {
    restart: () => {
      ended = []
    },
    list: () => ended.toSorted((left, right) => left.sentMs - right.sentMs),
  }
}

/** How much later than the end of another request one is sent that waited for it, in milliseconds: the page does something in between. */
const AT_ONCE_MS = 400

/**
 * Writes the requests line by line: when each was sent after the first, how long it took, and after which other one it was sent. What came out of the
 * browser's own cache is left out.
 */
export function writeChain(requests: readonly TracedRequest[]): readonly string[] {
  const sent = requests.filter(({ isFromCache, address }) => !isFromCache && address.startsWith('http'))
  const [first] = sent
  if (first === undefined) return []
  return sent.map((request, index) => {
    const { method, address, status, sentMs, endedMs } = request
    const before = findBefore(sent, request)
    const after = before < 0 ? '' : `, after ${before + 1}`
    const [at, took] = [sentMs - first.sentMs, endedMs - sentMs].map((ms) => String(Math.round(ms)).padStart(5))
    return `${String(index + 1).padStart(3)}. at ${at} ms for ${took} ms: ${method} ${address} (${status}${after})`
  })
}

/** Finds the request whose end a request waited for: the last one that ended before. */
function findBefore(sent: readonly TracedRequest[], { sentMs }: TracedRequest): number {
  let found = -1
  sent.forEach(({ endedMs }, index) => {
    const isBefore = endedMs <= sentMs + 1 && sentMs - endedMs <= AT_ONCE_MS
    if (isBefore && endedMs > (sent[found]?.endedMs ?? Number.NEGATIVE_INFINITY)) found = index
  })
  return found
}
