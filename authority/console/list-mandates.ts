/** Which mandates an officer may ask on: what the console shows before the first question, and what it chooses at the exchange. */
import type { IncomingMessage } from 'node:http'
import { headerLines } from '../../service/http/header-lines.ts'
import { NONCE_HEADER, sendJson } from '../../service/http/json-response.ts'
import type { MandateInForce, Mandates } from '../doors.ts'
import type { Answer } from '../server.ts'
import type { Client, ToolClient } from '../settings/files.ts'
import type { ReadProviderToken } from '../tokens/officer.ts'
import { TokenRefusal } from '../tokens/refusal.ts'

/** What {@link createMandatesAnswer} works with. */
export interface MandatesParts {
  readonly country: string
  readonly clients: () => ReadonlyMap<string, Client>
  readonly readProviderToken: ReadProviderToken
  readonly mandates: Mandates
  /** Returns the newest nonce for proofs of keys: the tool asks for an access token next, and needs it there (RFC 9449 section 8.2). */
  readonly currentNonce: () => string
  /** Counts a refusal for the authority's log. */
  readonly countRejection: (reason: string) => void
}

/**
 * Creates the answer: the mandates in force that name the officer, by a token of the login provider in `Authorization: Bearer`. It opens nothing that the
 * token does not open at the token endpoint, and says of a mandate only what an access token would say of it: no other officer, and none of those who
 * signed. So it gives nothing, and has no entry in the log.
 */
export function createMandatesAnswer(parts: MandatesParts): Answer {
  return async (request, response) => {
    try {
      sendJson(response, 200, await listMandates(request, parts), { [NONCE_HEADER]: parts.currentNonce() })
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error
      parts.countRejection(error.reason)
      if (error.reason === 'UNAVAILABLE') return sendJson(response, error.status, error.body)
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' }
      sendJson(response, 401, { ...error.body, error: 'invalid_token' }, challenge)
    }
  }
}

async function listMandates(request: IncomingMessage, parts: MandatesParts): Promise<object> {
  const { officer, assurance, client, binding, expiresAt } = await parts.readProviderToken(readBearer(request))
  const tool = findTool(parts.clients(), client)
  if (tool === undefined) {
    throw new TokenRefusal(
      'SUBJECT_TOKEN_OF_OTHER',
      'expected a token that the login provider gave to a tool of this authority',
    )
  }
  // Nobody proves the key here, so a stolen token would do (RFC 9449 section 7.1).
  if (binding.key !== null || binding.certificate !== null) {
    throw new TokenRefusal('SUBJECT_TOKEN_OF_OTHER', 'expected a token that is bound to no key; came a bound one')
  }
  const mandates = await parts.mandates.findFor(officer)
  const { agency, role } = officer
  return {
    officer: { country: parts.country, agency, role, assurance, expiresAt: Math.floor(expiresAt) },
    mandates: mandates.map((mandate) => describeMandate(mandate, tool)),
  }
}

/** Finds the tool that has a client of the login provider. */
function findTool(clients: ReadonlyMap<string, Client>, providerClient: string | null): ToolClient | undefined {
  for (const client of clients.values()) {
    if (client.kind === 'tool' && client.providerClient === providerClient) return client
  }
  return undefined
}

function describeMandate({ hash, document }: MandateInForce, tool: ToolClient) {
  const { task_force, purposes, countries, scopes, legal_basis, not_after, time_zone, case: caseDigest } = document
  return {
    hash,
    purposes,
    countries,
    taskForce: task_force,
    legalBasis: legal_basis,
    notAfter: not_after,
    timeZone: time_zone ?? null,
    caseDigest: caseDigest ?? null,
    scopes: scopes.filter((scope) => tool.scopes.includes(scope)),
  }
}

function readBearer(request: IncomingMessage): string {
  const [line = '', ...others] = headerLines(request, 'authorization')
  const token = /^Bearer ([\w.-]+)$/i.exec(line)?.[1]
  if (token !== undefined && others.length === 0) return token
  throw new TokenRefusal(
    'REQUEST_MALFORMED',
    'expected one header «Authorization: Bearer» with a token of the login provider',
  )
}
