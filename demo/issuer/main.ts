/** The process of the development issuers. Each issuer has its own port and its own key. `demo/supervisor` starts the process. */
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

// When the first issuer's port answers, the supervisor takes all issuers to be ready. So the first issuer is the last to listen.
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
