/** The paths of a console at its origin. */

import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import { ConfigError } from '../../service/config-error.ts'
import { headerLines } from '../../service/http/header-lines.ts'
import { sendJson, sendText } from '../../service/http/json-response.ts'
import type { Answer, AuthorityRoute } from '../server.ts'
import type { ConsoleSettings } from './settings.ts'

/** What it is served below. */
export const CONSOLE_PATH = '/console/'

/** What its pages are told before anybody signs in. */
const CONFIG_PATH = `${CONSOLE_PATH}config.json`

/** Where the login provider sends a browser back to. It is registered there, character by character. */
export const REDIRECT_PATH = `${CONSOLE_PATH}signed-in`

/** The mandates of an officer, which only the authority knows. */
export const MANDATES_PATH = `${CONSOLE_PATH}mandates`

/** The trust policies of the settings, by their places in the list. */
const POLICIES_PATH = `${CONSOLE_PATH}trust-policy/`

/** Where a tool says what it is about to write into a file. */
export const EXPORTS_PATH = `${CONSOLE_PATH}exports`

/** What browsers must keep to with every answer of the console. */

/** Powers of a browser that the console does not use, and that no part of it may ask for. */
const UNUSED_POWERS = [
  ...['accelerometer', 'autoplay', 'camera', 'display-capture', 'encrypted-media', 'geolocation', 'gyroscope'],
  ...['hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment'],
  ...[
    'publickey-credentials-create',
    'publickey-credentials-get',
    'screen-wake-lock',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ],
]

/** Two years: how long a browser remembers that this host speaks TLS, in seconds. */
const TLS_REMEMBERED_S = 63_072_000

/**
 * Lists the origins, besides its own, to which the console sends requests: the gateway's, that of the login provider's token endpoint, and
 * oversight's. A page that was taken over can send nothing anywhere else.
 */
function listAskedOrigins({ gateway, oversight, provider }: ConsoleSettings): readonly string[] {
  const asked = [gateway, provider.tokenEndpoint, ...(oversight === null ? [] : [oversight.url])]
  return [...new Set(asked.map((address) => new URL(address).origin))]
}

/**
 * Writes the header `Link` of the page to which the login provider sends an officer back: the browser connects to the provider's token endpoint and to the
 * gateway while it still reads the page (resource hints, `preconnect`). It sends nothing there, and no cookie later.
 */
function writeConnectAhead({ gateway, provider }: ConsoleSettings): string {
  const origins = new Set([provider.tokenEndpoint, gateway].map((address) => new URL(address).origin))
  return [...origins].map((origin) => `<${origin}>; rel=preconnect; crossorigin`).join(', ')
}

/**
 * Returns the headers of every answer: a policy without inline code and without `eval` (CSP 3), Trusted Types without a policy, no frame, no window of
 * another origin, nothing that another site may load.
 * @param origin the console's own origin.
 */
function consoleHeaders(origin: string, settings: ConsoleSettings): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...listAskedOrigins(settings)].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': UNUSED_POWERS.map((power) => `${power}=()`).join(', '),
    // The address of a page may hold the id of a case or of a person.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    // For browsers that do not know frame-ancestors.
    'x-frame-options': 'DENY',
    ...(origin.startsWith('https:') && { 'strict-transport-security': `max-age=${TLS_REMEMBERED_S}` }),
  }
}

/** The built files of the console, read into memory: no request reaches the disk with a name of its own. */

/** The page that every path of the application is answered with. */
const INDEX = 'index.html'

/** The folder whose names hold the hash of their contents. */
const HASHED_FOLDER = 'assets/'

/** A name with a hash of at least eight characters, as Vite writes it: `index-BxY7_a9Q.js`. */
const HASHED_NAME = /^assets\/(?:[^/]+\/)*[^/]+-[\w-]{8,}\.[a-z\d]+$/

/** The largest file, and the largest sum of all files, in bytes. A console is far smaller. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
const MAX_FOLDER_BYTES = 64 * 1024 * 1024

/** The types of files that a console has. Others are not served, because a browser would guess what they are. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.graphql': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** Files that are compressed already. */
const IS_DENSE = /^(image\/(png|webp)|font\/)/

/** How a browser may get a file, besides as it is. */
type ContentCoding = 'br' | 'gzip'

/** A file. */
interface BuiltFile {
  readonly type: string
  /** Whether its name changes with its contents. */
  readonly isHashed: boolean
  /** A quoted hash of its contents (RFC 9110 section 8.8.3). */
  readonly etag: string
  readonly bytes: Buffer
  /** Resolves to its bytes in a coding. They are computed once. Null if it does not get smaller. */
  readonly encoded: (coding: ContentCoding) => Promise<Buffer | null>
}

/** The files of a folder. */
interface BuiltFiles {
  readonly index: BuiltFile
  /** Finds a file by its path below the folder, with slashes. */
  readonly find: (path: string) => BuiltFile | undefined
}

/**
 * Reads all files of a folder that a browser may have. It leaves out links, files and folders whose names begin with a dot, Vite's own `manifest.json`, and
 * types that a console does not have.
 * @throws {ConfigError} if the folder has no `index.html`, or too much. The message names the remedy.
 */
export async function readBuiltFiles(folder: string): Promise<BuiltFiles> {
  const files = new Map<string, BuiltFile>()
  let size = 0
  for (const path of await listPaths(folder, '')) {
    const bytes = await readRegularFile(join(folder, path))
    size += bytes?.length ?? 0
    if (size > MAX_FOLDER_BYTES) throw tooLarge(folder, MAX_FOLDER_BYTES)
    if (bytes !== null) files.set(path, toBuiltFile(path, bytes))
  }
  const index = files.get(INDEX)
  if (index === undefined) throw missing(folder)
  return { index, find: (path) => files.get(path) }
}

/** Returns what tells one build of the console from the next: the time and size of its page. Null if there is none. */
async function stampBuild(folder: string): Promise<string | null> {
  const found = await lstat(join(folder, INDEX)).catch(() => null)
  return found === null ? null : `${found.mtimeMs} ${found.size}`
}

async function listPaths(folder: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((cause: unknown) => {
    throw missing(folder, cause)
  })
  const paths = entries.map(async (entry) => {
    const path = `${below}${entry.name}`
    // Neither is true of a link.
    if (entry.name.startsWith('.') || !/^[\w.@~-]+$/.test(entry.name)) return []
    if (entry.isDirectory()) return listPaths(folder, `${path}/`)
    const isServed = entry.isFile() && path !== 'manifest.json' && Object.hasOwn(TYPES, extname(path))
    return isServed ? [path] : []
  })
  return (await Promise.all(paths)).flat().sort()
}

/** Reads a file. Null if it is a link, also if it became one a moment ago, or if it is gone. */
async function readRegularFile(file: string): Promise<Buffer | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
  if (handle === null) return null
  try {
    const { size } = await handle.stat()
    if (size > MAX_FILE_BYTES) throw tooLarge(file, MAX_FILE_BYTES)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

const compress = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
} satisfies Record<ContentCoding, (bytes: Buffer) => Promise<Buffer>>

/** Makes a file of its bytes. `path`: below the folder, with slashes; it says the type. */
function toBuiltFile(path: string, bytes: Buffer): BuiltFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  const made = new Map<ContentCoding, Promise<Buffer | null>>()
  return {
    type,
    bytes,
    isHashed: HASHED_NAME.test(path),
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    async encoded(coding) {
      if (IS_DENSE.test(type)) return null
      const coded =
        made.get(coding) ?? compress[coding](bytes).then((short) => (short.length < bytes.length ? short : null))
      made.set(coding, coded)
      return coded
    },
  }
}

function missing(folder: string, cause?: unknown): ConfigError {
  return new ConfigError(
    `console.files: expected the folder of a built console with ${INDEX}; came ${folder}. In a clone, run: npm run build -w console`,
    { cause },
  )
}

function tooLarge(path: string, bytes: number): ConfigError {
  return new ConfigError(
    `console.files: expected at most ${bytes} bytes in ${path}; came more. Name the folder of a built console and no other`,
  )
}

/** Answers the paths below `/console/`: the built files, and the page for each path of the application. */

/** The longest path that is answered, in characters. */
const MAX_PATH_LENGTH = 2_048

/** How often a folder is looked at again while it has no console, in milliseconds. */
const LOOK_AGAIN_MS = 500

/** What a browser shows while there is no console. It names no folder, because strangers read it too. */
const NOT_BUILT =
  'La consola todavía no está construida en este servidor. / The console is not built on this server yet.\n'

/** A browser looks again by itself. */
const LATER = { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '3', refresh: '3' }

const FOR_EVER = 'public, max-age=31536000, immutable'

/** Returns the files of now. Rejects with a {ConfigError} while there is no console. */
type CurrentFiles = () => Promise<BuiltFiles>

/**
 * Creates the reader of a folder that may be built again while the server runs: it reads all files again when the page has changed.
 * @param now returns milliseconds since the epoch.
 */
export function followFiles(folder: string, now: () => number): CurrentFiles {
  let held: { readonly stamp: string | null; readonly files: Promise<BuiltFiles> } | null = null
  let lookedMs = Number.NEGATIVE_INFINITY
  return async () => {
    if (held !== null && now() - lookedMs < LOOK_AGAIN_MS) return held.files
    lookedMs = now()
    const stamp = await stampBuild(folder)
    if (held === null || held.stamp !== stamp) {
      const files = readBuiltFiles(folder)
      files.catch(() => undefined)
      held = { stamp, files }
    }
    return held.files
  }
}

/** What {@link createFilesAnswer} works with. */
interface FilesParts {
  readonly files: CurrentFiles
  /** The headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
}

/** Creates the answer for the files: a file, the page for a path of the application, or 404. It ignores the query. */
function createFilesAnswer({ files, headers }: FilesParts): Answer {
  return async (request, response, path) => {
    const inside = readPath(path)
    if (inside === null) return sendJson(response, 404, { error: 'not_found' }, headers)
    const current = await files().catch((error: unknown) => {
      if (error instanceof ConfigError) return null
      throw error
    })
    if (current === null) return sendText(response, 503, NOT_BUILT, { ...headers, ...LATER })
    const file = inside === '' ? current.index : current.find(inside)
    if (file !== undefined) return sendFile(file === current.index, file, { request, response, headers })
    // A page of another build asks for a file that is gone: it must not get the page in its place.
    if (inside.startsWith(HASHED_FOLDER)) return sendJson(response, 404, { error: 'not_found' }, headers)
    return sendFile(true, current.index, { request, response, headers })
  }
}

/** Reads the path below the console's; null for one that no page of ours has: it climbs, is malformed, or holds control characters. */
function readPath(path: string): string | null {
  if (path.length > MAX_PATH_LENGTH) return null
  const inside = path.slice(CONSOLE_PATH.length)
  let decoded: string
  try {
    decoded = decodeURIComponent(inside)
  } catch {
    return null
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\\\u0000-\u001F\u007F]/.test(decoded)) return null
  const segments = decoded.split('/')
  const climbs = segments.some(
    (segment, index) => /^\.+$/.test(segment) || (segment === '' && index < segments.length - 1),
  )
  return climbs ? null : inside
}

interface Sending {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly headers: Readonly<Record<string, string>>
}

async function sendFile(isPage: boolean, file: BuiltFile, { request, response, headers }: Sending): Promise<void> {
  const cached = {
    'cache-control': isPage ? 'no-store' : file.isHashed ? FOR_EVER : 'no-cache',
    etag: file.etag,
    vary: 'Accept-Encoding',
  }
  if (!isPage && matches(request.headers['if-none-match'], file.etag)) {
    response.writeHead(304, { ...headers, ...cached }).end()
    return
  }
  const coding = chooseCoding(request.headers['accept-encoding'])
  const encoded = coding === null ? null : await file.encoded(coding)
  const bytes = encoded ?? file.bytes
  response.writeHead(200, {
    ...headers,
    ...cached,
    ...(encoded !== null && coding !== null && { 'content-encoding': coding }),
    'content-type': file.type,
    'content-length': bytes.length,
    'accept-ranges': 'none',
  })
  response.end(bytes)
}

function matches(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
}

/** Chooses a coding by `Accept-Encoding` (RFC 9110 section 12.5.3). A coding that the header does not name, or weighs with 0, is not used. */
function chooseCoding(header: string | undefined): ContentCoding | null {
  const accepted = (header ?? '').split(',').flatMap((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    return parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter)) ? [] : [name]
  })
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : null
}

/** The paths of the console that need no authority: its files, and what its pages are told. */

/** What {@link listConsoleRoutes} works with. */
interface ConsoleParts extends DescribedConsole {
  readonly files: CurrentFiles
}

/** Lists the routes of a console. */
export function listConsoleRoutes({ files, ...parts }: ConsoleParts): readonly AuthorityRoute[] {
  const headers = consoleHeaders(parts.origin, parts.settings)
  const description = describeConsole(parts)
  const filled = fillPages(files, description)
  const connecting = { ...headers, link: writeConnectAhead(parts.settings) }
  const toConsole: Answer = (_, response) => {
    response.writeHead(308, { ...headers, location: CONSOLE_PATH, 'content-length': 0 }).end()
  }
  const config: Answer = (_, response) => sendJson(response, 200, description, headers)
  const answers: readonly (readonly [string, Answer])[] = [
    [CONSOLE_PATH.slice(0, -1), toConsole],
    [CONFIG_PATH, config],
    [POLICIES_PATH, policyAnswer(parts.settings.oversight?.trustPolicies ?? [], headers)],
    [REDIRECT_PATH, createFilesAnswer({ files: filled, headers: connecting })],
    [CONSOLE_PATH, createFilesAnswer({ files: filled, headers })],
  ]
  return answers.map(([path, answer]) => ({ path, method: 'GET', answer: onlyAt(parts.origin, answer) }))
}

/** Answers with a trust policy by its place in the list. The file is read again each time, because policies change while a server runs. */
function policyAnswer(files: readonly string[], headers: Readonly<Record<string, string>>): Answer {
  return async (_, response, path) => {
    const place = path.slice(POLICIES_PATH.length)
    const file = /^\d{1,3}$/.test(place) ? files[Number(place)] : undefined
    const text = file === undefined ? null : await readFile(file, 'utf8').catch(() => null)
    if (text === null) return sendJson(response, 404, { error: 'not_found' }, headers)
    sendText(response, 200, text, { ...headers, 'content-type': 'text/plain; charset=utf-8' })
  }
}

/**
 * Answers only requests to this origin. A name of another site that leads to this machine would make its pages those of the console's origin (DNS
 * rebinding).
 */
export function onlyAt(origin: string, answer: Answer): Answer {
  const { host } = new URL(origin)
  return (request, response, path) => {
    const [named = '', ...others] = headerLines(request, 'host')
    if (named.toLowerCase() === host && others.length === 0) return answer(request, response, path)
    const expected = 'expected the header Host to name the address of the console, as publicUrl says it'
    return sendJson(response, 421, { error: 'misdirected_request', error_description: expected })
  }
}

/** Writes what the console is told into its page, so that the page need not ask for it: a round trip less before each sign-in. */

/** The id of the element in the page. `console/src/session/config.ts` looks for it. */
const ELEMENT_ID = 'istmo-config'

const END_OF_HEAD = '</head>'

/**
 * Adds the settings to the page of each build. They stand in a data block: a `script` element of a type that no browser runs, so that the policy's
 * `script-src` is not concerned. A page without a head is left as it is, and asks for the settings.
 */
function fillPages(files: CurrentFiles, settings: Readonly<Record<string, unknown>>): CurrentFiles {
  const block = `<script type="application/json" id="${ELEMENT_ID}">${writeJson(settings)}</script>\n`
  let filled: { readonly from: BuiltFiles; readonly to: BuiltFiles } | null = null
  return async () => {
    const from = await files()
    if (filled?.from !== from) filled = { from, to: withPage(from, fill(from.index, block)) }
    return filled.to
  }
}

/** JSON for inside HTML: without `<`, nothing in it can end the element or begin a comment. */
function writeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`)
}

function fill(page: BuiltFile, block: string): BuiltFile {
  const [before, ...after] = page.bytes.toString().split(END_OF_HEAD)
  return after.length === 0
    ? page
    : toBuiltFile('index.html', Buffer.from(`${before}${block}${END_OF_HEAD}${after.join(END_OF_HEAD)}`))
}

function withPage({ index: old, find }: BuiltFiles, index: BuiltFile): BuiltFiles {
  return {
    index,
    find: (path) => {
      const found = find(path)
      return found === old ? index : found
    },
  }
}

/** What the console is told before anybody signs in: `/console/config.json`. It holds no secret. */

/** What {@link describeConsole} works with. */
interface DescribedConsole {
  readonly settings: ConsoleSettings
  /** The console's own origin. */
  readonly origin: string
  /** The name of the authority, and the country that it speaks for. */
  readonly authority: string
  readonly country: string
  /** The path of the token endpoint at the console's origin. */
  readonly tokenPath: string
  readonly isDevelopment: boolean
}

/** Describes a console for its pages. */
function describeConsole(parts: DescribedConsole): Readonly<Record<string, unknown>> {
  const { settings, origin, authority, country, tokenPath, isDevelopment } = parts
  const { provider, client, gateway, oversight, languages, institution, contact } = settings
  const { client: clientId, ...endpoints } = provider
  return {
    version: 1,
    country,
    institution,
    contact,
    gateway,
    languages,
    development: isDevelopment,
    redirectPath: REDIRECT_PATH,
    authority: {
      issuer: authority,
      tokenEndpoint: `${origin}${tokenPath}`,
      mandatesEndpoint: `${origin}${MANDATES_PATH}`,
      clientId: client,
    },
    exports: { url: `${origin}${EXPORTS_PATH}` },
    provider: { ...endpoints, clientId },
    oversight: oversight === null ? null : describeOversight(oversight),
  }
}

function describeOversight({ url, audience, trustPolicies }: NonNullable<ConsoleSettings['oversight']>): object {
  return {
    url,
    audience: audience ?? new URL(url).origin,
    trustPolicy: trustPolicies.map((_, index) => `${POLICIES_PATH}${index}`),
  }
}
