import { Agent, type Dispatcher, fetch as fetchWith } from 'undici'
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import type { ServerTrust } from './server-trust.ts'
import { createTlsConnector } from './tls-connector.ts'

const UNDERSTOOD: ReadonlySet<string> = new Set([...ACCEPTED_ENCODINGS.split(', '), 'x-gzip', 'identity'])

/** As `createTrustedFetch`, at once. This module is apart, because undici takes a tenth of a second to load. */
export function openTrustedFetch(trust: ServerTrust): typeof fetch {
  if (trust.ca === undefined && trust.pins === undefined) return fetchUsually
  const connect = createTlsConnector({
    trust,
    certificate: null,
    isSuspended: () => false,
    onConnected: () => undefined,
  })
  const fetchTrusted = fetchOver(new Agent({ connect }))
  return (input, init) => {
    const isPlain = new URL(input instanceof Request ? input.url : input).protocol === 'http:'
    return (isPlain ? fetchUsually : fetchTrusted)(input, init)
  }
}

const fetchUsually = fetchOver(new Agent({ allowH2: false }))

function fetchOver(agent: Agent): typeof fetch {
  const dispatcher = agent.compose(refuseOtherCodings)
  const send = (input: Parameters<typeof fetchWith>[0], init: Parameters<typeof fetchWith>[1]) =>
    fetchWith(input, { ...init, dispatcher })
  return send as unknown as typeof fetch
}

/** `fetch` itself decodes whatever comes. Its handler is a plain object, which keeps its state in `this`. */
function refuseOtherCodings(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) => {
    const headers = { ...(options.headers as Record<string, string>), 'accept-encoding': ACCEPTED_ENCODINGS }
    const checking: Dispatcher.DispatchHandler = {
      ...handler,
      onResponseStart(controller, status, came, message) {
        const codings = String(came['content-encoding'] ?? 'identity').split(',')
        if (codings.every((coding) => UNDERSTOOD.has(coding.trim().toLowerCase())))
          handler.onResponseStart?.call(checking, controller, status, came, message)
        else controller.abort(new Error(`expected a content coding of ${ACCEPTED_ENCODINGS}; came another`))
      },
    }
    return dispatch({ ...options, headers }, checking)
  }
}
