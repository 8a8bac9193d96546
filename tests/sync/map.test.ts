import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatProblem, parseMapping } from '../../joining/mapping/parse-mapping.ts'
import { runMap } from '../../joining/propose/map-command.ts'
import { openEmptyDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'

/** Runs the command as a person does. */
async function map(args: readonly string[]) {
  const written = { out: '', err: '' }
  const into = (key: 'out' | 'err') => ({
    write(text: string) {
      written[key] += text
    },
  })
  const code = await runMap(args, { streams: { out: into('out'), err: into('err') }, env: {} })
  return { ...written, code }
}

const TABLES = `
  create table persona (id_persona serial primary key, nombres text, apellidos text, fec_nac date, sexo char(1), nro_cedula text);
  create table expediente (num_expediente text primary key, fec_ingreso date not null, estado text, fec_modificacion timestamp);
  create table expediente_delito (num_expediente text references expediente, etiqueta text);
  create table interviniente (id serial primary key, num_expediente text references expediente, id_persona int references persona, calidad text);
  insert into persona (nombres, apellidos, sexo) select 'Ana', 'Núñez Paz', 'F' from generate_series(1, 5);
  insert into expediente select 'E-' || n, date '2026-01-01' + n, 'TR', now() from generate_series(1, 5) n;
  insert into interviniente (num_expediente, id_persona, calidad) select 'E-' || n, n, 'VICTIMA' from generate_series(1, 5) n`

describe('istmo map of a PostgreSQL database', () => {
  let old: TestDatabase & { readonly url?: string }
  beforeAll(async () => {
    old = await openEmptyDatabase()
    await old.db.execute(TABLES)
  })
  afterAll(() => old.close())

  it('proposes what its catalog and rows say, without the password', async () => {
    // The embedded database has no server to read from: `.ci/run` runs this file a second time, with one.
    if (old.url === undefined) {
      const { err, code } = await map(['--from', 'postgres://reader:secret@127.0.0.1:1/sisej', '--country', 'NI'])
      expect([code, err]).toEqual([expect.any(Number), expect.stringMatching(/127\.0\.0\.1:1.*ECONNREFUSED/s)])
      expect([code === 0, err.includes('secret')]).toEqual([false, false])
      return
    }
    const withPassword = new URL(old.url)
    withPassword.password = 'secret'
    const { out, code } = await map(['--from', withPassword.href, '--country', 'NI'])
    expect(code).toBe(0)
    expect(out).not.toMatch(/secret|Núñez|Ana\b/)
    expect(out).toContain('passwordFile: TODO')
    const lines = [
      '  from: expediente\n  id: num_expediente',
      '  TODO fec_ingreso: fec_ingreso # days from 2026-01-02 to 2026-01-06',
      'since: if one of these says when a row changed, name it, and a run can read only what changed: fec_modificacion',
      '  TODO id_persona: id_persona # names a row of persona by id_persona',
      '  # fec_nac: empty in each row',
      '  TODO calidad: calidad # texts',
    ]
    for (const line of lines) expect(out).toContain(line)
    const parsed = parseMapping(out, 'm', { language: 'en', readFile: () => 'label,iccs\n' })
    const problems = 'problems' in parsed ? parsed.problems.map(formatProblem) : []
    expect(problems.filter((problem) => !problem.includes('TODO'))).toEqual([])
  })
})
