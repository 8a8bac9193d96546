import { expect, it } from 'vitest'
import { GATEWAY_SETTINGS } from '../gateway/process/settings.ts'
import { NODE_VARIABLES } from '../subgraphs/kit/settings.ts'
import { warnOfMisspelt } from './misspelt-variables.ts'

const GATEWAY_VARIABLES = Object.values(GATEWAY_SETTINGS).map(({ variable }) => variable)

function warnings(known: readonly string[], names: readonly string[]): readonly string[] {
  const lines: string[] = []
  const log = { warn: (line: string) => void lines.push(line) }
  warnOfMisspelt(known, Object.fromEntries(names.map((name) => [name, '1'])), log as never)
  return lines
}

it.each([
  ['MAX_DEPHT', 'MAX_DEPTH', GATEWAY_VARIABLES],
  ['max_depth', 'MAX_DEPTH', GATEWAY_VARIABLES],
  ['DATABASE_FOLDR', 'DATABASE_FOLDER', NODE_VARIABLES],
  ['DATABSE_URL', 'DATABASE_URL', ['DATABASE_URL']],
])('a variable %s is warned of, and %s is named', (name, meant, known) => {
  expect(warnings(known, [name])).toEqual([`the variable ${name} is not a setting; did you mean ${meant}?`])
})

it('neither settings nor what others mean by their variables are warned of', () => {
  const others =
    'HOME HOSTNAME LANG LANGUAGE LOGNAME MAIL NODE_ENV NODE_OPTIONS PATH POST SORT PWD SHELL SHLVL TERM TZ USER XDG_SESSION_ID INVOCATION_ID ' +
    'JOURNAL_STREAM NOTIFY_SOCKET LISTEN_FDS HTTPS_PROXY PGHOST PGUSER DATABASE_NAME KUBERNETES_PORT KUBERNETES_SERVICE_HOST OTEL_SERVICE_NAME'
  const names = [...others.split(' '), ...GATEWAY_VARIABLES, ...NODE_VARIABLES]
  expect(warnings(GATEWAY_VARIABLES, names)).toEqual([])
  expect(warnings(NODE_VARIABLES, names)).toEqual([])
})
