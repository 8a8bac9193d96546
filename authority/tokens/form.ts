import type { IncomingMessage } from 'node:http'
import { TokenRefusal } from './refusal.ts'

/** The largest body of a request for a token, in bytes: two tokens, an assertion and a question statement. */
export const MAX_FORM_BYTES = 192 * 1024

/** The grant of OAuth 2.0 Token Exchange (RFC 8693 section 2.1). */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** The parameters that the token endpoint reads. It refuses others of RFC 8693, because ignoring them would widen what the client asked for. */
const KNOWN = [
  ...['grant_type', 'client_id', 'client_assertion_type', 'client_assertion', 'subject_token', 'subject_token_type'],
  ...['audience', 'scope', 'requested_token_type', 'mandate', 'question', 'mandate_proof'],
] as const

const REFUSED = ['resource', 'actor_token', 'actor_token_type', 'authorization_details', 'client_secret'] as const

/** A request's parameters by name. A parameter without a value counts as not given (RFC 6749 section 3.2). */
export type TokenForm = Readonly<Partial<Record<(typeof KNOWN)[number], string>>>

/**
 * Reads the form of a request for a token.
 * @throws {TokenRefusal} if the body is not a form in UTF-8, is too large, or has a parameter twice or one that is not supported.
 */
export async function readForm(request: IncomingMessage): Promise<TokenForm> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw malformed('expected a body of application/x-www-form-urlencoded')
  }
  if (request.headers['content-encoding'] !== undefined) throw malformed('expected a body without a content coding')
  const given = new URLSearchParams(decode(await collect(request)))
  const form: Record<string, string> = {}
  for (const [name, value] of given) {
    if (REFUSED.some((refused) => refused === name)) throw malformed(`expected no ${name}, which is not supported`)
    if (!KNOWN.some((known) => known === name) || value === '') continue
    if (form[name] === undefined) form[name] = value
    else if (name === 'audience') {
      throw new TokenRefusal(
        'AUDIENCE_NOT_ALLOWED',
        'expected exactly one audience; came several. Ask for each country',
      )
    } else throw malformed(`expected ${name} once; came several`)
  }
  return form
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).byteLength
      if (size > MAX_FORM_BYTES) throw malformed(`expected a body of at most ${MAX_FORM_BYTES} bytes`)
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    if (error instanceof TokenRefusal) throw error
    throw malformed('expected a whole body; it was cut off', error)
  }
  return Buffer.concat(chunks, size)
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw malformed('expected a body in UTF-8', error)
  }
}

function malformed(message: string, cause?: unknown): TokenRefusal {
  return new TokenRefusal('REQUEST_MALFORMED', message, { cause })
}
