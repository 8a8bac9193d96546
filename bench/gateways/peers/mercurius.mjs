/** Mercurius with its compiler (jit). Arguments: a JSON text of the port to listen on, and of name, url and schema of each subgraph. */
import mercuriusGateway from '@mercuriusjs/gateway'
import fastify from 'fastify'

const { port, services } = JSON.parse(process.argv[2])
const app = fastify()
await app.register(mercuriusGateway, {
  gateway: { services: services.map((service) => ({ ...service, keepAlive: 60_000, connections: 64 })) },
  jit: 1,
})
await app.listen({ port, host: '127.0.0.1' })
process.stdout.write(`${port}\n`)
