/** Answers legs as a node does: with an entry in the country's audit log, its receipt, and the ids that it gives, all made by the kit. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Domain } from '../../../contract/domain.ts'
import { LEG_SALT_HEADER, parseLegSalt } from '../../../contract/leg-salt.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'
import { RECEIPT_HEADER } from '../../../contract/receipt.ts'
import { isRecordId } from '../../../contract/record-id.ts'
import { type NodeKey, signGivenIds } from '../../../contract/trust/given-ids.ts'
import { readLegExtensions } from '../../../contract/trust/leg-extensions.ts'
import { createCoordinates, type NodeAuditLog } from '../../../subgraphs/kit/audit-log/node-audit-log.ts'
import { hashBearer } from '../../../subgraphs/kit/leg-token.ts'
import type { Records } from '../records.ts'
import { createAnswerer } from './answer.ts'
import { makeResponse, type StubRequest } from './http-server.ts'

/** What a leg asked, and the answer to it. */
interface Prepared {
  readonly query: string
  readonly text: string
  readonly data: unknown
  readonly ids: readonly string[]
}

/** Who asks, by the leg token. */
interface Asking {
  readonly claims: LegClaims
  readonly tokenHash: string
}

/** What a country answers with. */
export interface LegAnswers {
  readonly country: string
  readonly domain: Domain
  /** The SDL with rules. */
  readonly sdl: string
  readonly records: Records
  /** What signs receipts and given ids; null for a country that signs nothing. */
  readonly signer: { readonly auditLog: NodeAuditLog; readonly nodeKey: NodeKey } | null
}

/** Creates the function that answers the legs of one domain of a country. It believes every token: who checks them is no part of what is measured. */
export function createLegAnswers({ country, domain, sdl, records, signer }: LegAnswers) {
  const answer = createAnswerer(sdl, records)
  const coordinatesOf = createCoordinates(buildSubgraphSchema(parse(sdl)))
  const byRequest = new Map<string, Prepared>()
  const byToken = new Map<string, Asking>()
  const prepare = (query: string, variables: unknown): Prepared => {
    const key = `${query} ${JSON.stringify(variables)}`
    const known = byRequest.get(key)
    if (known !== undefined) return known
    const text = answer(JSON.stringify({ query, variables }))
    const { data } = JSON.parse(text) as { readonly data: unknown }
    const prepared = { query, text, data, ids: [...new Set(listTexts(data).filter(isRecordId))] }
    byRequest.set(key, prepared)
    return prepared
  }
  return async ({ head, body }: StubRequest): Promise<Buffer> => {
    const { query, variables, extensions } = JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>
    const prepared = prepare(String(query), variables)
    if (signer === null) return makeResponse(Buffer.from(prepared.text))
    const { auditLog, nodeKey } = signer
    const question = readLegExtensions(extensions)?.question
    const text = question === undefined ? prepared.text : withGiven(prepared, question, country, nodeKey)
    const receipt = await auditLog.leg({
      ...{ domain, ...readAsking(head, byToken), requestId: headerOf(head, 'istmo-request-id') },
      ...{ query: prepared.query, coordinates: coordinatesOf(prepared.query), question, body },
      ...{ status: 200, code: null, denied: [], data: prepared.data, answer: text },
      salt: parseLegSalt(headerOf(head, LEG_SALT_HEADER) ?? '') ?? null,
    })
    return makeResponse(Buffer.from(text), `${RECEIPT_HEADER}: ${receipt}\r\n`)
  }
}

function withGiven({ text, ids }: Prepared, question: string, country: string, nodeKey: NodeKey): string {
  if (ids.length === 0) return text
  const { jti } = readPart<{ readonly jti: string }>(question)
  const given = signGivenIds({ country, question: jti, ids, iat: Math.floor(Date.now() / 1_000) }, nodeKey)
  return `${text.slice(0, -1)},"extensions":${JSON.stringify({ istmo: { given } })}}`
}

function readAsking(head: string, known: Map<string, Asking>): Asking {
  const authorization = headerOf(head, 'authorization') ?? ''
  const asking = known.get(authorization) ?? {
    claims: readPart<LegClaims>(authorization),
    tokenHash: hashBearer(authorization),
  }
  known.set(authorization, asking)
  return asking
}

/** Reads the claims of a JWT without a check. */
function readPart<Claims>(jwt: string): Claims {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims
}

function headerOf(head: string, name: string): string | undefined {
  const from = head.toLowerCase().indexOf(`\r\n${name.toLowerCase()}:`)
  if (from < 0) return undefined
  const start = from + name.length + 3
  const to = head.indexOf('\r\n', start)
  return head.slice(start, to < 0 ? undefined : to).trim()
}

function listTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : []
}
