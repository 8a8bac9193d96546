import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type NoteSigner, type NoteVerifier, SIGNATURE_TYPES } from '../note/key.ts'
import { formatSignatureLine, signText } from '../note/note.ts'
import { checkProgress, checkRequest, type Rejection, type SignedRequest } from './add-checkpoint.ts'
import { type Heads, openHeads } from './heads.ts'

/**
 * A witness (C2SP tlog-witness): it cosigns a log's checkpoint where that goes on from the last one which it cosigned, and so
 * attests that the log has taken nothing back. It needs a key, a folder of a few bytes for each log, and the logs' keys.
 */

/** The longest request, in bytes: a proof, and a checkpoint with many signatures. */
const MAX_BODY_BYTES = 256 * 1024

/** How long a request may take to come, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

/** What a witness needs. */
export interface WitnessOptions {
  /** Where it remembers heads. One process at a time. */
  readonly folder: string
  /** Its key, of the type for cosignatures; its clock is the key's. */
  readonly signer: NoteSigner
  /** The keys of the logs that it watches; a key's name is its log's origin. */
  readonly logs: readonly NoteVerifier[]
  /** Told of every checkpoint that was signed by its log and yet was refused: it may prove that the log took something back. */
  readonly onRejectedAnswer?: (refusal: Rejection, checkpoint: string) => void
}

/** An answer of a witness, as HTTP has it. */
export interface WitnessAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** A witness, open. */
export interface Witness {
  /** Answers one request to `add-checkpoint`. Rejects only where the folder fails: then nothing was cosigned. */
  readonly addCheckpoint: (body: string) => Promise<WitnessAnswer>
  /** Waits for requests under way and gives the folder free. */
  readonly close: () => Promise<void>
}

/** Opens a witness. Rejects with a FolderInUseError, and with a TypeError where its key is of another type. */
export async function createWitness(options: WitnessOptions): Promise<Witness> {
  const { signer, logs, onRejectedAnswer } = options
  if (signer.verifier.type !== SIGNATURE_TYPES.cosignature) throw new TypeError('a witness’ key is of type 0x04')
  const heads = await openHeads(options.folder)
  const keysOf = (origin: string) => logs.filter(({ name }) => name === origin)

  const addCheckpoint = async (body: string): Promise<WitnessAnswer> => {
    const request = checkRequest(body, keysOf)
    if ('status' in request) return answerRejection(request)
    const refusal = await heads.inTurn(request.head.origin, () => advance(request, heads))
    if (refusal === undefined) {
      return {
        status: 200,
        type: 'text/plain; charset=utf-8',
        body: formatSignatureLine(signText(request.text, signer)),
      }
    }
    onRejectedAnswer?.(refusal, request.checkpoint)
    return answerRejection(refusal)
  }
  return { addCheckpoint, close: heads.close }
}

/** Checks and remembers in one turn; otherwise a slower request could set the witness back (tlog-witness, the race at its end). */
async function advance(request: SignedRequest, heads: Heads): Promise<Rejection | undefined> {
  const { head } = request
  const refusal = checkProgress(request, await heads.last(head.origin))
  if (refusal === undefined) await heads.keep(head.origin, head)
  return refusal
}

function answerRejection({ status, why, known }: Rejection): WitnessAnswer {
  if (known !== undefined) return { status, type: 'text/x.tlog.size', body: `${known}\n` }
  return { status, type: 'text/plain; charset=utf-8', body: `${why}\n` }
}

/**
 * The HTTP server of a witness, not yet listening: `POST <prefix>/add-checkpoint` under any prefix, and `GET /health/ready`.
 * `onError` is told what the folder failed with; the client gets 500.
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

/** The whole body, or undefined where it is too long. */
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
