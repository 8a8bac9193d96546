import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { ConfigError } from '../../service/config-error.ts'
import { listen, stopServer } from '../../service/http/listen.ts'
import { MANDATES_PATH } from './console-routes.ts'
import { type ConsoleServerSettings, type RunningConsole, readConsoleFile, startConsole } from './console-server.ts'

/** An address at which nobody listens. */
const NOBODY = 'http://127.0.0.1:1'

let folder: string
let running: RunningConsole | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-console-server-'))
})
afterEach(async () => {
  await running?.close()
  running = undefined
  await rm(folder, { recursive: true })
})

/** Settings of a console whose authority is away. */
async function writeSettings(
  authority: { readonly ca?: string; readonly address?: string } = {},
): Promise<ConsoleServerSettings> {
  const file = join(folder, 'console.yaml')
  const settings = {
    ...{ port: 0, publicUrl: 'http://127.0.0.1:4015', files: '.', gateway: NOBODY },
    authority: { issuer: 'https://authority.gt.example', country: 'GT', address: NOBODY, ...authority },
    provider: {
      ...{ issuer: NOBODY, client: 'console' },
      ...{ authorizationEndpoint: `${NOBODY}/auth`, tokenEndpoint: `${NOBODY}/token` },
    },
  }
  await writeFile(file, stringify(settings))
  return readConsoleFile(file)
}

/** Returns an address that was free a moment ago. `fetch` refuses the port of {@link NOBODY} before it connects. */
async function findClosedPort(): Promise<string> {
  const server = createServer()
  const { port } = await listen(server, '127.0.0.1', 0)
  await stopServer(server)
  return `http://127.0.0.1:${port}`
}

it('a console says with the setting that the certificates of its authority cannot be read', async () => {
  const settings = await writeSettings({ ca: 'none.pem' })
  const starting = startConsole({ settings, isDevelopment: true, log: pino({ level: 'silent' }) })
  await expect(starting).rejects.toThrow(ConfigError)
  await expect(starting).rejects.toThrow(
    /none\.pem: expected a usable file: there is no such file or folder \(ENOENT\)\. Correct authority\.ca/,
  )
})

it('the log of a console says in words why the authority did not answer', async () => {
  const log = pino({ level: 'silent' })
  const warn = vi.spyOn(log, 'warn')
  running = await startConsole({
    settings: await writeSettings({ address: await findClosedPort() }),
    isDevelopment: true,
    log,
  })
  const asked = get(`${running.url}${MANDATES_PATH}`, { headers: { host: '127.0.0.1:4015' } })
  const [answer] = await once(asked, 'response')
  answer.resume()
  expect(answer.statusCode).toBe(503)
  expect(warn).toHaveBeenCalledWith(
    { reason: expect.stringMatching(/^127\.0\.0\.1:\d+: expected to connect; .*: nothing listens there/) },
    'the authority did not answer',
  )
})
