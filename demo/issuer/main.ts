/** The process of the development issuers, each on its own port with its own key; started by `demo/supervisor`. */
import { once } from 'node:events'
import { readDemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'
import { issuerPort } from '../ports.ts'
import { DEVELOPMENT_ISSUERS, loadIssuer } from './issuer.ts'
import { createIssuerServer } from './server.ts'

const config = readDemoConfig()

async function serve(name: (typeof DEVELOPMENT_ISSUERS)[number]) {
  const issuer = await loadIssuer(name, homeIn(config.home).issuer)
  const port = issuerPort(config.port, name.country)
  const server = createIssuerServer(issuer, `http://127.0.0.1:${port}`).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

// The supervisor takes the first one's port for the sign that all are there, so it is the last to listen.
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
