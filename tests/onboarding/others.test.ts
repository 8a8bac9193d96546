import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PANAMA_FILE } from '../../demo/importers/importers.ts'
import { HAS_PUBLISHED_FILES, publishedFile } from '../../demo/importers/testing.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { takePort } from '../ports.ts'
import { argumentsOf, readCommands } from './page-commands.ts'
import { runIstmo } from './run-command.ts'

/**
 * Two more ways in: Belize's service behind a node, as docs/upstream.md says, and Panama's real file by its mapping. Only `npm run test:full` runs them:
 * each needs half a minute, and the default suite has the same parts in tests/conformance and joining/mapping.
 */

const PROJECT = join(import.meta.dirname, '../..')
const LANGUAGES = ['es', 'en']

let folder: string
const started: ChildProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-onboarding-others-'))
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

describe('docs/upstream.md, in ten minutes', () => {
  it.each(LANGUAGES)('a service in Python passes behind a node, followed in %s', { timeout: 300_000 }, async (lang) => {
    const page = lang === 'es' ? 'docs/es/upstream.md' : 'docs/upstream.md'
    const [service = '', conformance = ''] = await readCommands(page)
    const port = await takePort()
    const [python = '', ...words] = argumentsOf(service.replace(/ &$/, ''), { '5001': String(port) })
    const child = spawn(python, words, { cwd: PROJECT, stdio: ['ignore', 'inherit', 'inherit'] })
    started.push(child)
    await expect.poll(() => isListening(port), { timeout: 30_000 }).toBe(true)
    const [, ...asked] = argumentsOf(conformance.replaceAll(':5001', `:${port}`), {})
    const said = await runIstmo(asked, folder, lang)
    expect(said, said.out + said.err).toMatchObject({ code: 0 })
    expect(said.out).toContain('BZ')
    child.kill('SIGKILL')
  })
})

describe.runIf(HAS_PUBLISHED_FILES)('Panama’s published homicides', () => {
  it.each(LANGUAGES)('are brought in by their mapping, in %s', { timeout: 300_000 }, async (lang) => {
    const place = await mkdtemp(join(folder, 'pa-'))
    await cp(publishedFile(PANAMA_FILE), join(place, PANAMA_FILE))
    await cp(join(PROJECT, 'countries/PA.mapping.yaml'), join(place, 'PA.mapping.yaml'))
    const map = await runIstmo(
      ['map', '--from', basename(PANAMA_FILE), '--country', 'PA', '--out', 'mine.yaml'],
      place,
      lang,
    )
    expect(map, map.err).toMatchObject({ code: 0, out: expect.stringContaining('TODO') })
    const rows = ['--database-folder', 'rows']
    const sync = await runIstmo(['sync', 'PA.mapping.yaml', ...rows, '--development'], place, lang)
    expect(sync, sync.out + sync.err).toMatchObject({ code: 0 })
    const check = await runIstmo(['check', '--country', 'PA', '--domains', 'cases', ...rows, '--json'], place, lang)
    const { findings } = JSON.parse(check.out) as { readonly findings: readonly { readonly severity: string }[] }
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const db = await openDatabase({ folder: join(place, 'rows') })
    expect(await db.query('select count(*)::int as n from cases.case_file')).toEqual([{ n: 4_019 }])
    await db.close()
  })
})

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/cases`, { method: 'POST', body: '{"query":"{ __typename }"}' }).then(
    () => true,
    () => false,
  )
}
