/** Answers the paths below `/console/`: the built files, and the page for each path of the application. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConfigError } from '../../service/config-error.ts'
import { sendJson, sendText } from '../../service/http/json-response.ts'
import type { Answer } from '../server.ts'
import {
  type BuiltFile,
  type BuiltFiles,
  type ContentCoding,
  HASHED_FOLDER,
  readBuiltFiles,
  stampBuild,
} from './built-files.ts'
import { CONSOLE_PATH } from './paths.ts'

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
export type CurrentFiles = () => Promise<BuiltFiles>

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
export interface FilesParts {
  readonly files: CurrentFiles
  /** The headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
}

/** Creates the answer for the files: a file, the page for a path of the application, or 404. It ignores the query. */
export function createFilesAnswer({ files, headers }: FilesParts): Answer {
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
