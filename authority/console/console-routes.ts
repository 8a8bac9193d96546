/** The paths of the console that need no authority: its files, and what its pages are told. */
import { readFile } from 'node:fs/promises'
import { headerLines } from '../../service/http/header-lines.ts'
import { sendJson, sendText } from '../../service/http/json-response.ts'
import type { Answer, AuthorityRoute } from '../server.ts'
import { type BuiltFile, type BuiltFiles, toBuiltFile } from './built-files.ts'
import { consoleHeaders, writeConnectAhead } from './headers.ts'
import { CONFIG_PATH, CONSOLE_PATH, EXPORTS_PATH, MANDATES_PATH, POLICIES_PATH, REDIRECT_PATH } from './paths.ts'
import { type CurrentFiles, createFilesAnswer } from './serve-files.ts'
import type { ConsoleSettings } from './settings.ts'

/** What {@link listConsoleRoutes} works with. */
export interface ConsoleParts extends DescribedConsole {
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
  const { provider, client, gateway, oversight, languages } = settings
  const { client: clientId, ...endpoints } = provider
  return {
    version: 1,
    country,
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
