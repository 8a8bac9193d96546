import { performance } from 'node:perf_hooks'
import { parseJson } from '../../contract/json-value.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import type { Ask } from './leg.ts'
import type { UpstreamOf } from './open-sidecar.ts'

/** How long a service may take, in milliseconds. */
const DEADLINE_MS = 30_000

/**
 * Asks the services behind a node as the node does for a caller whom the country does not recognise: without a task force. No rule of the node stands
 * before the rows then, so only this shows whether the service filters them itself. Tokens and callers of the leg do not count.
 */
export function askServices(services: readonly UpstreamOf[]): Ask {
  return async ({ domain, query, variables }) => {
    const startedAt = performance.now()
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'istmo-show-protected': '?0' }
    const sent = { body: JSON.stringify({ query, variables }), headers, requestId: '', salt: null }
    const url = services.find((each) => each.domain === domain)?.url
    const base = { receipt: undefined, echoed: undefined, sent }
    try {
      if (url === undefined) throw new Error(`expected the service of ${domain}; came none`)
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const response = await createTrustedFetch()(url, {
        method: 'POST',
        headers,
        body: sent.body,
        signal,
        redirect: 'manual',
      })
      const text = await response.text()
      const type = (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? ''
      return { ...base, status: response.status, type, text, json: parseJson(text), ms: performance.now() - startedAt }
    } catch {
      return { ...base, status: 0, type: '', text: '', json: undefined, ms: performance.now() - startedAt }
    }
  }
}
