/** Has a gateway try its connection to a country. */
import type { Language } from '../../contract/language.ts'
import { type ProbeReport, type ProbeRequest, parseProbeReport } from '../../contract/probe.ts'
import { describeError } from '../../service/describe-error.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'
import { probeWords } from './words.ts'

/** How long the gateway may take, in milliseconds: each domain has steps of a few seconds. */
const PATIENCE_MS = 120_000

/** Reads the address of an operator's server. Returns undefined if it is none. */
export function parseOperatorAddress(text: string): URL | undefined {
  const url = URL.parse(/^[\w.[\]:-]+:\d+$/.test(text) ? `http://${text}` : text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' ? url : undefined
}

/**
 * Sends the files of a country to the operator's server of a gateway, and returns what the gateway found.
 * @throws {UsageError} if there is no such server, or it refuses the files. The message says what to do.
 */
export async function sendProbe(operator: URL, bundle: ProbeRequest, language: Language): Promise<ProbeReport> {
  const [url, say] = [new URL('/probe', operator), probeWords(language)]
  const response = await createTrustedFetch()(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bundle),
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new UsageError(say('noServer', { origin: url.origin, reason: describeError(error) }))
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.status === 200) return parseProbeReport(body)
  const message = readMessage(body) ?? say('noMessage')
  throw new UsageError(say('refused', { url: url.href, status: response.status, message }))
}

function readMessage(body: unknown): string | null {
  const [first] = (body as { errors?: readonly { message?: unknown }[] } | null)?.errors ?? []
  return typeof first?.message === 'string' ? first.message : null
}
