import { randomBytes } from 'node:crypto'
import { openServerTarget } from '../../joining/sync/target.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'

/** An old PostgreSQL database in LATIN1, as a court may still have it. */
export interface OldServer {
  readonly url: string
  /** Runs a script in it. */
  readonly run: (script: string) => Promise<void>
  readonly drop: () => Promise<void>
}

/** Makes an empty database in LATIN1 on a server. */
export async function createOldServer(server: string): Promise<OldServer> {
  const name = `istmo_test_old_${randomBytes(6).toString('hex')}`
  const admin = await openDatabase({ url: server })
  await admin.execute(`create database ${name} encoding 'LATIN1' locale 'C' template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async run(script) {
      // The kit's own way to open a database accepts UTF8 only.
      const old = await openServerTarget(url.href, 'test')
      try {
        await old.execute(script)
      } finally {
        await old.close()
      }
    },
    async drop() {
      await admin.execute(`drop database if exists ${name} with (force)`)
      await admin.close()
    },
  }
}

/** The tables of the old database, and their first rows. */
export const OLD_TABLES = `
  create table persona (id_persona int primary key, nombre varchar(80) not null, fec_nac date, fec_mod timestamp not null);
  create table expediente (num varchar(20) primary key, fec_ingreso date, estado char(2), fec_mod timestamp not null);
  create table delito (num varchar(20), etiqueta text);
  create table parte (id serial primary key, num varchar(20), id_persona int, calidad text, fec_mod timestamp not null);
  insert into persona select n, 'Peña Núñez ' || n, date '1970-01-01' + n, '2026-01-01' from generate_series(1, 40) n;
  insert into expediente select 'E-' || n, date '2020-01-01' + n, 'TR', '2026-01-01' from generate_series(1, 30) n;
  insert into delito select 'E-' || n, 'Robo ' || n from generate_series(1, 30) n;
  insert into parte (num, id_persona, calidad, fec_mod)
    select 'E-' || 1 + n % 30, 1 + n % 40, case when n % 3 = 0 then 'VICTIMA' else 'IMPUTADO' end, '2026-01-01' from generate_series(1, 90) n`

/** The mapping of these tables. */
export function serverMapping(url: string): string {
  return `
country: NI
source: { sql: "${url}" }
provenance: { agency: { value: OJ }, handling: [H1], synthetic: true, sharedWith: ["*"], recordedAt: { value: "2026-01-01T00:00:00Z" } }
cases:
  from: expediente
  since: fec_mod
  id: num
  filedOn: fec_ingreso
  status: { column: estado, values: { TR: OPEN, AC: CHARGED, FE: ADJUDICATED }, else: refuse }
  offences: { from: delito, case: num, label: etiqueta, iccs: { value: "0101" } }
  participants:
    from: parte
    since: fec_mod
    case: num
    id: id
    person: id_persona
    role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM, TESTIGO: WITNESS }, else: refuse }
persons:
  from: persona
  since: fec_mod
  id: id_persona
  birthDate: fec_nac
  names: { full: nombre }
`
}
