/** The stock gateway: Apollo Server with Apollo's gateway. Arguments: the file of the supergraph. Prints its port when it listens. */
import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

// Must be set before the gateway loads, because it would send data about the host to its vendor.
process.env.APOLLO_TELEMETRY_DISABLED = '1'
const { ApolloGateway } = await import('@apollo/gateway')

const gateway = new ApolloGateway({ supergraphSdl: readFileSync(process.argv[2] ?? '', 'utf8') })
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), { listen: { port: 0, host: '127.0.0.1' } })
process.stdout.write(`${new URL(url).port}\n`)
