/** The way to a node's server, before anything is asked of it: the address of its host, a connection, and its certificate. */
import { connect } from 'node:net'
import type { ProbeStepResult } from '../../contract/probe.ts'
import { describeCertificate } from '../../service/certificates/read-certificates.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import { createTlsConnector } from '../../service/http/tls-connector.ts'
import { type AddressReach, AddressRefused, createGuardedLookup, findAddresses } from './probed-addresses.ts'
import { codeOf, ok, type StepPlan, unknown, wrong } from './step.ts'

/** How long each step may take, in milliseconds. */
const STEP_MS = 5_000

/**
 * Returns the steps to the server of a URL.
 * @param reach to which addresses they may go.
 */
export function stepsToServer(url: URL, trust: ServerTrust | undefined, reach: AddressReach): readonly StepPlan[] {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return [
    { step: 'NAME', run: () => findAddress(host, reach) },
    { step: 'CONNECTION', run: () => openConnection(host, port, reach) },
    { step: 'SERVER', run: () => meetServer({ url, host, port, reach }, trust ?? {}) },
  ]
}

async function findAddress(host: string, reach: AddressReach): Promise<ProbeStepResult> {
  try {
    return ok('NAME', (await findAddresses(host, reach)).join(', '))
  } catch (error) {
    return wrong('NAME', codeOf(error), error instanceof AddressRefused ? error.message : host)
  }
}

function openConnection(host: string, port: number, reach: AddressReach): Promise<ProbeStepResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: STEP_MS, lookup: createGuardedLookup(reach) })
    const end = (result: ProbeStepResult): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => end(ok('CONNECTION', `${socket.remoteAddress}:${port}`)))
    socket.once('timeout', () => end(wrong('CONNECTION', 'ETIMEDOUT', `${host}:${port}`)))
    socket.once('error', (error) => end(wrong('CONNECTION', codeOf(error), `${host}:${port}`)))
  })
}

interface Place {
  readonly url: URL
  readonly host: string
  readonly port: number
  readonly reach: AddressReach
}

/** Meets the server as the gateway's connections do, but shows no certificate: that is the leg's part. */
function meetServer({ url, host, port, reach }: Place, trust: ServerTrust): Promise<ProbeStepResult> {
  if (url.protocol !== 'https:') return Promise.resolve(unknown('SERVER', 'http'))
  return new Promise((resolve) => {
    const connectTls = createTlsConnector({
      trust,
      certificate: null,
      isSuspended: () => false,
      connectMs: STEP_MS,
      lookup: createGuardedLookup(reach),
      onConnected(socket, shown) {
        const { subject, issuer, names, notAfter, pin } = describeCertificate(shown)
        const ends = new Date(notAfter).toISOString().slice(0, 10)
        resolve(ok('SERVER', `${socket.getProtocol()}; ${subject} (${names.join(', ')}), ${issuer}, ${ends}, ${pin}`))
      },
    })
    connectTls({ hostname: host, protocol: 'https:', port: String(port) }, (error, socket) => {
      socket?.destroy()
      if (error !== null) resolve(wrong('SERVER', codeOf(error), null))
    })
  })
}
