/** The paths of the console that need no authority: its files, and what its pages are told. */
import { readFile } from 'node:fs/promises'
import { headerLines } from '../../service/http/header-lines.ts'
import { sendJson, sendText } from '../../service/http/json-response.ts'
import type { Answer, AuthorityRoute } from '../server.ts'
import { type DescribedConsole, describeConsole } from './describe-console.ts'
import { fillPages } from './fill-page.ts'
import { consoleHeaders, writeConnectAhead } from './headers.ts'
import { CONFIG_PATH, CONSOLE_PATH, POLICIES_PATH, REDIRECT_PATH } from './paths.ts'
import { type CurrentFiles, createFilesAnswer } from './serve-files.ts'

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
