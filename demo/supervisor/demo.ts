/**
 * The complete demo: the development issuers, one node for each country, the witnesses and the gateway, each in its own process.
 */
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { FolderLock } from '../../service/folder-lock/folder-lock.ts'
import { writeOversightFile } from '../audit-log/oversight-file.ts'
import { writeTrust } from '../audit-log/trust.ts'
import { type DemoConfig, PROJECT_DIR } from '../config.ts'
import { EXAMPLE_PERSON_ID } from '../generator/humans.ts'
import { type Home, homeIn } from '../home.ts'
import { DEVELOPMENT_ISSUERS, loadIssuer } from '../issuer/issuer.ts'
import { signAccessToken } from '../issuer/token.ts'
import { DEMO_COUNTRIES, issuerPort, nodePort, WITNESS_NAMES, witnessPort } from '../ports.ts'
import { type Child, describeExit, type Exit } from './child.ts'
import { serveControl } from './control-socket.ts'
import { type Countries, createCountries, withoutRecords } from './countries.ts'
import { createDatabases } from './databases.ts'
import { checkPortsFree } from './free-ports.ts'
import { greetingText } from './greeting.ts'
import { writeIssuersFile } from './issuers-file.ts'
import { writeLegKey } from './leg-key.ts'
import { lockHome } from './lock-home.ts'
import type { StartOptions } from './options.ts'
import { awaitLeftovers, createProcesses } from './processes.ts'
import { issuerService, witnessesService } from './services.ts'
import type { Terminal } from './terminal.ts'

/** A demo, from its first child to its last. */
export interface Demo {
  /** Starts everything and prints a greeting. @throws {UsageError} with the reason and the remedy, when something does not start. */
  start(): Promise<void>
  /** Ends every child in order, and releases the home folder for the next demo. */
  stop(): Promise<void>
  /** Kills every child at once. */
  kill(): void
  /** Resolves with the reason when the demo cannot go on, because its gateway or its issuers ended by themselves. */
  readonly broken: Promise<string>
}

/** Creates the demo with these settings. Does not start it. */
export function createDemo(config: DemoConfig, options: StartOptions, terminal: Terminal): Demo {
  const home = homeIn(config.home)
  const broken = Promise.withResolvers<string>()
  const processes = createProcesses({
    logs: home.logs,
    pids: home.pids,
    codeCache: home.cache,
    onUnexpectedEnd: (child, exit) => {
      if (DEMO_COUNTRIES.includes(child.name)) terminal.line(countryEnded(child, exit))
      else if (child.name === 'witnesses') terminal.line(witnessesEnded(child, exit))
      else broken.resolve(`the ${child.name} ended by itself (${describeExit(exit)}); its log is ${child.logFile}`)
    },
  })
  const countries = createCountries({ config, options, processes, terminal })
  const closing: (() => unknown)[] = []

  return {
    broken: broken.promise,
    start: async () => {
      const startedAt = performance.now()
      const lock = await prepare(config, home, terminal)
      closing.push(() => lock.release())
      terminal.line(`Istmo, with its records in ${config.databaseUrl === null ? home.data : 'the databases istmo_…'}`)
      await Promise.all([
        processes.serve(issuerService(config)),
        processes.serve(witnessesService(config)),
        countries.startAll(availableParallelism()),
      ])
      const control = await serveControl(home.socket, countries.carryOut)
      closing.push(() => control.close())
      terminal.line(`Ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
      terminal.line(await greeting(config, home, countries))
    },
    stop: async () => {
      await processes.stopAll()
      for (const close of closing.splice(0).reverse()) await close()
    },
    kill: processes.killAll,
  }
}

async function prepare(config: DemoConfig, home: Home, terminal: Terminal): Promise<FolderLock> {
  for (const dir of [home.dir, home.run, home.data, home.logs, home.auditLog]) await mkdir(dir, { recursive: true })
  await chmod(home.run, 0o700)
  const lock = await lockHome(home)
  try {
    await awaitLeftovers(home.pids)
    await checkPortsFree(portsOf(config))
    await writeLegKey(home.legKey, home.legJwks)
    await writeIssuersFile(home.issuers, config.port)
    const replaced = await writeTrust(home.auditLog, config.port)
    if (replaced !== undefined) terminal.line(replaced)
    await writeOversightFile(home, config.port)
    if (config.databaseUrl !== null) await createDatabases(config.databaseUrl, DEMO_COUNTRIES)
    return lock
  } catch (error) {
    lock.release()
    throw error
  }
}

function portsOf({ port }: DemoConfig): ReadonlyMap<number, string> {
  const ports = new Map<number, string>([
    [port, 'gateway'],
    ...WITNESS_NAMES.map((name) => [witnessPort(port, name), `witness ${name}`] as const),
    ...DEVELOPMENT_ISSUERS.map(({ country }) => [issuerPort(port, country), `issuer of ${country}`] as const),
  ])
  for (const country of DEMO_COUNTRIES) ports.set(nodePort(port, country) ?? port, country)
  return ports
}

async function greeting(config: DemoConfig, home: Home, countries: Countries): Promise<string> {
  const participants = countries.participants()
  return greetingText({
    port: config.port,
    countries: participants,
    token: await signAccessToken(await loadIssuer(DEVELOPMENT_ISSUERS[0], home.issuer), { profile: 'analyst' }),
    query: await readFile(join(PROJECT_DIR, 'demo/across-borders.graphql'), 'utf8'),
    personId: EXAMPLE_PERSON_ID,
    notes: DEMO_COUNTRIES.filter((country) => !participants.includes(country)).map(withoutRecords),
  })
}

function witnessesEnded(child: Child, exit: Exit): string {
  return `the witnesses ended by themselves (${describeExit(exit)}): the audit logs go on, but soon answers say UNWITNESSED; their log is ${child.logFile}`
}

function countryEnded(child: Child, exit: Exit): string {
  return `${child.name} ended by itself (${describeExit(exit)}): its rows are missing from answers now. npm run demo:start -- ${child.name} brings it back; its log is ${child.logFile}`
}
