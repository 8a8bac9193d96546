/** The process of the login providers. Each country's provider has its own port and its own key. `demo/supervisor` starts the process. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { readDemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'
import { DEVELOPMENT_ISSUERS, loadIssuer } from '../issuer/issuer.ts'
import { authorityPort, issuerPort } from '../ports.ts'
import { createLoginProvider } from './provider.ts'

const config = readDemoConfig()

async function serve(name: (typeof DEVELOPMENT_ISSUERS)[number]) {
  const { country } = name
  const { key } = await loadIssuer(name, homeIn(config.home).issuer)
  const port = issuerPort(config.port, country)
  const provider = createLoginProvider({
    ...{ country, key, issuer: `http://127.0.0.1:${port}`, audience: name.authority, development: true },
    redirectUris: [`http://127.0.0.1:${authorityPort(config.port, country)}/console/`],
  })
  const server = createServer(provider).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

// When the first provider's port answers, the supervisor takes all of them to be ready. So the first one is the last to listen.
const [first, ...others] = DEVELOPMENT_ISSUERS
const servers = [...(await Promise.all(others.map(serve))), await serve(first)]
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
  })
}
