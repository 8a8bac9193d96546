/** A console of a test: a folder of built files, and the server before it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { type RunningConsole, readConsoleFile, startConsole } from '../../authority/console/console-server.ts'
import { takePort } from '../ports.ts'

/** A script of the test's console. Its name holds a hash, as Vite writes it. */
export const SCRIPT = 'assets/index-BxY7_a9Q.js'

/** What stands beside the folder of the console, and must never leave the machine. */
export const SECRET = 'a signing key of the authority'

/** The files of a small console. */
export const FILES: Readonly<Record<string, string>> = {
  'index.html': `<!doctype html><html lang="es"><head><meta charset="utf-8"><title>consola</title>
<script type="module" src="/console/${SCRIPT}"></script></head><body></body></html>`,
  [SCRIPT]: `document.title = 'listo'\n${'// a line of the script\n'.repeat(400)}`,
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'manifest.json': '{"src":"/home/builder/console"}',
  '.env': SECRET,
  'assets/source.ts': SECRET,
}

/** What a served page tells its scripts: the settings in it, and the page without them. */
export function readPage(body: Buffer): { readonly page: string; readonly settings: unknown } {
  const text = body.toString()
  const [block = '', json = 'null'] =
    /<script type="application\/json" id="istmo-config">([^<]*)<\/script>\n/.exec(text) ?? []
  return { page: text.replace(block, ''), settings: JSON.parse(json) }
}

/** A console that runs, and its folder. */
export interface TestConsole {
  readonly folder: string
  /** The folder of the built files. */
  readonly files: string
  readonly origin: string
  readonly running: RunningConsole
  readonly remove: () => Promise<void>
}

/** Writes files into a new folder `dist`, with a secret beside it and links that lead there. */
export async function writeConsole(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-console-'))
  await mkdir(join(folder, 'dist/assets'), { recursive: true })
  for (const [name, text] of Object.entries({ ...files, '../secret.json': SECRET })) {
    const file = join(folder, 'dist', name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await symlink('../secret.json', join(folder, 'dist/linked.json'))
  await symlink('..', join(folder, 'dist/up'))
  await symlink('../../secret.json', join(folder, 'dist/assets/linked-AAAAAAAA.json'))
  return folder
}

/** Starts a console on a free port. `over` changes settings. */
export async function startTestConsole(
  over: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, string>> = FILES,
): Promise<TestConsole> {
  const folder = await writeConsole(files)
  const port = await takePort()
  const origin = `http://127.0.0.1:${port}`
  const settings = {
    ...{ port, publicUrl: origin, files: 'dist', gateway: 'http://127.0.0.1:9' },
    authority: { issuer: 'https://authority.gt.example', country: 'GT', address: 'http://127.0.0.1:9' },
    provider: {
      ...{ issuer: 'http://127.0.0.1:7', client: 'console' },
      ...{ authorizationEndpoint: 'http://127.0.0.1:7/auth', tokenEndpoint: 'http://127.0.0.1:7/token' },
    },
    ...over,
  }
  await writeFile(join(folder, 'console.yaml'), stringify(settings))
  const running = await startConsole({
    ...{ settings: await readConsoleFile(join(folder, 'console.yaml')), isDevelopment: true },
    log: pino({ level: 'silent' }),
  })
  return {
    ...{ folder, files: join(folder, 'dist'), origin, running },
    async remove() {
      await running.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** An answer, as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends a request with exactly this path and these headers, which `fetch` would tidy up. */
export function askRaw(
  origin: string,
  path: string,
  {
    method = 'GET',
    headers = {},
  }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
    })
    sent.once('error', reject)
    sent.end()
  })
}
