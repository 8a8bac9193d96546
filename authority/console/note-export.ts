/** Notes in the log, before an officer's tool saves answers as a file, that it does (docs/decisions/0092-an-export-is-an-entry-of-the-officers-authority.md). */
import type { IncomingMessage } from 'node:http'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { EXPORT_FORMATS, FILE_DIGEST, MAX_EXPORTED_REQUESTS } from '../../contract/audit-log/authority-entries.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { ENTRY_ID } from '../../contract/audit-log/parts.ts'
import { phraseDetail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { NonceRequiredError } from '../../service/authenticate/credentials.ts'
import { checkKeyProof, type ProofWorld } from '../../service/authenticate/dpop-proof.ts'
import { credentialsOf } from '../../service/http/credentials.ts'
import { headerLines } from '../../service/http/header-lines.ts'
import { NONCE_HEADER, sendJson } from '../../service/http/json-response.ts'
import { readJsonBody } from '../../service/http/read-body.ts'
import type { Answer } from '../server.ts'
import type { GatewayClient, OversightClient } from '../settings/files.ts'
import { checkSuspensions, findOwnGrant, readAccessToken, type TokenParts } from '../tokens/exchanges.ts'
import { TokenRefusal } from '../tokens/refusal.ts'

const bodySchema = z.strictObject({
  requests: z.array(ENTRY_ID).min(1).max(MAX_EXPORTED_REQUESTS),
  format: z.enum(EXPORT_FORMATS),
  rows: z.int().min(0).max(1_000_000),
  digest: FILE_DIGEST,
})

/** What an entry says of an export, without what the log adds. */
export type ExportFacts = Omit<EntryOf<'export'>, 'v' | 'id' | 'time' | 'origin'>

/** An entry that is durable: its id, its time and its index in the log. */
export interface NotedExport {
  readonly id: string
  readonly time: string
  readonly index: number
}

/** What {@link createExportAnswer} works with. */
export interface ExportParts extends TokenParts {
  readonly world: ProofWorld
  /** Writes the entry. Resolves when it is durable; rejects if it cannot be written. */
  readonly write: (facts: ExportFacts) => Promise<NotedExport>
  readonly countRejection: (reason: string) => void
}

/**
 * Creates the answer: an access token of this authority with a proof of its key, and what is exported, for the id of the entry. The entry is durable before
 * the answer leaves, so a file that the tool saves then is in the log.
 */
export function createExportAnswer(parts: ExportParts): Answer {
  return async (request, response) => {
    try {
      const { facts, nextNonce } = await readExport(request, parts)
      const noted = await write(facts, parts)
      const nonce = nextNonce === null ? {} : { [NONCE_HEADER]: nextNonce }
      sendJson(response, 201, { ...noted, authority: parts.settings.issuer }, nonce)
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal === null) throw error
      if (refusal.reason !== 'NONCE_REQUIRED') parts.countRejection(refusal.reason)
      const status = refusal.reason === 'UNAVAILABLE' ? 503 : refusal.reason === 'REQUEST_MALFORMED' ? 400 : 401
      const nonce = refusal.nonce === null ? {} : { [NONCE_HEADER]: refusal.nonce }
      sendJson(response, status, refusal.body, { ...nonce, ...(status === 401 && { 'www-authenticate': 'DPoP' }) })
    }
  }
}

async function readExport(
  request: IncomingMessage,
  parts: ExportParts,
): Promise<{ readonly facts: ExportFacts; readonly nextNonce: string | null }> {
  const token = readToken(request)
  const client = findGateway(token, parts)
  const { caller, binding } = await readAccessToken(token, client, parts)
  if (binding.key === null) throw refused('KEY_MISSING', 'an access token that is bound to a key')
  const proofOf = { ath: sha256Url(token), keyThumbprint: binding.key }
  const { nextNonce } = await checkKeyProof(credentialsOf(request), proofOf, parts.world)
  const tokenId = caller.tokenId ?? ''
  const grant = await findOwnGrant(tokenId, { client, isBound: true }, parts)
  const mandate = await parts.mandates.find(grant.mandate)
  if (mandate === null) throw refused('MANDATE_ENDED', 'a mandate in force; this one has ended or was revoked')
  const agency = caller.organisation?.agency
  checkSuspensions({ refs: [grant.officer], mandate, agency, keys: [binding.key], token: tokenId }, parts)
  const body = bodySchema.safeParse(await readJsonBody(request))
  if (!body.success) {
    const [issue] = body.error.issues
    throw refused(
      'REQUEST_MALFORMED',
      `{ requests, format, rows, digest }; at ${issue?.path.join('.')}: ${issue?.message}`,
    )
  }
  const { officer, client: tool, gateway } = grant
  const facts = {
    kind: 'export',
    officer,
    grant: tokenId,
    client: tool,
    gateway,
    mandate: grant.mandate,
    ...body.data,
  } as const
  return { facts, nextNonce }
}

function readToken(request: IncomingMessage): string {
  const [line = '', ...others] = headerLines(request, 'authorization')
  const token = /^DPoP ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(line)?.[1]
  if (token !== undefined && others.length === 0) return token
  throw refused('SUBJECT_TOKEN_INVALID', 'one header «Authorization: DPoP» with an access token of this authority')
}

/** Finds the gateway, or the auditors' GraphQL, that a token is for. The token is not verified yet. */
function findGateway(token: string, { clients }: ExportParts): GatewayClient | OversightClient {
  const audience = readAudience(token)
  for (const client of clients().values()) {
    if (client.kind !== 'tool' && client.address === audience) return client
  }
  throw refused('SUBJECT_TOKEN_INVALID', 'an access token for a gateway of this authority')
}

function readAudience(token: string): unknown {
  try {
    return decodeJwt(token).aud
  } catch {
    return undefined
  }
}

async function write(facts: ExportFacts, parts: ExportParts): Promise<NotedExport> {
  try {
    return await parts.write(facts)
  } catch (cause) {
    throw new TokenRefusal('UNAVAILABLE', 'the audit log of this authority cannot be written now. Try again', { cause })
  }
}

/** Turns what was thrown into what the tool may see; null for what is our own fault. */
function toRefusal(error: unknown): TokenRefusal | null {
  if (error instanceof TokenRefusal) return error
  if (error instanceof NonceRequiredError) {
    const message = 'expected a proof with the nonce of the header DPoP-Nonce'
    return new TokenRefusal('NONCE_REQUIRED', message, { cause: error, nonce: error.nonce })
  }
  if (!(error instanceof IstmoError)) return null
  if (error.code === 'PROOF_INVALID') {
    return new TokenRefusal('PROOF_INVALID', `of the DPoP proof, ${phraseDetail(error.detail)}`, { cause: error })
  }
  return new TokenRefusal('REQUEST_MALFORMED', `expected a body of JSON; ${error.code}`, { cause: error })
}

function refused(reason: TokenRefusal['reason'], expected: string): TokenRefusal {
  return new TokenRefusal(reason, `expected ${expected}`)
}
