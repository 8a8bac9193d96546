/** Has a gateway try its connection to a country. */
import { type ProbeReport, type ProbeRequest, parseProbeReport } from '../../contract/probe.ts'
import { describeError } from '../../service/describe-error.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { ProbeWords } from './words.ts'

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
export async function sendProbe(
  operator: URL,
  bundle: ProbeRequest,
  words: Pick<ProbeWords, 'noServer' | 'refused'>,
): Promise<ProbeReport> {
  const url = new URL('/probe', operator)
  const response = await createTrustedFetch()(url, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(bundle) },
    ...{ redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) },
  }).catch((error: unknown) => {
    throw new UsageError(words.noServer(url.origin, describeError(error)))
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.status === 200) return parseProbeReport(body)
  throw new UsageError(words.refused(url.href, response.status, readMessage(body)))
}

function readMessage(body: unknown): string | null {
  const [first] = (body as { errors?: readonly { message?: unknown }[] } | null)?.errors ?? []
  return typeof first?.message === 'string' ? first.message : null
}
