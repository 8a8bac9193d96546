import type { Purpose } from '../../contract/access-token.ts'
import type { Domain } from '../../contract/domain.ts'

/** What a check asks, and what came back. Who sends it stands behind {@link Ask}, so that a test can damage an answer on its way. */

/** Who asks a leg, as the tokens say it. */
export interface Caller {
  readonly taskForce: string
  readonly agency: string
  readonly role: string
  readonly purpose: Purpose
  readonly scopes: readonly string[]
  /** The policies that the leg token names. */
  readonly policies: readonly string[]
}

/** Who asks in the checks. */
export interface Callers {
  /** Has every scope and policy, but does not see victims, witnesses and minors. */
  readonly reader: Caller
  /** The same, and sees them. */
  readonly trusted: Caller
  /** As the reader, for a task force with which no record is shared by name. */
  readonly other: Caller
  /** As the reader, for another task force that sees other records; null if the country named none. */
  readonly second: Caller | null
}

/** What may be wrong with the tokens or the headers of a leg, with the name of its check, and how a node refuses the leg. */
export const LEG_FAULTS = {
  NO_LEG_TOKEN: { name: 'none', status: 401, code: 'TOKEN_MISSING' },
  LEG_KEY_UNKNOWN: { name: 'wrong-key', status: 401, code: 'TOKEN_INVALID' },
  LEG_TOKEN_EXPIRED: { name: 'expired', status: 401, code: 'TOKEN_EXPIRED' },
  LEG_TOKEN_FROM_THE_FUTURE: { name: 'future', status: 401, code: 'TOKEN_INVALID' },
  LEG_TOKEN_LIVES_LONG: { name: 'long-lived', status: 401, code: 'TOKEN_INVALID' },
  LEG_TOKEN_OF_OTHER_COUNTRY: { name: 'other-country', status: 403, code: 'REFUSED_BY_NODE' },
  LEG_TOKEN_OF_OTHER_QUERY: { name: 'other-query', status: 403, code: 'REFUSED_BY_NODE' },
  LEG_TOKEN_OF_OTHER_TYPE: { name: 'other-type', status: 401, code: 'TOKEN_INVALID' },
  LEG_TOKEN_OF_OTHER_GATEWAY: { name: 'other-gateway', status: 401, code: 'TOKEN_INVALID' },
  NO_COUNTRY_TOKEN: { name: 'no-country-token', status: 403, code: 'CALLER_NOT_VERIFIED' },
  COUNTRY_KEY_UNKNOWN: { name: 'country-key', status: 403, code: 'CALLER_NOT_VERIFIED' },
  COUNTRY_TOKEN_EXPIRED: { name: 'country-expired', status: 403, code: 'CALLER_NOT_VERIFIED' },
  COUNTRY_TOKEN_OF_OTHER_COUNTRY: { name: 'country-audience', status: 403, code: 'CALLER_NOT_VERIFIED' },
  COUNTRY_TOKEN_NOT_NAMED: { name: 'country-pair', status: 403, code: 'CALLER_NOT_VERIFIED' },
  COUNTRY_TOKEN_OF_OTHER_GATEWAY_KEY: { name: 'country-gateway', status: 403, code: 'CALLER_NOT_VERIFIED' },
  COUNTRY_TOKEN_BEYOND_MANDATE: { name: 'beyond-mandate', status: 403, code: 'CALLER_NOT_VERIFIED' },
  NO_SALT: { name: 'no-salt', status: 400, code: 'LEG_SALT_MISSING' },
  SALT_NOT_VALID: { name: 'bad-salt', status: 400, code: 'LEG_SALT_NOT_VALID' },
} as const
/** One of {@link LEG_FAULTS}. */
export type LegFault = keyof typeof LEG_FAULTS

/** What may be wrong with the question that a leg carries, with the name of its check. */
export const QUESTION_FAULTS = {
  QUESTION_KEY_UNKNOWN: 'other-key',
  QUESTION_CHANGED: 'changed',
  QUESTION_OF_OTHER_TOKEN: 'other-token',
  QUESTION_OLD: 'old',
  QUESTION_FROM_THE_FUTURE: 'future',
  QUESTION_OF_OTHER_COUNTRY: 'other-country',
  QUESTION_OF_OTHER_PURPOSE: 'other-purpose',
} as const
/** One of {@link QUESTION_FAULTS}. */
export type QuestionFault = keyof typeof QUESTION_FAULTS

/** The question that the officer's tool signed, as the checks write it. */
export interface LegQuestion {
  /** What the officer asks, in the schema that clients see. */
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly fault?: QuestionFault
  /** Legs with the same name carry one question. Without a name, each leg has a question of its own. */
  readonly name?: string
}

/** What replaces the usual parts of the HTTP request. */
export interface HttpChange {
  readonly method?: string
  readonly path?: string
  readonly contentType?: string
  /** The body as text, in place of the JSON of query and variables. The leg token is still for the query. */
  readonly body?: string
  readonly deadline?: string
}

/** One leg. */
export interface Leg {
  readonly domain: Domain
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Null: a caller without a token. */
  readonly as: Caller | null
  readonly fault?: LegFault
  /** The officer who asks: legs of one officer are counted together. Without a name, each leg is of a new officer, so that no quota ends a check. */
  readonly officer?: string
  /** The signed question; absent: nobody signed one. */
  readonly question?: LegQuestion
  /** Whether the mandate is bound to a case. */
  readonly isOfCase?: boolean
  readonly http?: HttpChange
  /** Sends exactly what this earlier reply was the answer to once more: the same tokens, and a new salt unless `salt` says otherwise. */
  readonly again?: { readonly reply: Reply; readonly salt: 'new' | 'old' }
}

/** What was sent. The receipt is compared with it. */
export interface SentBytes {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string
  readonly salt: string | null
}

/** An answer. */
export interface Reply {
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number
  /** The media type, without parameters. */
  readonly type: string
  readonly text: string
  /** The body as parsed JSON; undefined if it is not JSON. */
  readonly json: unknown
  /** The header `Istmo-Receipt`. */
  readonly receipt: string | undefined
  /** The header `Istmo-Leg-Salt`. */
  readonly echoed: string | undefined
  /** How long it took, in milliseconds. */
  readonly ms: number
  readonly sent: SentBytes
}

/** Sends a leg. It does not reject: a connection that fails gives a reply of status 0. */
export type Ask = (leg: Leg) => Promise<Reply>

/**
 * Whether there was no answer in time: the node says so, or the connection ended without one after the gateway would have given up. A machine that does other
 * work lets connections wait until somebody closes them.
 */
export function isLate(reply: Reply, deadlineMs: number): boolean {
  return reply.status === 0 ? reply.ms > deadlineMs : codesOf(reply).includes('LEG_DEADLINE')
}

/** An error of a GraphQL answer, as far as it has the form. */
export interface AnswerError {
  readonly message?: unknown
  readonly path?: unknown
  readonly extensions?: { readonly code?: unknown }
}

/** Returns the data of an answer; undefined if there are none. */
export function dataOf({ json }: Reply): Readonly<Record<string, unknown>> | null | undefined {
  const { data } = asObject(json)
  return data === null || data === undefined ? (data as null | undefined) : asObject(data)
}

/** Whether an answer has data with this member, and the member is not null. */
export function hasMember(reply: Reply, name: string): boolean {
  const value = dataOf(reply)?.[name]
  return value !== undefined && value !== null
}

/** Returns the errors of an answer. */
export function errorsOf({ json }: Reply): readonly AnswerError[] {
  const { errors } = asObject(json)
  return Array.isArray(errors) ? (errors as AnswerError[]) : []
}

/** Returns the codes of an answer's errors. A missing code is an empty text. */
export function codesOf(reply: Reply): readonly string[] {
  return errorsOf(reply).map(({ extensions }) => (typeof extensions?.code === 'string' ? extensions.code : ''))
}

/** Whether an answer says no: it has errors and no data. */
export function isRefused(reply: Reply): boolean {
  const data = dataOf(reply)
  return errorsOf(reply).length > 0 && (data === undefined || data === null)
}

/** Describes an answer for a report, without anything of a record: the status, the codes, and whether there are data. */
export function describeReply(reply: Reply): string {
  if (reply.status === 0) return 'no answer'
  const codes = [...new Set(codesOf(reply))].map((code) => code || 'error without code')
  const data = dataOf(reply)
  const hasData = data !== undefined && data !== null && Object.values(data).some((value) => value !== null)
  return [`HTTP ${reply.status}`, ...codes, ...(hasData ? ['data'] : [])].join(', ')
}

/** Returns the object itself, or an empty one for another value. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
