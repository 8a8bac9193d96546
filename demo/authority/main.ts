/**
 * The process of a country's login provider and mandate authority: `node demo/authority/main.ts COUNTRY`. `demo/supervisor` starts one for each
 * country that sends callers, after it has made their keys and settings.
 */

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { REDIRECT_PATH } from '../../authority/console/console-routes.ts'
import { readConsoleFile, startConsole } from '../../authority/console/console-server.ts'
import { startAuthority } from '../../authority/main.ts'
import { type OpenedMandates, openAuthorityMandates } from '../../authority/mandates/mandates.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { makeFilesPrivate } from '../../service/private-files.ts'
import { listAdmitted } from '../admitted.ts'
import { readDemoConfig } from '../config.ts'
import { issuerPort } from '../countries.ts'
import { homeIn } from '../home.ts'
import { loadProviderKey } from '../keys.ts'
import { createLoginProvider } from '../provider/provider.ts'
import { authorityHomeIn, authorityOf, COUNTRY_WITNESSES, consoleAddress, providerAddress } from './authorities.ts'
import { logInAtProvider } from './log-in.ts'
import { signMandates } from './prepare-authorities.ts'

/** How long the witnesses may take to see new mandates, in milliseconds. They start at the same time as this process. */
const WITNESSED_WITHIN_MS = 60_000

const POLL_MS = 100

/** The path at which the process reports that both parts answer, and that the mandates can be proved. */
const READY_PATH = '/health/ready'

makeFilesPrivate()
const config = readDemoConfig()
const home = homeIn(config.home)
const authority = authorityOf(process.argv[2] ?? '')
const place = authorityHomeIn(home.authorities, authority.country)
const log = pino({}, pino.destination({ fd: 2, sync: true }))
let isReady = false

async function serveProvider(): Promise<Server> {
  const { country, issuer } = authority
  const provider = createLoginProvider({
    country,
    key: await loadProviderKey(home, country),
    issuer: providerAddress(config.port, country),
    audience: issuer,
    development: true,
    redirectUris: [`${consoleAddress(config.port, country)}${REDIRECT_PATH}`],
  })
  const server = createServer((request, response) => {
    if (request.url === READY_PATH) response.writeHead(isReady ? 200 : 503).end()
    else provider(request, response)
  }).listen(issuerPort(config.port, country), '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Waits until each country that has witnesses could be shown a mandate. A witness that is silent keeps new mandates from its country. */
async function waitForWitnesses(mandates: OpenedMandates, hashes: readonly string[]): Promise<void> {
  const deadline = Date.now() + WITNESSED_WITHIN_MS
  const proofs = Object.keys(COUNTRY_WITNESSES).flatMap((country) => hashes.map((hash) => ({ hash, country })))
  let left = proofs
  while (left.length > 0 && Date.now() < deadline) {
    const found = await Promise.all(left.map(({ hash, country }) => mandates.prove(hash, country)))
    left = left.filter((_, index) => found[index] === null)
    if (left.length > 0) await sleep(POLL_MS)
  }
  const countries = [...new Set(left.map(({ country }) => country))]
  if (left.length > 0)
    log.warn({ countries }, 'the witnesses have not seen the new mandates yet; these countries do not accept them')
}

const provider = await serveProvider()
const opened = Promise.withResolvers<OpenedMandates>()
const running = await startAuthority({
  settings: await readAuthoritySettings(place.settings),
  isDevelopment: true,
  log,
  openMandates: async (world) => {
    const mandates = await openAuthorityMandates(world)
    opened.resolve(mandates)
    return mandates
  },
})
const officersConsole = await startConsole({
  settings: await readConsoleFile(place.console),
  isDevelopment: true,
  log,
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    provider.close()
    provider.closeAllConnections()
    void Promise.all([officersConsole.close(), running.close()]).finally(() => process.exit(0))
  })
}
const admitted = (await listAdmitted(home)).map(({ country }) => country)
const signed = await signMandates({
  authority,
  place,
  basePort: config.port,
  now: Date.now,
  countries: [...Object.keys(COUNTRY_WITNESSES), ...admitted],
  logIn: (signer) => logInAtProvider(authority.country, signer, config.port),
})
await waitForWitnesses(await opened.promise, signed)
isReady = true
