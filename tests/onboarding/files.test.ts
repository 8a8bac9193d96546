import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { peruvianFile, WRONG_REPORTS } from './peru.ts'
import { runIstmo } from './run-command.ts'

/** A publisher's file becomes cases in an embedded database, without SQL and without code. */

const REPORTS = 60

/** What a person writes from what the proposal says of the columns. */
const SECTIONS = `
provenance: { agency: { value: "Policía Nacional del Perú" }, handling: [], sharedWith: ["*"] }
cases:
  id: ID_DGC
  filedOn: { column: FECHA_HORA_REGISTRO, format: DD/MM/YYYY HH:mm }
  status: { column: SITUACION, values: { ARCHIVADA: ARCHIVED, EN INVESTIGACIÓN: OPEN } }
  subdivision:
    column: DPTO_HECHO
    values: { LIMA METROPOLITANA: PE-LMA, AREQUIPA: PE-ARE, ANCASH: PE-ANC, APURÍMAC: PE-APU }
  offences:
    label: MODALIDAD
    iccs: { crosswalk: delitos.csv }
    committedFrom: { column: FECHA_HORA_HECHO, format: DD/MM/YYYY HH:mm }
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-onboarding-file-'))
  await writeFile(join(folder, 'denuncias.csv'), peruvianFile(REPORTS))
  const labels = [
    'HURTO AGRAVADO,0502',
    'ROBO AGRAVADO,0401',
    'LESIONES LEVES; POR VIOLENCIA FAMILIAR,0201',
    'SICARIATO,0101',
  ]
  await writeFile(join(folder, 'delitos.csv'), `label,iccs\n${labels.join('\n')}\n`)
})
afterAll(() => rm(folder, { recursive: true }))

it('a file in windows-1252 with 20 columns is proposed, decided, taken over and checked', {
  timeout: 120_000,
}, async () => {
  const map = ['map', '--from', 'denuncias.csv', '--country', 'PE', '--out', 'PE.mapping.yaml']
  expect(await runIstmo(map, folder, 'es')).toMatchObject({ code: 0, out: expect.stringContaining('TODO') })
  const sync = ['sync', 'PE.mapping.yaml', '--database-folder', join(folder, 'rows'), '--development']
  expect(await runIstmo(sync, folder, 'es')).toMatchObject({
    code: 2,
    err: expect.stringContaining('PE.mapping.yaml:'),
  })
  const path = join(folder, 'PE.mapping.yaml')
  const proposal = await readFile(path, 'utf8')
  expect(proposal).toContain('  id: ID_DGC # cada fila tiene su propio valor\n')
  expect(proposal).toMatch(/status: \{ column: SITUACION, values: \{ .*ARCHIVADA: ARCHIVED/)
  expect(proposal).toMatch(
    /FECHA_HORA_HECHO: \{ .*format: "DD\/MM\/YYYY HH:mm" \} # .*sin un día así, que se rechazarán: 1/,
  )
  const head = /^country: PE$[\s\S]*?^source: .*$/m.exec(proposal)?.[0]
  await writeFile(path, `${head}\n${SECTIONS}`)
  const done = await runIstmo([...sync, '--refused', 'refused.csv', '--json'], folder, 'es')
  expect(done, done.err).toMatchObject({ code: 1 })
  const refused = await readFile(join(folder, 'refused.csv'), 'utf8')
  for (const id of Object.values(WRONG_REPORTS)) expect(refused).toContain(`PE:${id}`)
  const db = await openDatabase({ folder: join(folder, 'rows') })
  expect(await db.query('select count(*)::int as n from cases.case_file')).toEqual([{ n: REPORTS }])
  expect(
    await db.query(`select status, subdivision, filed_on::text from cases.case_file where id = 'PE:700003'`),
  ).toEqual([{ status: 'ARCHIVED', subdivision: 'PE-APU', filed_on: '2022-04-04' }])
  const [label] = await db.query<{ national_label: string }>(
    `select national_label from cases.offence where case_id = 'PE:700002'`,
  )
  expect(label?.national_label).toBe('LESIONES LEVES; POR VIOLENCIA FAMILIAR')
  await db.close()
})
