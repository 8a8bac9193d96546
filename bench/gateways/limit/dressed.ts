/**
 * The limit with an audit log, or in production dress: the server that is written by hand (operations.ts), with what nobody can leave out then. Each answer
 * waits until its entry is on the disk, which has hashes of each leg under a salt. In dress each access token is verified once besides, each leg has a token,
 * and the receipt of its answer is checked, by the gateway's own functions: they were made cheap already, and another check would prove less. There is no
 * tree of entries, no refs, no limits, and no rule but the one that is written here by hand. Prints its port when it listens. Argument: a JSON text of
 * {@link DressedLimitStart}.
 */
import { generateKeyPairSync, hash, sign } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { parseVerifierKey } from '../../../audit/note/key.ts'
import { readTlogProof } from '../../../audit/note/tlog-proof.ts'
import { createReceiptChecker } from '../../../audit/verify/receipt-checker.ts'
import { readLegEntryText } from '../../../contract/audit-log/leg-entry/leg-entry-text.ts'
import { DOMAINS, type Domain } from '../../../contract/domain.ts'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER, saltedHash } from '../../../contract/leg-salt.ts'
import { LEG_TOKEN_ALGORITHM, LEG_TOKEN_TYPE, type LegClaims } from '../../../contract/leg-token.ts'
import { takeRandom } from '../../../contract/random-pool.ts'
import { parseReceiptBytes, RECEIPT_HEADER } from '../../../contract/receipt.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'
import { openEntryFile } from './entry-file.ts'
import { createClient, type Send } from './http-client.ts'
import { answerByHand, type Posts } from './operations.ts'
import { type Asked, serveByHand } from './serve.ts'

/** What the process is started with. */
export interface DressedLimitStart {
  /** The port of each subgraph. */
  readonly ports: Readonly<Record<Domain, number>>
  /** What the dress has besides: the country that answers, the verifier key of its log, and the URL of the keys that sign access tokens. Null: only a log. */
  readonly dress: { readonly country: string; readonly vkey: string; readonly jwks: string } | null
  /** The file of the entries. */
  readonly entries: string
}

/** Who asks, and the header of a leg that says so. */
interface Known {
  readonly ref: string
  readonly header: string
}

const NOBODY: Known = { ref: 'anonymous', header: '' }

/** What an entry says of a leg. */
interface SentLeg {
  readonly domain: Domain
  readonly operationHash: string
  readonly requestHash: string
  readonly responseHash: string
  readonly receipt: { readonly index: number; readonly checkpoint: string } | null
}

/** How many connections it has to the country. */
const CONNECTIONS = 64

const { ports, dress, entries } = JSON.parse(process.argv[2] ?? '') as DressedLimitStart
const clients = new Map(DOMAINS.map((domain) => [domain, createClient(ports[domain], CONNECTIONS)]))
const prove = dress && createReceiptChecker(parseVerifierKey(dress.vkey))
const keySet = dress && createRemoteJWKSet(new URL(dress.jwks))
const legKey = generateKeyPairSync('ed25519').privateKey
const write = await openEntryFile(entries)
const byHand = answerByHand({ isRuled: dress !== null })
const officers = new Map<string, Known>()
const operationHashes = new Map<string, string>()

async function welcome(authorization: string): Promise<Known> {
  if (dress === null || keySet === null) return NOBODY
  const known = officers.get(authorization)
  if (known !== undefined) return known
  const token = authorization.replace(/^Bearer /, '')
  const { payload } = await jwtVerify(token, keySet)
  const claims: LegClaims = {
    ...{ iss: 'istmo', aud: dress.country, sub: String(payload.sub), act: { sub: 'istmo' }, op: '' },
    ...{
      iat: Number(payload.iat),
      exp: Number(payload.exp),
      jti: createUuidV7(Date.now()),
      scope: String(payload.scope),
    },
    ...{ caller_jti: String(payload.jti), caller_token: hash('sha256', token, 'base64url') },
  }
  const officer = { ref: hash('sha256', String(payload.sub)), header: `authorization: Bearer ${signJwt(claims)}\r\n` }
  officers.set(authorization, officer)
  return officer
}

function signJwt(claims: LegClaims): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: LEG_TOKEN_ALGORITHM, typ: LEG_TOKEN_TYPE })}.${encode(claims)}`
  return `${signed}.${sign(null, Buffer.from(signed), legKey).toString('base64url')}`
}

/** Makes the functions that send the legs of a request, each with its token and its salt, and check their receipts. */
function postsOf({ header }: Known, requestId: string, legs: SentLeg[]): Posts {
  const postTo = (domain: Domain) => async (body: string) => {
    const send = clients.get(domain) as Send
    const salt = takeRandom(LEG_SALT_BYTES)
    const requestHash = saltedHash(salt, body)
    const { head, body: answer } = await send(
      `POST /${domain} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${header}istmo-request-id: ${requestId}\r\n${LEG_SALT_HEADER}: ${formatLegSalt(salt)}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    const sent = { domain, requestHash, responseHash: saltedHash(salt, answer), operationHash: hashOf(body) }
    legs.push({ ...sent, receipt: checkReceipt(head, sent, requestId) })
    return answer.toString()
  }
  return Object.fromEntries(DOMAINS.map((domain) => [domain, postTo(domain)])) as unknown as Posts
}

/** The hash of the document in a body, which begins with it. */
function hashOf(body: string): string {
  const query = body.slice(0, body.indexOf('","variables":') + 1).slice('{"query":'.length)
  const known = operationHashes.get(query) ?? hash('sha256', JSON.parse(query) as string)
  operationHashes.set(query, known)
  return known
}

const RECEIPT_LINE = new RegExp(`^${RECEIPT_HEADER}: (\\S+)$`, 'm')

/** @throws {Error} if the answer has no receipt of this leg. */
function checkReceipt(head: string, sent: Omit<SentLeg, 'receipt'>, requestId: string): SentLeg['receipt'] {
  if (dress === null || prove === null) return null
  const text = parseReceiptBytes(RECEIPT_LINE.exec(head)?.[1] ?? '')
  if (text === undefined) throw new Error(`expected a receipt; came ${head}`)
  const proof = readTlogProof(text)
  if (proof.extra === undefined) throw new Error('expected a receipt with its entry')
  const { index, checkpointHash } = prove(proof, proof.extra, 'latin1')
  const entry = readLegEntryText(Buffer.from(proof.extra).toString('latin1'))
  const isOfLeg = entry?.country === dress.country && entry.domain === sent.domain && entry.requestId === requestId
  const isOfBytes = entry?.requestHash === sent.requestHash && entry.responseHash === sent.responseHash
  if (!isOfLeg || !isOfBytes || entry.operationHash !== sent.operationHash) {
    throw new Error('expected the receipt of this leg; came another one')
  }
  return { index, checkpoint: checkpointHash }
}

async function answer({ authorization, operationName, variables }: Asked): Promise<string> {
  const officer = await welcome(authorization ?? '')
  const id = createUuidV7(Date.now())
  const salt = takeRandom(LEG_SALT_BYTES)
  const legs: SentLeg[] = []
  const data = await byHand.answer(postsOf(officer, id, legs), operationName, variables)
  const paths = byHand.denied(operationName)
  const errors = paths.map((path) => ({
    message: 'You may not read this field',
    path,
    extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
  }))
  const text = JSON.stringify(errors.length === 0 ? { data } : { errors, data })
  const entry = {
    ...{ id, kind: 'request', time: new Date().toISOString(), caller: officer.ref, operation: operationName },
    ...{ variables: saltedHash(salt, JSON.stringify(variables)), answer: saltedHash(salt, text) },
    ...{ denied: paths, legs, salt: salt.toString('base64') },
  }
  await write(JSON.stringify(entry))
  return text
}

serveByHand(answer)
