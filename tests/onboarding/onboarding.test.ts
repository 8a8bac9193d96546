import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { caseNumber, legacyNicaragua, NICARAGUA_SECTIONS, OFFENCE_LABELS, WRONG_ROWS } from './nicaragua.ts'
import { argumentsOf, readCommands } from './page-commands.ts'
import { runIstmo, type Said } from './run-command.ts'

/**
 * Nicaragua's old database becomes a country that could take part, by the commands of docs/onboarding.md as they stand there. Both databases need a server, so
 * only the tests on one have this file (vitest.config.ts).
 */

const PROJECT = join(import.meta.dirname, '../..')

/** The commands that need a gateway (tests/join), or a service of one's own (tests/conformance, tests/sidecar). */
const ELSEWHERE = [
  'istmo map --from denuncias.csv --country PE --out PE.mapping.yaml',
  'istmo policy diff /srv/istmo/rules/NI.yaml http://127.0.0.1:9464',
  'istmo probe bundle/NI',
  'istmo probe bundle/NI --as-officer ask.yaml --login id-token',
  'istmo witness --config witness.yaml',
  'istmo join /srv/istmo --probe http://127.0.0.1:9464',
]

/** One language in CI, both in `npm run test:full`. */
const LANGUAGES = (process.env.ISTMO_ONBOARDING_LANGUAGES ?? '1') === '1' ? ['es'] : ['es', 'en']

const SIZE = { cases: 300, persons: 200 }

/** What the proposal says of the columns, by which a person writes the mapping. */
const SAID: readonly RegExp[] = [
  /TODO expediente: # 302 /,
  /TODO fec_ingreso: \{ column: fec_ingreso, format: "DD\/MM\/YYYY" \} # .*: 1\. /,
  /TODO cod_juzgado: .* juzgado /,
  /sex: \{ column: sexo, values: \{ F: F, M: M \} \}/,
  /HONDUREÑA: HN/,
]

/** A part of the classification, in words of our own. */
const CODES = `code,level,parent,title_en,title_es
01,1,,Somebody died,Alguien murió
0101,2,01,Somebody was killed on purpose,Alguien fue matado a propósito
02,1,,Somebody was hurt,Alguien fue dañado
0201,2,02,Somebody was beaten,Alguien fue golpeado
0204,2,02,Somebody was traded,Alguien fue objeto de trata
04,1,,Taken by force,Tomado a la fuerza
0401,2,04,Robbed of something,Robado a la fuerza
06,1,,About drugs,Sobre drogas
0601,2,06,Drugs that no law allows,Drogas que ninguna ley permite
07,1,,About money,Sobre dinero
0704,2,07,Money from a crime,Dinero de un delito
09,1,,About everybody,Sobre todos
0905,2,09,A group that commits crimes,Un grupo que comete delitos
`
const DECIDED: Readonly<Record<(typeof OFFENCE_LABELS)[number], string>> = {
  'ROBO CON INTIMIDACIÓN': '0401',
  'LESIONES GRAVES': '0201',
  'TRANSPORTE ILEGAL DE ESTUPEFACIENTES': '0601',
  ASESINATO: '0101',
  'TRATA DE PERSONAS': '0204',
  'LAVADO DE DINERO, BIENES O ACTIVOS': '0704',
  'CRIMEN ORGANIZADO': '0905',
}

describe.each(LANGUAGES)('docs/onboarding.md, followed in %s', (lang) => {
  let folder: string
  let own: Awaited<ReturnType<typeof openEmptyDatabase>>
  let legacy: { readonly url: string; readonly close: () => Promise<void> } | null
  const said = new Map<string, Said>()
  const started: ChildProcess[] = []
  const at = (name: string): string => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-onboarding-'))
    own = await openEmptyDatabase()
    legacy = own.url === undefined ? null : await createLegacy(own.url)
  })
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL')
    await legacy?.close()
    await own.close()
    await rm(folder, { recursive: true })
  })

  it('brings a country in, step by step', { timeout: 300_000 }, async () => {
    if (legacy === null || own.url === undefined) {
      throw new Error('expected a PostgreSQL server in ISTMO_TEST_DATABASE_URL, because both databases are on one')
    }
    const page = lang === 'es' ? 'docs/es/onboarding.md' : 'docs/onboarding.md'
    const commands = (await readCommands(page)).filter((command) => command.startsWith('istmo '))
    const names = {
      'postgres://reader@old/sisej': legacy.url,
      'postgres:///istmo_ni?host=/var/run/postgresql': own.url,
      '/srv/istmo': at('srv'),
    }
    await writeFile(at('old.password'), 'not asked for\n', { mode: 0o600 })
    await mkdir(at('data'))
    await writeFile(at('data/iccs-v1.0-codes-en-es.csv'), CODES)
    for (const command of commands) {
      if (ELSEWHERE.includes(command) || command.includes('--upstream') || command === 'istmo node') continue
      if (command.startsWith('istmo --help')) continue
      await prepare(command)
      const answers = command.startsWith('istmo join /srv/istmo --lang') ? joinAnswers() : []
      const [, ...words] = argumentsOf(command, names)
      const came = await runIstmo(
        [...words.filter((word) => word !== '--lang' && word !== 'es'), ...answers],
        folder,
        lang,
      )
      said.set(command, came)
      expect(came, `${command}\n${came.out}\n${came.err}`).toMatchObject({ code: codeOf(command) })
      if (command.startsWith('istmo sync') && !command.includes('--dry-run')) await startNode()
    }
    expect(commands).toEqual(expect.arrayContaining(ELSEWHERE))
    await expectRows(own.url)
  })

  /** What a person does between two commands. */
  async function prepare(command: string): Promise<void> {
    if (command.startsWith('istmo map --from NI.mapping.yaml')) {
      const proposal = await readFile(at('NI.mapping.yaml'), 'utf8')
      for (const said of SAID) expect(proposal).toMatch(said)
      const source = /^source: .*$/m.exec(proposal)?.[0]
      await writeFile(at('NI.mapping.yaml'), `country: NI\n${source}\n${NICARAGUA_SECTIONS}`)
    }
    if (command.startsWith('istmo iccs crosswalk')) await decideCodes()
  }

  async function decideCodes(): Promise<void> {
    const [head = '', ...rows] = (await readFile(at('proposal.csv'), 'utf8')).trim().split(/\r?\n/)
    const decided = Object.entries(DECIDED).map(([label, code]) => {
      const columns: Readonly<Record<string, string>> = {
        label: `"${label}"`,
        count: '1',
        decided: code,
        decidedBy: 'Ada Peña',
        decidedOn: '2026-11-27',
      }
      return head
        .split(',')
        .map((name) => columns[name] ?? '')
        .join(',')
    })
    expect(rows.length).toBeGreaterThan(OFFENCE_LABELS.length)
    await writeFile(at('proposal.csv'), `${[head, ...decided].join('\n')}\n`)
  }

  function joinAnswers(): readonly string[] {
    const answers = {
      country: 'NI',
      address: '127.0.0.1',
      'log-name': 'istmo.mp.gob.ni/ni',
      contact: 'Unidad, +505 2222 0000',
    }
    return [
      '--yes',
      '--database',
      String(own.url),
      ...Object.entries(answers).flatMap(([name, value]) => [`--${name}`, value]),
    ]
  }

  /** As the page says: with the settings of the folder. Resolves when the node is ready. */
  async function startNode(): Promise<void> {
    const child = spawn(
      'bash',
      [
        '-c',
        `set -a && . ./node.env && set +a && export PORT=0 && exec "${process.execPath}" "${join(PROJECT, 'cli/istmo.ts')}" node`,
      ],
      {
        ...{ cwd: at('srv'), stdio: ['ignore', 'pipe', 'inherit'] },
        env: { ...process.env, OPERATOR_LISTEN: '127.0.0.1:0' },
      },
    )
    started.push(child)
    let log = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text))
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout?.on('data', () => {
        const found = /"port":(\d+)/.exec(log)?.[1]
        if (found !== undefined) resolve(Number(found))
      })
      void once(child, 'close').then(() => reject(new Error(`the node ended:\n${log}`)))
    })
    const ca = await readFile(at('srv/tls/ca/ca.cert.pem'))
    await expect.poll(() => get(`https://127.0.0.1:${port}/health/ready`, ca)).toContain('"ready"')
  }
})

/** Which exit code a command has here. Two rows of the old database are wrong, and the gateway's keys are not there yet. */
function codeOf(command: string): number {
  if (command.startsWith('istmo sync') || command.startsWith('istmo doctor')) return 1
  return 0
}

function get(url: string, ca: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve(body))
    })
    asked.on('error', reject).end()
  })
}

async function createLegacy(server: string) {
  const name = `sisej_${process.pid}_${Date.now()}`
  const url = new URL(server)
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'`)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(legacyNicaragua(SIZE))
  await client.end()
  return {
    url: url.href,
    async close() {
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

/** What must be in the node's tables. */
async function expectRows(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const one = async (sql: string) => (await client.query(sql)).rows[0] as Record<string, unknown>
  expect(await one('select count(*)::int as n from cases.case_file')).toEqual({ n: SIZE.cases })
  expect(await one('select count(*)::int as n from persons.person')).toEqual({ n: SIZE.persons })
  const wrong = Object.values(WRONG_ROWS).map((id) => `NI:${id}`)
  expect((await client.query('select id from cases.case_file where id = any($1)', [wrong])).rows).toEqual([])
  expect(
    (
      await client.query('select status, filed_on::text, subdivision, prosecutor from cases.case_file where id = $1', [
        `NI:${caseNumber(1)}`,
      ])
    ).rows,
  ).toEqual([{ status: 'OPEN', filed_on: '2019-08-02', subdivision: 'NI-LE', prosecutor: 'LIC. ADA PEÑA' }])
  expect((await one(`select count(*)::int as n from cases.offence where iccs = '0401'`)).n).toBeGreaterThan(10)
  // Who is only a victim or a witness is protected, although the mapping does not say so.
  const exposed = `select count(*)::int as n from persons.person p where not protected
    and exists (select from cases.participant where person_id = p.id)
    and not exists (select from cases.participant where person_id = p.id and role not in ('VICTIM', 'WITNESS'))`
  expect(await one(exposed)).toEqual({ n: 0 })
  await client.end()
}
