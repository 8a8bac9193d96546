/**
 * A program that tests/architecture.test.ts runs under the socket guard. It loads all of Apollo’s packages that the project uses,
 * composes the supergraph, makes the stock gateway that tests compare with, plans an operation and waits for a moment. Then it
 * prints `PLANNED` and the number of fetches.
 */
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'graphql'

/** In milliseconds. Long enough for a package that opens a connection some time after its start. */
const LINGER_MS = 2000

// Without this setting @apollo/gateway sends figures of the host to its vendor (docs/decisions/0004-nothing-is-sent-to-anyone.md).
// A test sets another value, to see that the socket guard reports it.
process.env.APOLLO_TELEMETRY_DISABLED ??= '1'
const { ApolloGateway } = await import('@apollo/gateway')
await import('@apollo/server')
await import('@apollo/subgraph')
const { compose } = await import('../../composition/compose.ts')
const { createPlanner } = await import('../../gateway/plan/compile.ts')

const { supergraphSdl } = compose(fileURLToPath(new URL('../../supergraph.yaml', import.meta.url)))
const source =
  '{ person(id: "GT:P-1") { names { full } cases { edges { node { id offences { statute { heading } } } } } } }'
new ApolloGateway({ supergraphSdl })
const planner = createPlanner(supergraphSdl, () => true)
const { prepared } = await planner.prepare({ document: parse(source), source, operationName: undefined, variables: {} })
const compiled = await planner.compile(prepared, new Set())
await setTimeout(LINGER_MS)
process.stdout.write(`PLANNED ${compiled.fetches.length}\n`)
