import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { formatProblem, parseMapping } from '../mapping/parse-mapping.ts'
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
    expect(out).toContain('  filedOn: { column: fec_ingreso, format: "DD/MM/YYYY" }')
    expect([err, code]).toEqual(['3 TODO to decide before istmo sync takes it.\n', 0])
  })

  it('writes a new file, in Spanish by LANG, and never over another', async () => {
    const file = join(folder, 'NI.mapping.yaml')
    const args = ['--from', join(folder, 'casos.csv'), '--country', 'NI', '--out', file]
    const first = await map(args, { LANG: 'es_NI.UTF-8' })
    expect(first.out).toBe(`${file}: escrito. Quedan 3 TODO por decidir.\n`)
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

  it('writes the labels of offences, the most frequent first, for its user only', async () => {
    const labels = join(folder, 'labels.csv')
    const { err } = await map(['--from', join(folder, 'casos.csv'), '--labels', labels])
    expect(await readFile(labels, 'utf8')).toBe('label,count\nRobo,2\n')
    expect((await stat(labels)).mode & 0o777).toBe(0o600)
    expect(err).toContain(`${labels}: 1 labels written.`)
  })

  it('says that no column has labels', async () => {
    await writeFile(join(folder, 'sin.csv'), 'numero_caso,fecha_ingreso\nC-1,2024-01-01\n')
    const { err, code } = await map(['--from', join(folder, 'sin.csv'), '--labels', join(folder, 'no.csv')])
    expect([err, code]).toEqual([expect.stringContaining('--labels: expected a column with the labels of offences'), 1])
  })

  it.each([
    [
      ['--from', '/nowhere/casos.csv'],
      /^istmo map: --from: \/nowhere\/casos.csv: expected a file; it cannot be read \(ENOENT\)/m,
    ],
    [['--from', 'x.csv', '--country', 'Nicaragua'], /--country.*expected a code of ISO 3166-1 alpha-2/],
    [['--from', 'x.csv', '--encoding', 'ansi-x'], /--encoding.*expected the name of an encoding/],
    [['--from', 'x.csv', '--delimiter', '||'], /--delimiter.*expected one character/],
    [['--from', 'oracle://old/db'], /--from: expected a source such as postgres:\/\//],
    [
      ['--from', 'postgres://reader@127.0.0.1:1/db', '--password-file', '/nowhere'],
      /--password-file: expected a readable file; \/nowhere: ENOENT/,
    ],
    [[], /--from/],
  ])('%o is refused', async (args, message) => {
    const { out, err, code } = await map(args)
    expect([out, code]).toEqual(['', 2])
    expect(err).toMatch(message)
  })
})

const SERVER = testServerUrl()

// The embedded database has no server to read from: `.ci/run` runs this file a second time, with one.
describe.runIf(SERVER !== undefined)('istmo map of a PostgreSQL server', () => {
  const name = `old_map_${process.pid}`
  const url = new URL(SERVER ?? 'postgres://localhost/x')
  beforeAll(async () => {
    await run(SERVER ?? '', `create database ${name}`)
    url.pathname = `/${name}`
    await run(
      url.href,
      `create table persona (id_persona serial primary key, nombres text, apellidos text, fec_nac date, sexo char(1), nro_cedula text);
       create table expediente (num_expediente text primary key, fec_ingreso date not null, estado text, fec_modificacion timestamp);
       create table expediente_delito (num_expediente text references expediente, etiqueta text);
       create table interviniente (id serial primary key, num_expediente text references expediente, id_persona int references persona, calidad text);
       insert into persona (nombres, apellidos, sexo) select 'Ana', 'Núñez Paz', 'F' from generate_series(1, 5);
       insert into expediente select 'E-' || n, date '2026-01-01' + n, 'TR', now() from generate_series(1, 5) n;
       insert into interviniente (num_expediente, id_persona, calidad) select 'E-' || n, n, 'IMPUTADO' from generate_series(1, 5) n`,
    )
  })
  afterAll(() => run(SERVER ?? '', `drop database ${name} with (force)`))

  async function run(server: string, sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }

  it('proposes what its catalog and rows say, without the password', async () => {
    const withPassword = new URL(url)
    withPassword.password = 'secret'
    const { out, code } = await map(['--from', withPassword.href, '--country', 'NI'])
    expect(code).toBe(0)
    expect(out).not.toMatch(/secret|Núñez|Ana\b/)
    expect(out).toContain('passwordFile: TODO')
    const lines = [
      '  from: expediente\n  id: num_expediente',
      '  filedOn: fec_ingreso',
      '  since: fec_modificacion',
      '    person: id_persona',
      '  birthDate: fec_nac',
    ]
    for (const line of lines) expect(out).toContain(line)
    const parsed = parseMapping(out, 'm', { language: 'en', readFile: () => 'label,iccs\n' })
    const problems = 'problems' in parsed ? parsed.problems.map(formatProblem) : []
    expect(problems.filter((problem) => !problem.includes('TODO'))).toEqual([])
  })
})

describe('istmo map of a folder', () => {
  const FILES = {
    'casos.csv': 'No. caso;Fecha ingreso;Delito\nC-1;14/03/2024;Robo\nC-2;15/03/2024;Robo\n',
    'personas.csv': '\ufeffCédula,Nombres,Apellidos\n1,Ana,Paz\n2,Luis,Gil\n',
    'intervinientes.csv': 'NO. CASO\tCÉDULA\tCalidad\nC-1\t1\tImputado\nC-2\t1\tVíctima\n',
    'notas.doc': 'no',
  }

  it('proposes one mapping of all its files, which hang together by the names of their columns', async () => {
    const exports = await mkdtemp(join(folder, 'exports-'))
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(exports, name), text)
    const labels = join(exports, 'labels.csv.new')
    const { out, code } = await map(['--from', exports, '--country', 'NI', '--labels', labels])
    expect(code).toBe(0)
    expect(out).toContain('source: { csv: {} } # each section names its file\n')
    expect(out).toContain(
      `cases:\n  from: { csv: { file: "${join(exports, 'casos.csv')}", delimiter: ";" } }\n  id: No. caso`,
    )
    expect(out).toContain(
      `  participants:\n    from: { csv: { file: "${join(exports, 'intervinientes.csv')}", delimiter: "\\t" } }\n    case: NO. CASO\n`,
    )
    expect(out).toContain('    person: CÉDULA\n')
    expect(out).toContain(`persons:\n  from: { csv: { file: "${join(exports, 'personas.csv')}" } }\n  id: Cédula`)
    expect(await readFile(labels, 'utf8')).toBe('label,count\nRobo,2\n')
  })

  it('says so if it has no such file', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'))
    const { err, code } = await map(['--from', empty])
    expect(code).toBe(2)
    expect(err).toContain('expected a folder with files whose names end with .csv, .tsv or .txt; it has none')
  })
})
