/**
 * The complete demo: the login provider and authority of each country that sends callers, one node for each country, the witnesses and the gateway,
 * each in its own process.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { FolderInUseError, type FolderLock, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { arePrepared } from '../../service/prepared-database.ts'
import { UsageError } from '../../service/usage-error.ts'
import { admitCountry, listAdmitted, writeForAdmitted } from '../admitted.ts'
import { writeTrust } from '../audit-log/trust.ts'
import { AUTHORITIES, gatewayAddress } from '../authority/authorities.ts'
import { prepareAuthorities } from '../authority/prepare-authorities.ts'
import { makeDemoCertificates } from '../certificates.ts'
import { type DemoConfig, PROJECT_DIR } from '../config.ts'
import {
  authorityPort,
  consolePort,
  DEMO_COUNTRIES,
  issuerPort,
  nodePort,
  operatorPort,
  oversightPort,
  WITNESS_NAMES,
  witnessPort,
} from '../countries.ts'
import { type Home, homeIn } from '../home.ts'
import { writeLegKey } from '../keys.ts'
import { say } from '../words.ts'
import { serveControl } from './control-socket.ts'
import { createCountries, withoutRecords } from './countries.ts'
import { createDatabases } from './fill.ts'
import type { StartOptions } from './options.ts'
import { awaitLeftovers, createProcesses, describeExit, type Processes } from './processes.ts'
import { writeRunFiles } from './run-files.ts'
import { authorityServices, oversightService, witnessesService } from './services.ts'
import type { Terminal } from './terminal.ts'

/** A demo, from its first child to its last. */
export interface Demo {
  /** Starts everything and prints a greeting. @throws {UsageError} with the reason and the remedy, when something does not start. */
  start(): Promise<void>
  /** Ends every child in order, and releases the home folder for the next demo. */
  stop(): Promise<void>
  /** Kills every child at once. */
  kill(): void
  /** Resolves with the reason when the demo cannot go on, because its gateway or an authority ended by themselves. */
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
    prepared: home.prepared,
    onSlow: terminal.line,
    onUnexpectedEnd: (child, exit) => {
      const { name, logFile: log } = child
      const what = { name, log, exit: describeExit(exit) }
      if (DEMO_COUNTRIES.includes(name)) terminal.line(say('ended.country', what))
      else if (name === 'witnesses' || name === 'oversight') terminal.line(say(`ended.${name}`, what))
      else broken.resolve(say('ended.gateway', what))
    },
  })
  const countries = createCountries({ config, options, processes, terminal })
  const closing: (() => unknown)[] = []

  return {
    broken: broken.promise,
    start: async () => {
      const startedAt = performance.now()
      const isFirst = !existsSync(home.authorities)
      const { lock, authorities } = await prepare(config, options.admit, home, terminal)
      closing.push(() => lock.release(), renewDaily(home, terminal))
      terminal.line(say('records', { place: config.databaseUrl === null ? home.data : say('databases') }))
      if (isFirst && !arePrepared()) {
        const args = ['demo/supervisor/prepare-main.ts', home.prepared]
        await processes.run({ name: 'databases', args, env: {} })
      }
      await Promise.all([
        ...authorityServices(config).map((service) => processes.serve(service)),
        processes.serve(witnessesService(config)),
        countries.startAll(availableParallelism(), authorities),
      ])
      await rm(home.prepared, { recursive: true, force: true })
      const control = await serveControl(home.socket, countries.carryOut)
      closing.push(() => control.close())
      terminal.line(say('ready', { seconds: secondsSince(startedAt) }))
      terminal.line(greetingText(config.port, countries.participants()))
      for (const admitted of await listAdmitted(home)) {
        const folder = await writeForAdmitted(home, admitted, authorities)
        const command = `istmo probe … --operator http://127.0.0.1:${operatorPort(config.port)}`
        terminal.line(say('admitted', { country: admitted.country, folder, command }))
      }
      void startOversight(config, processes, terminal)
      if (!isConsoleBuilt()) void buildFirstConsole(processes, terminal)
    },
    stop: async () => {
      await processes.stopAll()
      for (const close of closing.splice(0).reverse()) await close()
    },
    kill: processes.killAll,
  }
}

/** Starts the auditors' GraphQL when the demo runs already: officers need not wait for it. Without it, everything else works. */
async function startOversight(config: DemoConfig, processes: Processes, terminal: Terminal): Promise<void> {
  try {
    await processes.serve(oversightService(config))
    terminal.line(say('oversightReady'))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    if (!processes.isClosed()) terminal.line(error.message)
  }
}

/** Builds the console while the demo runs already. Without it, everything else works. */
async function buildFirstConsole(processes: Processes, terminal: Terminal): Promise<void> {
  const startedAt = performance.now()
  try {
    await buildConsole(processes)
    terminal.line(say('consoleBuilt', { seconds: secondsSince(startedAt) }))
  } catch (error) {
    // A demo that is stopped ends its build.
    if (error instanceof UsageError) terminal.line(say('consoleNotBuilt', { reason: error.message }))
    else throw error
  }
}

const DAY_MS = 86_400_000

/** Renews once a day the certificates that end soon. All children read them again by themselves. Returns a function that ends it. */
function renewDaily(home: Home, terminal: Terminal): () => void {
  const renew = () => makeDemoCertificates(home, Date.now()).catch((error: Error) => terminal.line(error.message))
  const timer = setInterval(() => void renew(), DAY_MS).unref()
  return () => clearInterval(timer)
}

/** Makes the home folder this demo's, with all keys and settings. */
async function prepare(config: DemoConfig, admit: string | undefined, home: Home, terminal: Terminal) {
  for (const dir of [home.dir, home.run, home.data, home.logs, home.auditLog]) await mkdir(dir, { recursive: true })
  await chmod(home.run, 0o700)
  const lock = await lockHome(home)
  try {
    await awaitLeftovers(home.pids)
    await checkPortsFree(portsOf(config))
    await writeFile(home.port, `${config.port}\n`)
    await writeLegKey(home.legKey, home.legJwks)
    if (admit !== undefined) await admitCountry(home, resolve(admit))
    const news = listNews(home)
    await makeDemoCertificates(home, Date.now())
    const authorities = await prepareAuthorities(home, config.port)
    const replaced = await writeTrust(
      home.auditLog,
      config.port,
      authorities.map((authority) => authority.log),
    )
    for (const line of news) terminal.line(line)
    if (replaced !== undefined) terminal.line(replaced)
    await writeRunFiles(home, config.port)
    if (config.databaseUrl !== null) await createDatabases(config.databaseUrl, DEMO_COUNTRIES)
    return { lock, authorities }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Says what is new to a home in which an earlier version has run: one without authorities, or one without certificates. */
function listNews({ providers, authorities, tls }: Home): readonly string[] {
  if (!existsSync(providers)) return []
  return [...(existsSync(authorities) ? [] : [say('news.authorities')]), ...(existsSync(tls) ? [] : [say('news.tls')])]
}

function portsOf({ port }: DemoConfig): ReadonlyMap<number, string> {
  return new Map<number, string>([
    [port, 'gateway'],
    ...WITNESS_NAMES.map((name) => [witnessPort(port, name), `witness ${name}`] as const),
    ...AUTHORITIES.map(({ country }) => [issuerPort(port, country), `login provider of ${country}`] as const),
    ...AUTHORITIES.map(({ country }) => [authorityPort(port, country), `authority of ${country}`] as const),
    ...AUTHORITIES.map(({ country }) => [consolePort(port, country), `console of ${country}`] as const),
    ...DEMO_COUNTRIES.map((country) => [nodePort(port, country), country] as const),
    [oversightPort(port), 'oversight'],
    [operatorPort(port), 'operator server of the gateway'],
  ])
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}

/** Writes what shows a person where to go: the page from which everything else can be reached, who answers, and what is missing. */
export function greetingText(port: number, participants: readonly string[]): string {
  const missing = DEMO_COUNTRIES.filter((country) => !participants.includes(country)).map(withoutRecords)
  return [
    ...['', `  ${gatewayAddress(port)}/`, ''],
    say('greeting.answering', { countries: participants.join(', ') }),
    say('greeting.commands'),
    ...missing,
  ].join('\n')
}

const CONSOLE_DIR = join(PROJECT_DIR, 'console')

/** Whether the console is built already, and none of its own files and of the modules that they import has changed since. */
export function isConsoleBuilt(folder: string = CONSOLE_DIR): boolean {
  const built = statSync(join(folder, 'dist/index.html'), { throwIfNoEntry: false })
  if (built === undefined) return false
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join('src', path),
  )
  const own = ['index.html', 'package.json', 'vite.config.ts', ...sources].map((path) => join(folder, path))
  return [...withImported(own)].every((path) => {
    return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= built.mtimeMs
  })
}

/** A path that a module imports from beside it or from another room, without what follows a `?`. */
const IMPORTED = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^'?]+)/g

/** Returns the files, and those that they import, directly or through others. */
function withImported(files: readonly string[]): ReadonlySet<string> {
  const found = new Set(files)
  // A set gives also what is added to it meanwhile.
  for (const path of found) {
    if (!/\.tsx?$/.test(path) || !existsSync(path)) continue
    for (const [, imported = ''] of readFileSync(path, 'utf8').matchAll(IMPORTED)) {
      found.add(join(dirname(path), imported))
    }
  }
  return found
}

/**
 * Builds the console, as `npm run build -w console` does. It builds beside the folder that is served and then moves the result there in one step, so that two demos
 * of one clone may build at the same time, and nobody is served half a console.
 * @param processes the demo's children. Whoever ends them ends the build.
 * @throws {UsageError} with the end of the build's log.
 */
export async function buildConsole(processes: Pick<Processes, 'run'>, folder: string = CONSOLE_DIR): Promise<void> {
  const building = `.building-${process.pid}`
  const vite = join(PROJECT_DIR, 'node_modules/vite/bin/vite.js')
  try {
    const args = [vite, 'build', folder, '--outDir', building, '--emptyOutDir', '--logLevel', 'warn']
    // In tests, NODE_ENV is another, and the pages would be those of a developer: larger, slower, and with the names of files on this machine.
    await processes.run({ name: 'console-build', args, env: { NODE_ENV: 'production' } })
    // One of an older version cannot be replaced by a rename.
    if (!isConsoleBuilt(folder)) await rm(join(folder, 'dist'), { recursive: true, force: true })
    await rename(join(folder, building), join(folder, 'dist')).catch(async (error: unknown) => {
      // The other demo was quicker.
      if (!isConsoleBuilt(folder)) throw error
    })
  } finally {
    await rm(join(folder, building), { recursive: true, force: true })
  }
}

/**
 * Locks the home folder of a demo until the lock is released, or until the process ends in any way.
 * @throws {UsageError} with the remedy, when another demo runs in it.
 */
export async function lockHome({ dir, lock }: Pick<Home, 'dir' | 'lock'>): Promise<FolderLock> {
  try {
    return await lockFolder(dir, { file: lock })
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    throw new UsageError(
      `a demo runs in ${dir} already${error.pid === undefined ? '' : `, process ${error.pid}`}: stop it first (Ctrl-C in its terminal), or start another with ISTMO_HOME=<other folder> PORT=<other port>`,
      { cause: error },
    )
  }
}

/**
 * Checks that the demo's ports are free on 127.0.0.1.
 * @param ports the use of each port, by port.
 * @throws {UsageError} with the ports that are taken, and the remedy.
 */
export async function checkPortsFree(ports: ReadonlyMap<number, string>): Promise<void> {
  const taken = (await Promise.all([...ports.keys()].map(async (port) => ({ port, free: await isFree(port) }))))
    .filter(({ free }) => !free)
    .map(({ port }) => `${port} (${ports.get(port)})`)
  if (taken.length > 0) {
    throw new UsageError(
      `in use on 127.0.0.1: port ${taken.join(', ')}. End what listens there, or choose another range: PORT=<number> npm start`,
    )
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
