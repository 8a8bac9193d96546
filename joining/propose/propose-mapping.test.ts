import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guessCsvForm } from './guess-csv-form.ts'
import { scorePhrases } from './match-names.ts'
import { nameWords } from './name-words.ts'
import { faultsOf, file, foreign, type MadeTable, primary, propose, texts } from './testing.ts'

const NAMES = ['Ana', 'Luis', 'María José', 'Ñuflo', 'Óscar', 'Rosa']
const OLD: readonly MadeTable[] = [
  {
    name: 'expediente',
    columns: {
      num_expediente: 'text',
      fec_ingreso: 'text',
      estado: 'text',
      reservado: 'text',
      juzgado: 'text',
      fec_modificacion: 'time',
      usuario: 'text',
    },
    keys: [primary('num_expediente')],
    rows: NAMES.map((_, index) => [
      `${index}-2024`,
      `${14 + index}/03/2024`,
      index % 2 ? 'TR' : 'FE',
      index % 2 ? 'S' : 'N',
      'Juzgado 1',
      '2024-03-14 10:00:00',
      'x',
    ]),
  },
  {
    name: 'expediente_delito',
    columns: { num_expediente: 'text', etiqueta: 'text', tentativa: 'text' },
    keys: [foreign('num_expediente', 'expediente')],
    rows: NAMES.map((_, index) => [`${index}-2024`, 'Robo agravado', 'N']),
  },
  {
    name: 'interviniente',
    columns: { id_interviniente: 'number', exp: 'text', id_persona: 'number', calidad: 'text' },
    keys: [
      primary('id_interviniente'),
      foreign('exp', 'expediente', 'num_expediente'),
      foreign('id_persona', 'persona'),
    ],
    rows: NAMES.map((_, index) => [String(index), `${index}-2024`, String(index), index % 2 ? 'IMPUTADO' : 'VICTIMA']),
  },
  {
    name: 'persona',
    columns: {
      id_persona: 'number',
      primer_nombre: 'text',
      segundo_nombre: 'text',
      primer_apellido: 'text',
      segundo_apellido: 'text',
      fec_nac: 'date',
      sexo: 'text',
      cedula: 'text',
      direccion: 'text',
      telefono: 'text',
      foto: 'binary',
    },
    keys: [primary('id_persona')],
    rows: NAMES.map((name, index) => [
      String(index),
      name,
      null,
      'Zelaya',
      'Paz',
      '1990-01-01',
      index % 2 ? 'M' : 'F',
      `001-${index}`,
      `Calle ${index}`,
      `8888${index}`,
      'ff',
    ]),
  },
  { name: 'log_sistema', columns: { id: 'number', texto: 'text' }, rows: [['1', 'x']] },
]

describe('an old database in Spanish', () => {
  it('is proposed by its keys, names and values', async () => {
    const { text } = await propose(OLD)
    const code = text
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd())
      .filter((line) => line !== '')
    expect(code).toEqual([
      'country: NI',
      'source: { sql: "postgres://reader@old/sisej", passwordFile: old.password }',
      'provenance:',
      '  agency: { value: TODO }',
      '  handling: [TODO]',
      '  sharedWith: TODO',
      'cases:',
      '  from: expediente',
      '  id: num_expediente',
      '  since: fec_modificacion',
      '  status: { column: estado, values: { FE: ADJUDICATED, TR: OPEN } }',
      '  filedOn: { column: fec_ingreso, format: "DD/MM/YYYY" }',
      '  court: juzgado',
      '  handling: { column: reservado, values: { "N": TODO, S: TODO } }',
      '  offences:',
      '    from: expediente_delito',
      '    label: etiqueta',
      '    attempted: { column: tentativa, values: { "N": false } }',
      '    iccs: { crosswalk: delitos.csv }',
      '  participants:',
      '    from: interviniente',
      '    case: exp',
      '    id: id_interviniente',
      '    role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM } }',
      '    person: id_persona',
      'persons:',
      '  from: persona',
      '  id: id_persona',
      '  birthDate: fec_nac',
      '  sex: { column: sexo, values: { F: F, M: M } }',
      '  names:',
      '    givenNames: { columns: [primer_nombre, segundo_nombre] }',
      '    surnames: { columns: [primer_apellido, segundo_apellido] }',
      '  identifiers:',
      '    - { category: { value: NATIONAL_ID }, value: cedula }',
      '  addresses:',
      '    line: direccion',
    ])
    expect(faultsOf(text)).toEqual([])
  })

  it('says what is left out and why, what is missing, and how much is to decide', async () => {
    const { text, todos } = await propose(OLD)
    expect(text).toContain('#   expediente.usuario: for the old application only\n')
    expect(text).toContain('#   persona.telefono: the contract has no telephone numbers and e-mail addresses\n')
    expect(text).toContain('#   persona.foto: bytes, not text\n')
    expect(text).toContain('#   log_sistema: id, texto\n')
    expect(text).toMatch(/# No table was found for: .*warrants/)
    expect(text).toMatch(/^# Times that say no zone are read as times of America\/Managua\. .*write zone: UTC\.$/m)
    expect(todos).toBe(5)
  })

  it('says how a select brings a name from another table, and which columns have labels', async () => {
    const court: MadeTable = {
      name: 'juzgado',
      columns: { cod: 'number', nombre: 'text' },
      rows: [['1', 'Juzgado Primero']],
    }
    const cases: MadeTable = {
      name: 'expediente',
      columns: { num_expediente: 'text', juzgado: 'number', delito: 'text' },
      keys: [primary('num_expediente'), foreign('juzgado', 'juzgado', 'cod')],
      rows: [
        ['E1', '1', 'Robo'],
        ['E2', '1', 'Robo'],
      ],
    }
    const { text, labels } = await propose([court, cases])
    expect(text).toContain(
      'court: juzgado # a number; its name is in juzgado. For the name write from: "select t.*, o.nombre from expediente t left join juzgado o on o.cod = t.juzgado"',
    )
    expect(labels).toEqual([{ table: 'expediente', column: 'delito' }])
  })

  it('says of an alias that it is one, in the row of a person or in a table of its own', async () => {
    const rows = [
      ['1', 'Ana', 'Paz', 'La Rubia'],
      ['2', 'Luis', 'Paz', 'El Gato'],
    ]
    const person: MadeTable = {
      name: 'persona',
      columns: { id_persona: 'number', nombres: 'text', apellidos: 'text', apodo: 'text' },
      keys: [primary('id_persona')],
      rows,
    }
    const alias: MadeTable = {
      name: 'persona_alias',
      columns: { id_persona: 'number', alias: 'text' },
      keys: [foreign('id_persona', 'persona')],
      rows: [
        ['1', 'Chepe'],
        ['1', 'Pepe'],
      ],
    }
    const { text } = await propose([person, alias])
    const lines = [
      '  names:',
      '    -',
      '      givenNames: { columns: [nombres] }',
      '      surnames: { columns: [apellidos] }',
      '    -',
      '      category: { value: NICKNAME }',
      '      full: apodo',
      '    -',
      '      from: persona_alias',
      '      full: alias',
      '      category: { value: ALIAS }',
    ]
    expect(text).toContain(lines.join('\n'))
    expect(faultsOf(text)).toEqual([])
  })

  it('has no name, number or address of a person', async () => {
    const { text } = await propose(OLD)
    for (const value of [...NAMES, 'Zelaya', 'Paz', '001-1', 'Calle', '8888', '1990', '0-2024'])
      expect(text).not.toContain(value)
  })

  it('has no values of a column in which each row has another, whatever its name', async () => {
    const rows = NAMES.map((name, index) => [`C${index}`, name])
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso estado'), rows }], {
      place: file(),
    })
    for (const name of NAMES) expect(text).not.toContain(name)
  })

  it('speaks Spanish, with the same keys', async () => {
    const withoutComments = (text: string) =>
      text
        .split('\n')
        .map((line) => line.replace(/(^|\s)#.*$/, ''))
        .join('\n')
    const [english, spanish] = [await propose(OLD), await propose(OLD, { language: 'es' })]
    expect(withoutComments(spanish.text)).toBe(withoutComments(english.text))
    expect(spanish.text).toContain('# Columnas que no se toman:')
  })
})

describe('one file', () => {
  it('of cases with a person in each row gives cases, charges, parts and persons', async () => {
    const rows = NAMES.map((name, index) => [
      `D-${index % 3}`,
      `${index + 10}/12/2023`,
      'Lima',
      'Robo',
      'En trámite',
      name,
      'Quispe',
      `${index + 13}/01/1990`,
      `4567890${index}`,
      'Imputado',
    ])
    const { text } = await propose(
      [
        {
          name: 'denuncias.csv',
          columns: texts(
            'ID_DENUNCIA FEC_DENUNCIA DPTO_HECHO TIPO_DELITO ESTADO NOMBRES APE_PATERNO FEC_NAC NRO_DNI CALIDAD',
          ),
          rows,
        },
      ],
      { country: 'PE', place: file() },
    )
    expect(text).toContain('  id: ID_DENUNCIA\n  repeats: same')
    expect(text).toContain('  offences:\n    label: TIPO_DELITO\n')
    expect(text).toContain(
      '  participants:\n    role: { column: CALIDAD, values: { Imputado: SUSPECT } }\n    person: NRO_DNI\n',
    )
    expect(text).toContain('persons:\n  id: NRO_DNI\n  repeats: same')
    expect(text).not.toContain('Quispe')
    expect(faultsOf(text)).toEqual([])
  })

  it('in English is understood too', async () => {
    const rows = NAMES.map((_, index) => [`C${index}`, `2024-03-${14 + index}`, 'open', 'Robbery', 'Belize City Court'])
    const { text } = await propose(
      [{ name: 'cases.csv', columns: texts('case_number filing_date status offence court'), rows }],
      { country: 'BZ', place: file() },
    )
    expect(text).toContain('  id: case_number')
    expect(text).toContain('  filedOn: filing_date\n')
    expect(text).toContain('  status: { column: status, values: { open: OPEN } }\n')
    expect(text).toContain('    label: offence\n')
    expect(faultsOf(text)).toEqual([])
  })

  it('whose dates do not tell day and month apart leaves it to a person', async () => {
    const rows = [
      ['C1', '01/02/2024'],
      ['C2', '03/04/2024'],
    ]
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso fecha_ingreso'), rows }], {
      place: file(),
    })
    expect(text).toContain('filedOn: { column: fecha_ingreso, format: TODO } # DD/MM/YYYY / MM/DD/YYYY')
    expect(faultsOf(text)).toEqual([])
  })

  it('whose dates have a few that do not exist is proposed, and says how many', async () => {
    const days = ['14/03/2024', '15/03/2024', '31/02/2024', '16/03/2024', '']
    const rows = days.map((day, index) => [`C${index}`, day])
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso fecha_ingreso'), rows }], {
      place: file(),
    })
    expect(text).toContain(
      'filedOn: { column: fecha_ingreso, format: "DD/MM/YYYY" } # 1 of the rows looked at have no such day',
    )
  })

  it.each([
    ['several forms', ['14/03/2024', '2024-03-15', '16 mar 24', '2024.03.17', '18-03-24']],
    ['a form that is not known', ['T1/2024', 'T2/2024', 'T3/2024', 'T4/2024', 'T1/2025']],
  ])('whose dates have %s leaves the form to a person, and says why', async (_name, days) => {
    const rows = days.map((day, index) => [`C${index}`, day])
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso fecha_ingreso'), rows }], {
      place: file(),
    })
    expect(text).toContain('filedOn: { column: fecha_ingreso, format: TODO } # these texts look like dates, in a form')
    expect(faultsOf(text)).toEqual([])
  })

  it('whose dates are mostly something else has no dates', async () => {
    const rows = ['14/03/2024', 'x', 'y', 'z'].map((day, index) => [`C${index}`, day])
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero_caso fecha_ingreso'), rows }], {
      place: file(),
    })
    expect(text).not.toContain('filedOn')
  })

  it('without an id or a country says so', async () => {
    const { text } = await propose(
      [
        {
          name: 'casos.csv',
          columns: texts('mes delito'),
          rows: [
            ['Enero', 'Robo'],
            ['Enero', 'Robo'],
          ],
        },
      ],
      {
        country: 'MX',
        place: file(';'),
      },
    )
    expect(text).toContain('zone: TODO')
    expect(text).toContain('id: TODO # no column looks like an id')
    expect(text).toContain('source: { csv: { file: "x.csv", delimiter: ";" } }')
    expect(faultsOf(text)).toEqual([])
  })

  it('that is empty is proposed by its names', async () => {
    const { text } = await propose(
      [{ name: 'casos.csv', columns: texts('numero_caso fecha_ingreso estado'), rows: [] }],
      { place: file() },
    )
    expect(text).toContain('  id: numero_caso')
    expect(faultsOf(text)).toEqual([])
  })
})

describe('words of names', () => {
  it.each([
    ['fec_nac', 'fecha nacimiento'],
    ['FechaNacimiento', 'fecha nacimiento'],
    ['FECHA NAC.', 'fecha nacimiento'],
    ['NRO_DNI', 'numero dni'],
    ['dbo.tbl_Intervinientes', 'interviniente'],
    ['Número de expediente', 'numero expediente'],
    ['imputaciones', 'imputacion'],
    ['alias', 'alias'],
    ['Personas.csv', 'persona'],
    ['export.casos.CSV', 'caso'],
  ])('%s: %s', (name, words) => {
    expect(nameWords(name).join(' ')).toBe(words)
  })

  it('count only if a general word stands by itself', () => {
    expect(scorePhrases(['estado'], 'estado_civil')).toBe(0)
    expect(scorePhrases(['estado'], 'ESTADO')).toBeGreaterThan(0)
    expect(scorePhrases(['fecha nacimiento'], 'fec_nac')).toBeGreaterThan(scorePhrases(['nacimiento'], 'fec_nac'))
  })
})

describe('the form of a CSV file', () => {
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
  it.each([
    ['UTF-8 with commas', Buffer.from('año,mes\n1,2\n'), { encoding: null, delimiter: ',' }],
    ['windows-1252 with semicolons', latin('año;mes\n1;2\n'), { encoding: 'windows-1252', delimiter: ';' }],
    ['tabs', Buffer.from('a\tb\n'), { encoding: null, delimiter: '\t' }],
    ['commas in quotes', Buffer.from('"a,b,c";d\n'), { encoding: null, delimiter: ';' }],
    ['UTF-16 with its mark', Buffer.from('\ufeffa;b\n', 'utf16le'), { encoding: null, delimiter: ';' }],
    ['one column', Buffer.from('a\n'), { encoding: null, delimiter: ',' }],
  ])('is guessed: %s', async (_, bytes, form) => {
    const path = join(await mkdtemp(join(tmpdir(), 'istmo-map-')), 'x.csv')
    await writeFile(path, bytes)
    expect(await guessCsvForm(path, { encoding: null, delimiter: null })).toEqual(form)
  })

  it('is not guessed if somebody said it', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'istmo-map-')), 'x.csv')
    await writeFile(path, 'a;b\n')
    expect(await guessCsvForm(path, { encoding: 'latin1', delimiter: '|' })).toEqual({
      encoding: 'latin1',
      delimiter: '|',
    })
  })
})
