import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type NoteSigner, type NoteVerifier, SIGNATURE_TYPES } from '../note/key.ts'
import { formatSignatureLine, signText } from '../note/note.ts'
import { checkProgress, checkRequest, type Rejection, type SignedRequest } from './add-checkpoint.ts'
import { type Heads, openHeads } from './heads.ts'

/**
 * A witness (C2SP tlog-witness) cosigns a log's checkpoint if that is consistent with the last one that it cosigned. It thereby
 * attests that the log has not removed or changed entries. It needs a key, a folder with a few bytes for each log, and the logs' keys.
 */

/** The longest request, in bytes: a proof, and a checkpoint with many signatures. */
const MAX_BODY_BYTES = 256 * 1024

/** How long a request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

/** The options of a witness. */
export interface WitnessOptions {
  /** The folder in which it stores heads. Only one process at a time can use it. */
  readonly folder: string
  /** Its key, of the type for cosignatures. The signer's clock gives the time in cosignatures. */
  readonly signer: NoteSigner
  /** The keys of the logs that it watches. The name of a key is the origin of its log. */
  readonly logs: readonly NoteVerifier[]
  /** Called for each checkpoint that its log signed but the witness rejected. It may prove that the log removed or changed entries. */
  readonly onConflict?: (rejection: Rejection, checkpoint: string) => void
}

/** An HTTP answer of a witness. */
export interface WitnessAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** An open witness. */
export interface Witness {
  /** Answers one request to `add-checkpoint`. Rejects only if the folder fails: then nothing was cosigned. */
  readonly addCheckpoint: (body: string) => Promise<WitnessAnswer>
  /** Waits for pending requests, and releases the folder. */
  readonly close: () => Promise<void>
}

/** Opens a witness. Rejects with a FolderInUseError if another process has the folder, or with a TypeError if the key has another type. */
export async function createWitness(options: WitnessOptions): Promise<Witness> {
  const { signer, logs, onConflict } = options
  if (signer.verifier.type !== SIGNATURE_TYPES.cosignature)
    throw new TypeError('the key of a witness must be of type 0x04')
  const heads = await openHeads(options.folder)
  const keysOf = (origin: string) => logs.filter(({ name }) => name === origin)

  const addCheckpoint = async (body: string): Promise<WitnessAnswer> => {
    const request = checkRequest(body, keysOf)
    if ('status' in request) return answerRejection(request)
    const rejection = await heads.inTurn(request.head.origin, () => advance(request, heads))
    if (rejection === undefined) {
      return {
        status: 200,
        type: 'text/plain; charset=utf-8',
        body: formatSignatureLine(signText(request.text, signer)),
      }
    }
    onConflict?.(rejection, request.checkpoint)
    return answerRejection(rejection)
  }
  return { addCheckpoint, close: heads.close }
}

/** Checks and stores a head in one turn. Otherwise a slower request could set the witness back (tlog-witness, the race at its end). */
async function advance(request: SignedRequest, heads: Heads): Promise<Rejection | undefined> {
  const { head } = request
  const rejection = checkProgress(request, await heads.last(head.origin))
  if (rejection === undefined) await heads.store(head.origin, head)
  return rejection
}

function answerRejection({ status, why, known }: Rejection): WitnessAnswer {
  if (known !== undefined) return { status, type: 'text/x.tlog.size', body: `${known}\n` }
  return { status, type: 'text/plain; charset=utf-8', body: `${why}\n` }
}

/**
 * Creates the HTTP server of a witness, which does not listen yet. It answers `POST <prefix>/add-checkpoint` under any prefix, and
 * `GET /health/ready`.
 * @param onError called with the error if the folder fails; the client then gets 500
 */
export function createWitnessServer(witness: Witness, onError: (error: unknown) => void = () => undefined): Server {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    respond(witness, request, response).catch((error: unknown) => {
      onError(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  return server
}

async function respond(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (path === '/health/ready') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ready\n')
    return
  }
  if (!path.endsWith('/add-checkpoint')) {
    response.writeHead(404).end()
    return
  }
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end()
    return
  }
  const text = await readBody(request)
  if (text === undefined) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const { status, type, body } = await witness.addCheckpoint(text)
  response.writeHead(status, { 'content-type': type }).end(body)
}

/** Reads the complete body. Returns undefined if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    length += (part as Buffer).length
    if (length > MAX_BODY_BYTES) return undefined
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}
