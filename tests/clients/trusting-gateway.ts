import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { PROJECT_DIR } from '../../demo/config.ts'
import { homeIn } from '../../demo/home.ts'

/** A gateway that accepts only trusted documents. */
export interface TrustingGateway {
  readonly port: number
  end(): Promise<void>
}

/**
 * Starts a second gateway in front of a demo's countries, with a list of trusted documents.
 * @param home the home of the demo.
 * @param documents the path of the list.
 */
export async function startTrustingGateway(home: string, documents: string): Promise<TrustingGateway> {
  const { countries, issuers, legKey, tls } = homeIn(home)
  const flags = ['--supergraph', join(PROJECT_DIR, 'supergraph.graphql'), '--countries', countries]
  flags.push('--issuers', issuers, '--leg-key', legKey, '--documents', documents, '--port', '0', '--development')
  // It is the demo's gateway to the nodes: they and the country tokens know it by this certificate.
  flags.push('--client-cert', join(tls, 'gateway.cert.pem'), '--client-key', join(tls, 'gateway.key.pem'))
  const child = spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...flags], {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { port: await portOf(child), end: () => endOf(child) }
}

function portOf(child: ChildProcess): Promise<number> {
  let output = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const port = /Istmo listens on http:\/\/127\.0\.0\.1:(\d+)\/graphql/.exec(output)?.[1]
        if (port !== undefined) resolve(Number(port))
      })
    }
    child.once('exit', () => reject(new Error(`the gateway ended before it listened:\n${output}`)))
  })
}

async function endOf(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}
