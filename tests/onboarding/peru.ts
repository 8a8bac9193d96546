/**
 * A CSV file in the style of Peru's published reports of crimes: 20 columns, semicolons, windows-1252. The reports are made up. A publisher's file has
 * no persons.
 */

const COLUMNS = [
  ...['ID_DGC', 'ANIO', 'MES', 'FECHA_HORA_HECHO', 'FECHA_HORA_REGISTRO', 'DPTO_HECHO', 'PROV_HECHO', 'DIST_HECHO'],
  ...['UBIGEO_HECHO', 'TIPO', 'SUB_TIPO', 'MODALIDAD', 'ES_DELITO_X', 'MATERIA', 'SITUACION', 'COMISARIA', 'REGPOL'],
  ...['LAT_HECHO', 'LONG_HECHO', 'CANTIDAD'],
] as const

const PLACES = [
  ['LIMA METROPOLITANA', 'LIMA', 'BREÑA', '150105'],
  ['AREQUIPA', 'AREQUIPA', 'CAYMA', '040103'],
  ['ANCASH', 'SANTA', 'NUEVO CHIMBOTE', '021809'],
  ['APURÍMAC', 'ABANCAY', 'CURAHUASI', '030104'],
] as const

const OFFENCES = [
  ['DELITOS CONTRA EL PATRIMONIO', 'HURTO', 'HURTO AGRAVADO'],
  ['DELITOS CONTRA EL PATRIMONIO', 'ROBO', 'ROBO AGRAVADO'],
  ['DELITOS CONTRA LA VIDA, EL CUERPO Y LA SALUD', 'LESIONES', 'LESIONES LEVES; POR VIOLENCIA FAMILIAR'],
  ['DELITOS CONTRA LA VIDA, EL CUERPO Y LA SALUD', 'HOMICIDIO', 'SICARIATO'],
] as const

/** What is wrong with the file: the numbers of reports that no mapping can take. */
export const WRONG_REPORTS = { impossibleDay: '900001', otherPlace: '900002' } as const

const two = (n: number): string => String(n).padStart(2, '0')

function report(id: string, n: number, date: string, department: string | null): readonly string[] {
  const [dpto, prov, dist, ubigeo] = PLACES[n % PLACES.length] as (typeof PLACES)[number]
  const [tipo, subTipo, modalidad] = OFFENCES[n % OFFENCES.length] as (typeof OFFENCES)[number]
  const [, month = '', year = ''] = date.split('/')
  return [
    ...[id, year, String(Number(month)), `${date} ${two(n % 24)}:15`, `${date} 23:59`, department ?? dpto, prov, dist],
    ...[ubigeo, tipo, subTipo, modalidad, 'SI', 'PENAL', n % 3 === 0 ? 'ARCHIVADA' : 'EN INVESTIGACIÓN', `CPNP ${dist}`],
    ...['REGPOL LIMA', '-12,0589', '-77,0501', '1'],
  ]
}

const cell = (text: string): string => (/[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The bytes of the file. The same number of reports makes the same bytes. */
export function peruvianFile(reports: number): Buffer {
  const rows = Array.from({ length: reports }, (_, index) => {
    const n = index + 1
    return report(String(700_000 + n), n, `${two(1 + (n % 28))}/${two(1 + (n % 12))}/${2019 + (n % 5)}`, null)
  })
  rows.push(report(WRONG_REPORTS.impossibleDay, 1, '30/02/2021', null), report(WRONG_REPORTS.otherPlace, 1, '01/02/2021', 'PROV. CONST. DEL CALLAO?'))
  const lines = [COLUMNS, ...rows].map((row) => row.map(cell).join(';'))
  // Each character of the file is one byte in windows-1252.
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
}
