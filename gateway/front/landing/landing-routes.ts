import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { IstmoError } from '../../../contract/errors.ts'
import { chooseLanguage, LANGUAGES, type Language } from '../../../contract/language.ts'
import { sendText } from '../../../service/http/json-response.ts'
import type { Route } from '../../../service/http/route.ts'
import { createDocumentRoutes } from './documents.ts'
import { type LandingState, writeLandingPage } from './landing-page.ts'

/** The page loads its style, its typeface and pictures, and sends nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const METHODS = ['GET', 'HEAD']

/** Where the page has what it shows from. */
export interface LandingSource {
  readonly state: () => LandingState
  /** A folder of documents; null: none. */
  readonly documents: string | null
}

const require = createRequire(import.meta.url)

/**
 * Creates the routes of the landing page: `/` for a browser, what it loads, and the documents of a folder. A program that asks for `/` gets
 * `NOT_FOUND`, as for any other path.
 */
export async function createLandingRoutes({
  state,
  documents,
}: LandingSource): Promise<readonly (readonly [path: string, route: Route])[]> {
  const style = await readFile(join(import.meta.dirname, 'landing.css'), 'utf8')
  const headers = { 'content-security-policy': CONTENT_SECURITY_POLICY, 'referrer-policy': 'no-referrer' }
  const page: Route = {
    methods: METHODS,
    answer(request, response) {
      if (!/\btext\/html\b/i.test(request.headers.accept ?? '')) throw new IstmoError('NOT_FOUND')
      const language = languageOf(request)
      sendText(response, 200, writeLandingPage(language, state()), {
        ...headers,
        'content-type': 'text/html; charset=utf-8',
        'content-language': language,
        vary: 'Accept, Accept-Language',
      })
    },
  }
  // A character for each byte.
  const typeface = await readFile(
    require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
    'latin1',
  )
  const ofTypeface: Route = {
    methods: METHODS,
    answer: (_, response) =>
      sendText(response, 200, typeface, { 'content-type': 'font/woff2', 'cache-control': 'max-age=86400' }, 'latin1'),
  }
  const ofStyle: Route = {
    methods: METHODS,
    answer: (_, response) => sendText(response, 200, style, { 'content-type': 'text/css; charset=utf-8' }),
  }
  return [
    ['/', page],
    ['/landing.css', ofStyle],
    ['/inter.woff2', ofTypeface],
    ...(documents === null ? [] : await createDocumentRoutes(documents, headers)),
  ]
}

/** The language of the page: by the link on it, or by the browser. Spanish, if it wants neither. */
function languageOf({ url = '', headers }: IncomingMessage): Language {
  const chosen = new URLSearchParams(url.split('?')[1]).get('lang')
  const wanted = (headers['accept-language'] ?? '').replaceAll('*', 'es')
  return LANGUAGES.find((each) => each === chosen) ?? chooseLanguage(`${wanted}, es;q=0.001`)
}
