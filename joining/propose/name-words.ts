/** The words of a name of a table or a column: `fec_nac`, `FechaNacimiento` and `FECHA NAC.` are `fecha nacimiento`. */
import { foldText } from '../mapping/clean-text.ts'

/** Abbreviations of old databases, in Spanish and English. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  act: 'actualizacion',
  ape: 'apellido',
  arch: 'archivo',
  apell: 'apellido',
  art: 'articulo',
  cat: 'categoria',
  cod: 'codigo',
  cve: 'codigo',
  ced: 'cedula',
  denun: 'denuncia',
  dep: 'departamento',
  des: 'descripcion',
  depto: 'departamento',
  dpto: 'departamento',
  desc: 'descripcion',
  descr: 'descripcion',
  dir: 'direccion',
  direc: 'direccion',
  dist: 'distrito',
  doc: 'documento',
  dob: 'birth date',
  domic: 'domicilio',
  dt: 'date',
  edo: 'estado',
  est: 'estado',
  exp: 'expediente',
  exped: 'expediente',
  f: 'fecha',
  fch: 'fecha',
  fe: 'fecha',
  fec: 'fecha',
  fecha: 'fecha',
  fh: 'fecha',
  fisc: 'fiscalia',
  id: 'id',
  iden: 'identificacion',
  ident: 'identificacion',
  ing: 'ingreso',
  ini: 'inicio',
  interv: 'interviniente',
  jdo: 'juzgado',
  juzg: 'juzgado',
  lug: 'lugar',
  mod: 'modificacion',
  modif: 'modificacion',
  mpio: 'municipio',
  mun: 'municipio',
  nac: 'nacimiento',
  nacim: 'nacimiento',
  nal: 'nacionalidad',
  nom: 'nombre',
  nomb: 'nombre',
  nro: 'numero',
  num: 'numero',
  nbr: 'numero',
  no: 'numero',
  obs: 'observaciones',
  pat: 'paterno',
  mat: 'materno',
  pers: 'persona',
  pri: 'primer',
  recep: 'recepcion',
  prim: 'primer',
  prov: 'provincia',
  reg: 'registro',
  seg: 'segundo',
  sit: 'situacion',
  tel: 'telefono',
  telef: 'telefono',
  tip: 'tipo',
  tp: 'tipo',
  ult: 'ultima',
  upd: 'updated',
  usr: 'usuario',
}

/** Words that say nothing about what a column holds. */
const FILLERS: ReadonlySet<string> = new Set(
  'de del la el los las en y a of the tbl tb t tab vw v dbo public'.split(' '),
)

/** Lists the words of a name: folded, without fillers, in the singular, and abbreviations written out. */
export function nameWords(name: string): readonly string[] {
  // The schema before the name of a table says nothing, and nor does the ending of a file.
  const plain = name.replace(/\.(?:csv|tsv|txt)$/i, '')
  const local = /^\w+\.(\S+)$/.exec(plain)?.[1] ?? plain
  return local
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .map(foldText)
    .flatMap((word) => (ABBREVIATIONS[word] ?? word).split(' '))
    .filter((word) => word !== '' && !FILLERS.has(word))
    .map(toSingular)
}

function toSingular(word: string): string {
  if (word.length > 5 && /[lnrdj]es$/.test(word)) return word.slice(0, -2)
  return word.length > 3 && /[aeiou]s$/.test(word) && !SINGULARS.has(word) ? word.slice(0, -1) : word
}

/** Words that end like a plural. */
const SINGULARS: ReadonlySet<string> = new Set(['alias', 'pais', 'mes', 'status', 'address', 'crisis', 'paris'])
