import { describe, expect, it } from 'vitest'
import { foldText } from '../mapping/clean-text.ts'
import type { SourceKey } from '../sources/source.ts'
import { quoteName } from './quote-name.ts'
import { faultsOf, file, foreign, type MadeTable, primary, propose, texts } from './testing.ts'
import { guessNationality } from './value-lexicon.ts'

/** Keys of several columns, deleted rows that are only marked, and a table of victims: what old databases have and examples do not. */

const key = (columns: string, table: string, others = columns): SourceKey => ({
  kind: 'FOREIGN',
  columns: columns.split(' '),
  references: { table, columns: others.split(' ') },
})

const count = [1, 2, 3, 4, 5, 6]

const CASES: MadeTable = {
  name: 'denuncia',
  columns: { ...texts('anio fiscalia nro_denuncia f_recep sit borrado'), ult_act: 'time' },
  keys: [primary('anio', 'fiscalia', 'nro_denuncia')],
  rows: count.map((n) => [
    String(2020 + (n % 2)),
    '1',
    String(n % 3),
    `${n} de mayo de 2020`,
    'INV',
    n === 1 ? 'S' : 'N',
    null,
  ]),
}
const OFFENCES: MadeTable = {
  name: 'denuncia_delito',
  columns: texts('anio fiscalia nro_denuncia cod_del'),
  keys: [key('anio fiscalia nro_denuncia', 'denuncia'), key('cod_del', 'cat_delito')],
  rows: count.map((n) => ['2020', '1', String(n % 3), 'R1']),
}
const LIST: MadeTable = {
  name: 'cat_delito',
  columns: texts('cod_del des_del'),
  keys: [primary('cod_del')],
  rows: [
    ['R1', 'ROBO'],
    ['R2', 'HURTO'],
  ],
}
const PERSONS: MadeTable = {
  name: 'ciudadano',
  columns: texts('tip_doc nro_doc nombre_1 ape_pat ape_mat f_nacim'),
  keys: [primary('tip_doc', 'nro_doc')],
  rows: count.map((n) => [n % 2 ? 'CE' : 'PA', String(n % 3), 'ANA', 'PAZ', null, '14-03-1990']),
}
const ACCUSED: MadeTable = {
  name: 'denunciado',
  columns: texts('an_den fisc_den nro_den tip_doc nro_doc calidad'),
  keys: [
    key('an_den fisc_den nro_den', 'denuncia', 'anio fiscalia nro_denuncia'),
    // In the order of the constraint, which is not that of the other table's key.
    key('nro_doc tip_doc', 'ciudadano'),
  ],
  rows: count.map((n) => ['2020', '1', String(n % 3), 'CE', String(n), 'IMPUTADO']),
}
const VICTIMS: MadeTable = {
  name: 'victima',
  columns: { id_victima: 'number', ...texts('anio fiscalia nro_denuncia nom_completo f_nacim'), menor_edad: 'boolean' },
  keys: [primary('id_victima'), key('anio fiscalia nro_denuncia', 'denuncia')],
  rows: count.map((n) => [String(n), '2020', '1', String(n % 3), `Rosa ${n}`, '14-03-1990', 'false']),
}
const ALL = [CASES, OFFENCES, LIST, PERSONS, ACCUSED, VICTIMS]

describe('a database whose keys have several columns', () => {
  it('is proposed with templates, in the order of the key that the id has', async () => {
    const { text } = await propose(ALL)
    expect(text).toContain(
      '  id: { template: "{anio}-{fiscalia}-{nro_denuncia}" } # the key of the catalog has several columns\n',
    )
    expect(text).toContain('  id: { template: "{tip_doc}-{nro_doc}" }')
    expect(text).toContain('case: { template: "{an_den}-{fisc_den}-{nro_den}" }\n')
    expect(text).toContain('person: { template: "{tip_doc}-{nro_doc}" }\n')
    expect(text).not.toContain('repeats: same')
    expect(faultsOf(text)).toEqual([])
  })

  it('takes an id of one column if it is a key by itself', async () => {
    const cases = { ...CASES, keys: [...(CASES.keys ?? []), { kind: 'UNIQUE', columns: ['nro_denuncia'] } as const] }
    const { text } = await propose([cases])
    expect(text).toContain('  id: nro_denuncia\n')
  })

  it('takes the numbers of documents, although they are the key, with their kinds', async () => {
    const { text } = await propose(ALL)
    expect(text).toContain(
      '    identifiers:\n      category: { column: tip_doc, values: { CE: TODO, PA: PASSPORT } } # NATIONAL_ID PASSPORT',
    )
    expect(text).toContain('      value: nro_doc\n')
  })

  it('says so if a key names another column than that of the ids', async () => {
    const cases: MadeTable = {
      name: 'expediente',
      columns: texts('num_expediente interno'),
      keys: [primary('num_expediente'), { kind: 'UNIQUE', columns: ['interno'] }],
      rows: [
        ['E1', '1'],
        ['E2', '2'],
      ],
    }
    const orders: MadeTable = {
      name: 'orden_captura',
      columns: texts('num_orden exp_interno'),
      keys: [primary('num_orden'), foreign('exp_interno', 'expediente', 'interno')],
      rows: [['O1', '1']],
    }
    const { text } = await propose([cases, orders])
    expect(text).toContain(
      'case: TODO # the key is exp_interno = expediente.interno, but ids are made of num_expediente: a select can join the table and bring them\n',
    )
  })
})

describe('rows that are only marked as deleted', () => {
  it('are for a person to decide', async () => {
    const { text, todos } = await propose([CASES])
    expect(text).toContain(
      `from: TODO # borrado seems to mark deleted rows (N: 5, S: 1). Without them: "select * from denuncia where borrado = 'N'". With them: denuncia\n`,
    )
    const other = await propose([
      { ...CASES, columns: { ...CASES.columns, borrado: 'text' }, rows: CASES.rows.slice(1) },
    ])
    expect(other.text).toContain('from: denuncia # borrado seems to mark deleted rows; the sample has none.')
    expect(other.todos).toBe(todos - 1)
  })

  it.each([
    ['eliminado', 'boolean', ['true', 'false', 'false'], `eliminado = 'false'`],
    ['eliminado', 'boolean', ['0', '0', '1'], 'eliminado = 0'],
    ['activo', 'number', ['1', '1', '0'], 'activo = 1'],
    ['activo', 'text', ['1', '1', '0'], `activo = '1'`],
    ['deleted_at', 'time', [null, '2024-01-01 00:00:00', null], 'deleted_at is null'],
    ['fecha_baja', 'text', [null, '14/03/2024', '15/03/2024'], 'fecha_baja is null'],
  ] as const)('are left out by %s of the kind %s', async (name, kind, values, condition) => {
    const rows = values.map((value, at) => [`E${at}`, value])
    const { text } = await propose([
      {
        name: 'expediente',
        columns: { num_expediente: 'text', [name]: kind },
        keys: [primary('num_expediente')],
        rows,
      },
    ])
    expect(text).toContain(`Without them: "select * from expediente where ${condition}". With them: expediente`)
  })

  it('take what hangs on them with them, by a select', async () => {
    const { text } = await propose(ALL)
    const on = 'p.anio = t.anio and p.fiscalia = t.fiscalia and p.nro_denuncia = t.nro_denuncia'
    expect(text).toContain(
      `from: victima # without the rows of denuncia that are marked as deleted: "select t.* from victima t join denuncia p on ${on} where p.borrado = 'N'"\n`,
    )
    expect(text).toContain(
      `left join cat_delito o on o.cod_del = t.cod_del join denuncia p on ${on} where p.borrado = 'N'"\n`,
    )
  })

  it('in a file can be shared with nobody', async () => {
    const rows = [
      ['C1', 'N'],
      ['C2', 'S'],
      ['C3', 'N'],
    ]
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso borrado'), rows }], {
      place: file(),
    })
    expect(text).toContain('with sharedWith: { column: borrado, values: { "N": ["*"] }, else: null } nobody sees them')
  })
})

describe('who takes part, in several tables', () => {
  it('is a list, and a table of victims brings persons of its own', async () => {
    const { text } = await propose(ALL)
    expect(text).toContain('  participants:\n    -\n      from: denunciado #')
    expect(text).toContain(
      `where p.borrado = 'N'"\n      person: { template: "VICTIMA-{id_victima}" }\n      role: { value: VICTIM } # guess\n`,
    )
    expect(text).toContain(
      `where p.borrado = 'N'"\n    id: { template: "VICTIMA-{id_victima}" } # this table has persons of its own, with numbers of its own\n`,
    )
    expect(text).toContain('    protected: menor_edad\n')
    expect(text).toContain('    names:\n      full: nom_completo\n')
    expect(text).not.toContain('Tables that are not taken')
    expect(text).not.toContain('Rosa')
    expect(faultsOf(text)).toEqual([])
  })

  it('without a table of persons still brings them', async () => {
    const { text } = await propose([CASES, VICTIMS])
    expect(text).toMatch(/^persons:.*\n {2}from: victima.*\n {2}id: \{ template: "VICTIMA-\{id_victima\}" \}/m)
    expect(text).not.toMatch(/No table was found for: .*persons/)
    expect(faultsOf(text)).toEqual([])
  })
})

describe('charges that only have a code', () => {
  it('get their label from the table that explains it', async () => {
    const { text, labels } = await propose(ALL)
    const select = 'select t.*, o.des_del from denuncia_delito t left join cat_delito o on o.cod_del = t.cod_del'
    expect(text).toContain(`  offences:\n    from: ${JSON.stringify(select)} # without`)
    expect(text).toContain('    label: des_del\n    iccs: { crosswalk: delitos.csv }')
    expect(labels).toEqual([{ table: select, column: 'des_del' }])
  })
})

it('a word that the contract requires and some rows lack has a default, for a person to decide', async () => {
  const rows = count.map((n) => ['2020', '1', String(n % 3), 'CE', String(n), n === 1 ? null : 'IMPUTADO'])
  const { text } = await propose([CASES, PERSONS, { ...ACCUSED, rows }])
  expect(text).toContain('role: { column: calidad, default: TODO, values: { IMPUTADO: SUSPECT } } # SUBJECT SUSPECT')
})

it.each([
  ['NICARAGÜENSE', 'NI'],
  ['hondureña', 'HN'],
  ['Salvadoreños', 'SV'],
  ['uruguaya', 'UY'],
  ['Guatemalan', 'GT'],
  ['cubano-americano', undefined],
  ['Cubanacán', undefined],
  ['Peruanismo', undefined],
  ['', undefined],
])('«%s» is the nationality %s', (word, country) => {
  expect(guessNationality(foldText(word))).toBe(country)
})

it.each([
  ['postgres://old/x', 'expediente', 'expediente'],
  ['postgres://old/x', 'Expediente', '"Expediente"'],
  ['postgresql://old/x', 'sigef.Delito "1"', 'sigef."Delito ""1"""'],
  ['mysql://old/x', 'Expediente', 'Expediente'],
  ['mariadb://old/x', 'año caso', '`año caso`'],
  ['sqlserver://old/x', 'dbo.Casos', 'dbo.Casos'],
  ['sqlserver://old/x', 'Fecha Alta', '"Fecha Alta"'],
])('in a select on %s, %s is written %s', (url, name, written) => {
  expect(quoteName(name, url)).toBe(written)
})

it('a select names tables and columns as the source has them', async () => {
  const rows = [
    ['1', 'N'],
    ['2', 'S'],
    ['3', 'N'],
  ]
  const { text } = await propose([{ name: 'Expediente', columns: texts('Num Borrado'), keys: [primary('Num')], rows }])
  expect(text).toContain(JSON.stringify(`select * from "Expediente" where "Borrado" = 'N'`))
})

describe('ids of another form than nearly all', () => {
  it('are told, with the pattern that refuses them and without the ids', async () => {
    const rows = [...Array.from({ length: 60 }, (_, n) => [`${n}-2024`, 'Robo']), ['TOTAL', '60']]
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso delito'), rows }], {
      place: file(),
    })
    expect(text).toContain('1 of the rows looked at have another form, such as the line of a total.')
    expect(text).toContain(`pattern: ${JSON.stringify('^(?<id>\\d+-\\d+)$')} refuses them`)
    expect(text).not.toContain('TOTAL')
  })

  it('are not told if all have one form, or many have another', async () => {
    const many = ['A-1', 'A-2', 'X', 'Y'].map((id) => [id, 'Robo'])
    const one = ['A-1', 'B-20', 'C-3'].map((id) => [id, 'Robo'])
    for (const rows of [many, one]) {
      const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso delito'), rows }], {
        place: file(),
      })
      expect(text).not.toContain('another form')
    }
  })
})

describe('tables that explain codes', () => {
  it('are no cases, and a legajo is one', async () => {
    const list = { ...LIST, name: 'tipo_delito' }
    const cases: MadeTable = {
      name: 'legajo',
      columns: texts('id_legajo nue fec_entrada'),
      keys: [primary('id_legajo')],
      rows: count.map((n) => [String(n), `24-00${n}`, `${n + 12}/03/2024`]),
    }
    const { text } = await propose([list, cases])
    expect(text).toContain('cases: # about 6 rows\n  from: legajo\n  id: id_legajo\n')
    expect(text).toContain('  trackingId: nue\n  filedOn: { column: fec_entrada')
    expect(text).toContain('#   tipo_delito: cod_del, des_del')
  })
  it('stay aside, also if their names say what the rows of another table are', async () => {
    const cases: MadeTable = {
      ...CASES,
      name: 'legajo',
      columns: { ...texts('id_legajo id_despacho') },
      keys: [primary('id_legajo')],
      rows: [['1', '7']],
    }
    const court: MadeTable = {
      name: 'despacho',
      columns: texts('id_despacho nombre'),
      keys: [primary('id_despacho')],
      rows: [['7', 'Juzgado']],
    }
    const charges: MadeTable = {
      name: 'legajo_tipo_delito',
      columns: { ...texts('id_legajo cod_del'), tentado: 'boolean' },
      keys: [foreign('id_legajo', 'legajo'), foreign('cod_del', 'tipo_delito')],
      rows: [['1', 'R1', '0']],
    }
    const { text } = await propose([{ ...LIST, name: 'tipo_delito' }, cases, court, charges])
    expect(text).toContain('from legajo_tipo_delito t left join tipo_delito o on o.cod_del = t.cod_del"')
    expect(text).toContain('    attempted: tentado\n')
    expect(text).toContain(
      `its name is in despacho. For the name write from: "select t.*, o.nombre from legajo t left join despacho o on o.id_despacho = t.id_despacho"`,
    )
  })
})

describe('persons under 18', () => {
  const year = new Date().getUTCFullYear()
  const made = (columns: string, more: readonly string[]): MadeTable => ({
    name: 'persona',
    columns: texts(`id_persona nombres apellidos fec_nac${columns}`),
    keys: [primary('id_persona')],
    rows: count.map((n) => [String(n), 'ANA', 'PAZ', `01/01/${n > 4 ? year - 10 : year - 40}`, ...more]),
  })

  it('whom no column protects are counted, and a person decides, in both languages', async () => {
    const { text } = await propose([made('', [])])
    expect(text).toMatch(/ {2}protected: TODO # 2 of the rows looked at are under 18/)
    expect((await propose([made('', [])], { language: 'es' })).text).toMatch(/# 2 de las filas vistas son de menores/)
    expect(text).not.toContain(String(year - 10))
  })

  it('whom a column protects are no finding', async () => {
    const { text } = await propose([made(' menor_edad', ['N'])])
    expect(text.match(/protected:/g)).toHaveLength(1)
    expect(text).not.toContain('under 18')
  })
})
