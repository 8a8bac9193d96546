/** The example of a country's own service (clients/python/upstream.py), behind a sidecar, as docs/upstream.md says. It needs Python without packages. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runConformance } from '../../joining/conformance/conformance-command.ts'

const PYTHON = join(import.meta.dirname, '../../clients/python')

let service: ChildProcess
let url: string

beforeAll(async () => {
  service = spawn('/usr/bin/python3', [join(PYTHON, 'upstream.py'), join(PYTHON, 'belize.sql'), '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(service.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  url = String(line).trim()
})
afterAll(() => service?.kill())

it('passes each check, with only what it does not publish not tried', async () => {
  const out: string[] = []
  const streams = { out: { write: (text: string) => out.push(text) }, err: process.stderr }
  const upstreams = ['--upstream', `cases=${url}/cases`, '--upstream', `persons=${url}/persons`]
  // A victim, and a case that only the other task force sees.
  const args = ['--country', 'BZ', ...upstreams, '--second-task-force', 'others', '--hidden', 'BZ:P-3,BZ:C-4']
  // How long an answer takes is not for a test to judge.
  const code = await runConformance([...args, '--json', '--concurrent', '200', '--deadline-ms', '600000'], streams, {})
  const { verdict, checks } = JSON.parse(out.join('')) as { verdict: string; checks: { id: string; result: string }[] }
  expect(checks.filter(({ result }) => result === 'FAILED')).toEqual([])
  expect([code, verdict]).toEqual([0, 'INCOMPLETE'])
  const notTried = checks.filter(({ result }) => result === 'NOT_TRIED').map(({ id }) => id)
  // It has no warrants, gives no counts, and has too few records to spend a quota with.
  expect(notTried.filter((id) => !/^(filters\.warrant|counts\.|quotas\.(rows|apart)$)/.test(id))).toEqual([])
})

it('has at most 150 lines, and needs only the standard library', async () => {
  const text = await readFile(join(PYTHON, 'upstream.py'), 'utf8')
  expect(text.split('\n').length).toBeLessThanOrEqual(151)
  const modules = [...text.matchAll(/^(?:import|from) (.*?)(?: import .*)?$/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  )
  expect(modules).toEqual(['base64', 'json', 're', 'sqlite3', 'sys', 'unicodedata', 'http.server'])
})
