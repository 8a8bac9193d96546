/** The gateways that the bench compares, each as a process of its own. */
import { startCommand } from '../trust/processes.ts'
import { type Contender, type Ground, type Serving, serve } from './contender.ts'
import {
  bareArguments,
  ISTMO_LINE,
  startBareOverCountries,
  startDressed,
  startDressedLimit,
  startLoggedLimit,
} from './dress.ts'
import { startLogged } from './logged.ts'
import { startGrafbase, startHive, startMercurius } from './start-peers.ts'

const PORT_LINE = /^(\d+)$/m

/** All contenders. The first are those with which the others are compared. */
export const CONTENDERS: readonly Contender[] = [
  {
    name: 'limit',
    title: 'the limit: written by hand, fetches merged',
    isPeer: false,
    start: (ground) =>
      startWithPort(ground, ['bench/gateways/limit/limit.ts', ...ARGUMENTS.map((name) => String(ground.ports[name]))]),
  },
  {
    name: 'limit-log',
    title: 'the limit with an audit log: written by hand',
    isPeer: false,
    start: startLoggedLimit,
  },
  {
    name: 'limit-dress',
    title: 'the limit in dress: written by hand',
    isPeer: false,
    start: startDressedLimit,
  },
  {
    name: 'stock',
    title: '@apollo/server + @apollo/gateway',
    isPeer: false,
    start: (ground) => startWithPort(ground, ['bench/gateways/stock.ts', ground.supergraph]),
  },
  { name: 'hive', title: 'Hive Gateway', isPeer: true, start: (ground) => startHive(ground, []) },
  {
    name: 'hive-rust',
    title: 'Hive Gateway with its Rust planner',
    isPeer: true,
    start: (ground) => startHive(ground, ['--hive-router-runtime']),
  },
  { name: 'mercurius', title: 'Mercurius with jit', isPeer: true, start: startMercurius },
  { name: 'grafbase', title: 'Grafbase, native', isPeer: true, start: startGrafbase },
  {
    name: 'istmo',
    title: 'Istmo, bare',
    isPeer: false,
    isOfProduct: true,
    start: (ground) =>
      ground.size === 0
        ? startWithPort(ground, [...bareArguments(ground), '--supergraph', ground.supergraph], ISTMO_LINE)
        : startBareOverCountries(ground),
  },
  {
    name: 'istmo-log',
    title: 'Istmo, bare with its audit log',
    isPeer: false,
    start: (ground) => startLogged(ground, 1),
  },
  {
    name: 'istmo-workers',
    title: 'Istmo, bare with its audit log, two workers',
    isPeer: false,
    start: (ground) => startLogged(ground, 2),
  },
  {
    name: 'dress',
    title: 'Istmo, production dress',
    isPeer: false,
    isOfProduct: true,
    start: (ground) => startDressed(ground, 'any'),
  },
  {
    name: 'signed',
    title: 'Istmo, production dress and signed questions',
    isPeer: false,
    isOfProduct: true,
    start: (ground) => startDressed(ground, 'signed'),
  },
]

/** The order of the limit's arguments. */
const ARGUMENTS = ['persons', 'cases', 'legal'] as const

/** As a gateway is run: graphql-js takes longer otherwise. */
const PRODUCTION = { env: { NODE_ENV: 'production' } }

/** Starts a program of Node that says its port. */
async function startWithPort(ground: Ground, args: readonly string[], pattern = PORT_LINE): Promise<Serving> {
  const running = await startCommand(ground.pins.gateways, [process.execPath, ...args], pattern, PRODUCTION)
  return serve(ground, running, Number(running.said))
}
