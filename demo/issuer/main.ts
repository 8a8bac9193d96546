/** The process of the development issuer; started by `demo/supervisor`. */
import { readDemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'
import { issuerPort } from '../ports.ts'
import { DEVELOPMENT_ISSUERS, loadIssuer } from './issuer.ts'
import { createIssuerServer } from './server.ts'

const config = readDemoConfig()
const issuer = await loadIssuer(DEVELOPMENT_ISSUERS[0], homeIn(config.home).issuer)
const port = issuerPort(config.port)
const server = createIssuerServer(issuer, `http://127.0.0.1:${port}`)
server.listen(port, '127.0.0.1')
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}
