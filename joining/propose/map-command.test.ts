import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readLabels } from '../iccs/classification.ts'
import { runMap } from './map-command.ts'

/** Runs the command as a person does. */
async function map(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const written = { out: '', err: '' }
  const into = (key: 'out' | 'err') => ({
    write(text: string) {
      written[key] += text
    },
  })
  const code = await runMap(args, { streams: { out: into('out'), err: into('err') }, env })
  return { ...written, code }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-map-'))
  await writeFile(
    join(folder, 'casos.csv'),
    Buffer.from('número_caso;fec_ingreso;delito\nC-1;14/03/2024;Robo\nC-2;15/03/2024;Robo\n', 'latin1'),
  )
})

describe('istmo map of a file', () => {
  it('prints the proposal, and says on standard error what is left to decide', async () => {
    const { out, err, code } = await map(['--from', join(folder, 'casos.csv'), '--country', 'NI'])
    expect(out).toContain(
      `source: { csv: { file: "${join(folder, 'casos.csv')}", encoding: windows-1252, delimiter: ";" } }`,
    )
    expect(out).toContain('  id: número_caso')
    expect(out).toContain('  TODO fec_ingreso: { column: fec_ingreso, format: "DD/MM/YYYY" }')
    expect([err, code]).toEqual(['6 TODO to decide before istmo sync takes it.\n', 0])
  })

  it('writes a new file, in Spanish by LANG, and never over another', async () => {
    const file = join(folder, 'NI.mapping.yaml')
    const args = ['--from', join(folder, 'casos.csv'), '--country', 'NI', '--out', file]
    const first = await map(args, { LANG: 'es_NI.UTF-8' })
    expect(first.out).toBe(`${file}: escrito. Quedan 6 TODO por decidir.\n`)
    const text = await readFile(file, 'utf8')
    expect(text).toContain('# Un mapeo para `istmo sync`')
    expect(text).toContain('source: { csv: { file: "casos.csv"')
    const again = await map(args)
    expect([again.err, again.code]).toEqual([
      expect.stringContaining(`--out: expected the name of a new file; ${file} is there already`),
      2,
    ])
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('names the folder of --out that is not there', async () => {
    const args = ['--from', join(folder, 'casos.csv'), '--country', 'NI', '--out', join(folder, 'nowhere', 'NI.yaml')]
    expect(await map(args)).toMatchObject({
      err: expect.stringContaining(`expected a folder that is there; there is none named ${join(folder, 'nowhere')}`),
      code: 2,
    })
  })

  it('says which forms the URL of a database has', async () => {
    const { err } = await map(['--from', 'postgres://reader:pass@/sisej?host=/run/nobody', '--country', 'NI'])
    expect(err).toContain('postgres:///DATABASE?host=FOLDER&user=USER for a socket; came another form')
    expect(err).not.toContain('pass@')
    const socket = await map(['--from', 'postgres://reader@/sisej?host=/run/nobody', '--country', 'NI'])
    expect(socket.err).toMatch(/postgres:\/\/\/sisej\?host=\/run\/nobody: expected to connect.*\(ENOENT\)/)
  })

  const MAPPING = (csv: string, offences: string) =>
    `country: NI\nsource: { csv: { file: ${csv} } }\nprovenance: { agency: { value: MP }, handling: [H1], sharedWith: ["*"] }\n` +
    `cases:\n  id: n\n  offences: ${offences}\n`

  it('writes the labels that a mapping reads, the most frequent first, for its user only, before there is a crosswalk', async () => {
    await writeFile(join(folder, 'casos2.csv'), 'n,delito\nC-1,Robo\nC-2,Hurto\nC-3,Robo\nC-4,\n')
    const mapping = join(folder, 'labels.mapping.yaml')
    await writeFile(mapping, MAPPING('casos2.csv', '{ label: delito, iccs: { crosswalk: delitos.csv } }'))
    const labels = join(folder, 'labels.csv')
    const { err, code } = await map(['--from', mapping, '--labels', labels])
    expect([code, err]).toEqual([0, expect.stringContaining(`${labels}: 2 labels written.`)])
    expect(await readFile(labels, 'utf8')).toBe('label,count\nRobo,2\nHurto,1\n')
    expect((await stat(labels)).mode & 0o777).toBe(0o600)
  })

  it('writes labels that «istmo iccs suggest» reads as they stand in the source, whatever signs they begin with', async () => {
    const found = ["'-Robo", '-Robo', '=Hurto', 'Robo, "simple"; o no']
    const rows = found.map((label, at) => `C-${at},"${label.replaceAll('"', '""')}"\n`)
    await writeFile(join(folder, 'signos.csv'), ['n,delito\n', ...rows].join(''))
    const mapping = join(folder, 'signos.mapping.yaml')
    await writeFile(mapping, MAPPING('signos.csv', '{ label: delito, iccs: { crosswalk: delitos.csv } }'))
    const labels = join(folder, 'signos-labels.csv')
    const { err } = await map(['--from', mapping, '--labels', labels])
    expect(err).toContain(`${labels}: 4 labels written.`)
    expect((await readLabels(labels)).map(({ label }) => label).sort()).toEqual([...found].sort())
  })

  it('says that a mapping has no crosswalk, that it is wrong, or that a source is no mapping', async () => {
    const mapping = join(folder, 'sin.mapping.yaml')
    await writeFile(mapping, MAPPING('casos2.csv', '{ label: delito, iccs: { value: "0401" } }'))
    const labels = ['--labels', join(folder, 'no.csv')]
    const without = await map(['--from', mapping, ...labels])
    expect([without.code, without.err]).toEqual([
      1,
      expect.stringContaining('--labels: expected a crosswalk to the ICCS'),
    ])
    await writeFile(mapping, MAPPING('casos2.csv', 'TODO'))
    expect(await map(['--from', mapping, ...labels])).toMatchObject({ code: 2, err: expect.stringContaining('TODO') })
    expect(await map(['--from', join(folder, 'casos.csv'), ...labels])).toMatchObject({
      code: 2,
      err: expect.stringContaining('as in --from NI.mapping.yaml; came a source'),
    })
  })

  it.each([
    [
      ['--from', '/nowhere/casos.csv'],
      /^istmo map: --from: \/nowhere\/casos.csv: expected a file; there is no such file or folder \(ENOENT\)/m,
    ],
    [['--from', 'x.csv', '--country', 'Nicaragua'], /--country.*expected a code of ISO 3166-1 alpha-2/],
    [['--from', 'x.csv', '--encoding', 'ansi-x'], /--encoding.*expected the name of an encoding/],
    [['--from', 'x.csv', '--delimiter', '||'], /--delimiter.*expected one character/],
    [['--from', 'oracle://old/db'], /--from: expected postgres:\/\//],
    [
      ['--from', 'postgres://reader@127.0.0.1:1/db', '--password-file', '/nowhere'],
      /--password-file: expected a readable file; \/nowhere: there is no such file or folder \(ENOENT\)/,
    ],
    [[], /--from/],
  ])('%o is refused', async (args, message) => {
    const { out, err, code } = await map(args)
    expect([out, code]).toEqual(['', 2])
    expect(err).toMatch(message)
  })
})
